internal import SQLite
internal import Tensors

/// Where an alias points, since when, and who put it there.
public struct AliasRecord: Sendable, Hashable {
  /// What has become of the version that an alias pointed to in the past.
  public enum State: String, Sendable {
    case live, deleted
    /// gc has removed it for good.
    case removed
  }

  /// The model's name of today, whatever it was called then.
  public let model: String
  public let alias: String
  public let version: Int
  public let state: State
  /// Since when it has pointed there.
  public let since: String?
  /// Nil where plain SQL moved it.
  public let actor: String?
  public let reason: String?
}

/// What a move has done.
public struct AliasMove: Sendable, Hashable {
  public let model: String
  public let alias: String
  /// Where it points now; nil when it is gone.
  public let version: Int?
  /// Where it pointed before.
  public let previous: Int?

  /// False when it stood there already: nothing was written then.
  public var didMove: Bool { version != previous }
}

extension Registry {
  /// Points an alias to a version, in one transaction that finds the version and writes the history too.  Throws for a deleted version.
  ///
  /// - Parameters:
  ///   - name: its model decides; the version must be of the same one.
  ///   - actor: who moves it, for the history.
  @discardableResult
  public func setAlias(
    _ name: AliasName, to version: VersionName, reason: String? = nil, actor: String = Registry.currentActor()
  ) throws -> AliasMove {
    guard name.model.hasSameBytes(as: version.model) else {
      throw StoreError.otherModel(
        alias: name.title, aliasModel: name.model, version: version.title, versionModel: version.model)
    }
    return try writing {
      let model = try existingModel(name.model)
      let target = try versionID(version, model: model)
      let previous = try aliasTarget(name.alias, model: model)
      let number = try connection.queryFirst("SELECT version FROM model_versions WHERE id = ?", target) { row in try row.int(0) }
      if previous?.id != target { try moveAlias(name.alias, model: model, to: target, reason: reason, actor: actor) }
      return AliasMove(model: name.model, alias: name.alias, version: number, previous: previous?.version)
    }
  }

  /// Removes an alias; its history stays.  Throws when there is none.
  @discardableResult
  public func removeAlias(_ name: AliasName, reason: String? = nil, actor: String = Registry.currentActor()) throws -> AliasMove {
    try writing {
      let model = try existingModel(name.model)
      guard let previous = try aliasTarget(name.alias, model: model) else { throw try noSuchAlias(name.alias, of: name.model, model) }
      try moveAlias(name.alias, model: model, to: nil, reason: reason, actor: actor)
      return AliasMove(model: name.model, alias: name.alias, version: nil, previous: previous.version)
    }
  }

  /// Every alias, by model and name; those of one model; or those that stood at a moment, by the history.
  public func aliases(model: String? = nil, at moment: Timestamp? = nil) throws -> [AliasRecord] {
    let current = """
      SELECT m.name, a.alias, v.version, 'live', e.at, e.actor, e.reason
      FROM model_aliases AS a JOIN models AS m ON m.id = a.model_id JOIN model_versions AS v ON v.id = a.version_id
      LEFT JOIN alias_events AS e ON e.id = (SELECT max(id) FROM alias_events WHERE model_id = a.model_id AND alias = a.alias)
      WHERE (?1 IS NULL OR m.name = ?1) AND ?2 IS NULL ORDER BY m.name, a.alias
      """
    let past = """
      SELECT m.name, e.alias, e.version, iif(v.id IS NULL, 'removed', iif(v.deleted_at IS NULL, 'live', 'deleted')), e.at, e.actor, e.reason
      FROM (SELECT max(id) AS id FROM alias_events WHERE at <= ?2 GROUP BY model_id, alias) AS newest
      JOIN alias_events AS e ON e.id = newest.id JOIN models AS m ON m.id = e.model_id
      LEFT JOIN model_versions AS v ON v.model_id = e.model_id AND v.version = e.version
      WHERE (?1 IS NULL OR m.name = ?1) AND e.version IS NOT NULL ORDER BY m.name, e.alias
      """
    return try snapshot {
      if let model { _ = try existingModel(model) }
      return try connection.query(moment == nil ? current : past, model, moment?.text) { row in
        AliasRecord(
          model: try row.text(0), alias: try row.text(1), version: try row.int(2), state: .init(rawValue: try row.text(3)) ?? .removed,
          since: try row.textOrNil(4), actor: try row.textOrNil(5), reason: try row.textOrNil(6))
      }
    }
  }

  /// The version that an alias points to; nil when there is none.
  func aliasTarget(_ alias: String, model: Int64) throws -> (id: Int64, version: Int)? {
    try connection.queryFirst(
      """
      SELECT v.id, v.version FROM model_aliases AS a JOIN model_versions AS v ON v.id = a.version_id
      WHERE a.model_id = ? AND a.alias = ?
      """, model, alias
    ) { row in (id: try row.int64(0), version: try row.int(1)) }
  }

  /// Moves or removes an alias; triggers write the history, with what stands in `alias_context` meanwhile.  Stands in a transaction.
  func moveAlias(_ alias: String, model: Int64, to version: Int64?, reason: String?, actor: String, undoing event: Int64? = nil) throws {
    try connection.execute(
      "INSERT OR REPLACE INTO alias_context (id, actor, reason, undoes) VALUES (1, ?, ?, ?)", actor,
      reason.flatMap { $0.isEmpty ? nil : $0 }, event)
    if let version {
      try connection.execute(
        """
        INSERT INTO model_aliases (model_id, alias, version_id) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET version_id = excluded.version_id
        """, model, alias, version)
    } else {
      try connection.execute("DELETE FROM model_aliases WHERE model_id = ? AND alias = ?", model, alias)
    }
    try connection.execute("DELETE FROM alias_context")
  }

  func noSuchAlias(_ alias: String, of name: String, _ model: Int64) throws -> any Error {
    // People say `show cancer` and mean the newest version of the model.
    let isModel = try connection.queryFirst("SELECT 1 FROM models WHERE name = ?", alias) { _ in true } ?? false
    if isModel { return StoreError.modelForAlias(model: alias) }
    let known = try connection.query("SELECT alias FROM model_aliases WHERE model_id = ? ORDER BY alias", model) { row in try row.text(0) }
    return StoreError.noSuchAlias(model: name, alias: alias, known: known, path: path)
  }
}
