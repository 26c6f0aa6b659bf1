internal import SQLite

/// One move of an alias.
public struct AliasEvent: Sendable, Hashable {
  /// Its number: events count up over the whole registry.
  public let event: Int
  public let model: String
  public let alias: String
  /// Where the alias pointed from then on; nil when it was removed.  The version may be deleted since.
  public let version: Int?
  public let at: String
  /// Nil where plain SQL moved it.
  public let actor: String?
  public let reason: String?
  /// The event that this one took back.
  public let undoes: Int?
  /// The event that took this one back.
  public let undoneBy: Int?
}

extension Registry {
  /// Every move of every alias, of one model's, or of one alias, newest first.  Throws when a named alias never was.
  public func aliasHistory(model: String? = nil, alias: String? = nil) throws -> [AliasEvent] {
    try snapshot {
      let id = try model.map(existingModel)
      let events = try connection.query(
        """
        SELECT e.id, m.name, e.alias, e.version, e.at, e.actor, e.reason, e.undoes,
          (SELECT id FROM alias_events WHERE undoes = e.id)
        FROM alias_events AS e JOIN models AS m ON m.id = e.model_id
        WHERE (?1 IS NULL OR e.model_id = ?1) AND (?2 IS NULL OR e.alias = ?2) ORDER BY e.id DESC
        """, id, alias
      ) { row in
        AliasEvent(
          event: try row.int(0), model: try row.text(1), alias: try row.text(2), version: try row.intOrNil(3), at: try row.text(4),
          actor: try row.textOrNil(5), reason: try row.textOrNil(6), undoes: try row.intOrNil(7), undoneBy: try row.intOrNil(8))
      }
      if let model, let id, let alias, events.isEmpty { throw try noSuchAlias(alias, of: model, id) }
      return events
    }
  }

  /// Takes back the newest move of an alias that isn't taken back yet and took none back itself: called again and again it walks back
  /// through the history, until the alias is gone as before its first move.
  ///
  /// Throws when nothing is left to take back, and when the alias would come to point to a deleted version.
  @discardableResult
  public func rollBackAlias(_ name: AliasName, reason: String? = nil, actor: String = Registry.currentActor()) throws -> AliasMove {
    try writing {
      let model = try existingModel(name.model)
      let current = try aliasTarget(name.alias, model: model)
      guard let (event, version) = try moveToUndo(name.alias, model: model, current: current?.version) else {
        let isKnown = try connection.queryFirst(
          "SELECT 1 FROM alias_events WHERE model_id = ? AND alias = ? LIMIT 1", model, name.alias
        ) { _ in true }
        guard isKnown != nil else { throw try noSuchAlias(name.alias, of: name.model, model) }
        throw StoreError.nothingToRollBack(model: name.model, alias: name.alias, path: path)
      }
      var target: Int64?
      if let version {
        let found = try connection.queryFirst(
          "SELECT id, deleted_at IS NULL FROM model_versions WHERE model_id = ? AND version = ?", model, version
        ) { row in (id: try row.int64(0), isLive: try row.int64(1) == 1) }
        guard let found, found.isLive else {
          throw StoreError.rollbackTargetGone(
            model: name.model, alias: name.alias, version: version, isRemoved: found == nil, path: path)
        }
        target = found.id
      }
      try moveAlias(name.alias, model: model, to: target, reason: reason, actor: actor, undoing: event)
      return AliasMove(model: name.model, alias: name.alias, version: version, previous: current?.version)
    }
  }

  /// The event to undo, and the version that stood before it (nil for none).
  private func moveToUndo(_ alias: String, model: Int64, current: Int?) throws -> (event: Int64, version: Int?)? {
    let moves = try connection.query(
      """
      SELECT e.id, (SELECT version FROM alias_events WHERE model_id = ?1 AND alias = ?2 AND id < e.id ORDER BY id DESC LIMIT 1)
      FROM alias_events AS e
      WHERE e.model_id = ?1 AND e.alias = ?2 AND e.undoes IS NULL AND NOT EXISTS (SELECT 1 FROM alias_events WHERE undoes = e.id)
      ORDER BY e.id DESC
      """, model, alias
    ) { row in (event: try row.int64(0), version: try row.intOrNil(1)) }
    // The newest, but for histories in which plain SQL undid another than the newest: a move to where the alias stands is none.
    return moves.first { $0.version != current }
  }
}
