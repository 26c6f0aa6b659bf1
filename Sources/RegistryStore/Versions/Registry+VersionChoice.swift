internal import SQLite

/// Which version a name means.  What one index says is held against another or the table: a damaged page must neither hide a version nor
/// lead to another one.
extension Registry {
  /// The version of this name.  Throws when there is none, or when its row isn't what was written.
  public func version(_ name: VersionName) throws -> VersionRecord {
    try snapshot {
      let model = try connection.queryFirst("SELECT id FROM models WHERE name = ?", name.model) { row in try row.int64(0) }
      guard let model else {
        throw try noSuchModel(name.model)
      }
      let record = try record(id: try versionID(name, model: model), model: name.model)
      try checkChoice(of: record, name, modelID: model)
      return record
    }
  }

  /// The id of the version of this name.  Throws when there is none.
  package func versionID(_ name: VersionName) throws -> Int64 {
    try snapshot {
      let model = try connection.queryFirst("SELECT id FROM models WHERE name = ?", name.model) { row in try row.int64(0) }
      guard let model else { throw try noSuchModel(name.model) }
      return try versionID(name, model: model)
    }
  }

  /// The id of a version that isn't deleted, and `name/3`.
  func liveVersion(_ name: VersionName) throws -> (id: Int64, title: String) {
    let id = try versionID(name, model: try existingModel(name.model))
    let number = try connection.queryFirst("SELECT version FROM model_versions WHERE id = ?", id) { row in try row.int(0) } ?? 0
    return (id, "\(name.model)/\(number)")
  }

  func versionID(_ name: VersionName, model: Int64) throws -> Int64 {
    switch name.selector {
    case .number(let number):
      let found = try connection.queryFirst(
        "SELECT id, deleted_at IS NOT NULL FROM model_versions WHERE model_id = ? AND version = ?", model, number
      ) { row in (id: try row.int64(0), isDeleted: try row.int64(1) == 1) }
      if let found, !found.isDeleted { return found.id }
      if let found { try checkDeletions(of: name.model, model, from: found.id) } else { try checkAbsence(of: number, name.model, model) }
      let newest = try connection.queryFirst(
        "SELECT max(version) FROM model_versions WHERE model_id = ? AND deleted_at IS NULL", model
      ) { row in try row.intOrNil(0) }
      let isRemoved =
        try found == nil
        && connection.queryFirst("SELECT 1 FROM models WHERE id = ? AND next_version > ?", model, number) { _ in true } != nil
      if isRemoved { throw StoreError.versionRemoved(model: name.model, version: number, path: path) }
      throw StoreError.noSuchVersion(
        model: name.model, version: number, newest: newest ?? nil, isDeleted: found != nil, path: path)
    case .alias(let alias):
      let id = try connection.queryFirst(
        "SELECT version_id FROM model_aliases WHERE model_id = ? AND alias = ?", model, alias
      ) { row in try row.int64(0) }
      if let id { return id }
      throw try noSuchAlias(alias, of: name.model, model)
    case .latest:
      let id = try connection.queryFirst(
        "SELECT id FROM model_versions WHERE model_id = ? AND deleted_at IS NULL ORDER BY id DESC LIMIT 1", model
      ) { row in try row.int64(0) }
      guard let id else { throw StoreError.noVersions(model: name.model, path: path) }
      return id
    }
  }

  /// An index that finds nothing may be damaged: that is no reason to say that a version isn't there.
  private func checkAbsence(of number: Int, _ name: String, _ model: Int64) throws {
    let isThere = try connection.queryFirst(
      "SELECT 1 FROM model_versions NOT INDEXED WHERE model_id = ? AND version = ?", model, number
    ) { _ in true }
    if isThere != nil { throw StoreError.rotten(what: "the place of \(name)/\(number)", path: path) }
  }

  /// A second index or table must agree on which version is meant: a damaged page must not lead to the weights of another one.
  private func checkChoice(of record: VersionRecord, _ name: VersionName, modelID: Int64) throws {
    let expected: Int? =
      switch name.selector {
      case .number(let number): number
      case .alias(let alias):
        try connection.queryFirst(
          "SELECT version FROM alias_events WHERE model_id = ? AND alias = ? ORDER BY id DESC LIMIT 1", modelID, alias
        ) { row in try row.intOrNil(0) } ?? nil
      case .latest:
        try connection.queryFirst(
          "SELECT version FROM model_versions WHERE model_id = ? AND deleted_at IS NULL ORDER BY version DESC LIMIT 1", modelID
        ) { row in try row.int(0) }
      }
    guard expected == record.version, record.modelID == modelID else {
      throw StoreError.rotten(what: "the place of \(record.title)", path: path)
    }
    if name.selector == .latest { try checkDeletions(of: name.model, modelID, from: record.id) }
  }

  /// A damaged row may seem deleted: versions from an id on that are said to be must say when, in the form that the schema asks for.
  private func checkDeletions(of name: String, _ model: Int64, from id: Int64) throws {
    let damaged = try connection.queryFirst(
      """
      SELECT version FROM model_versions WHERE model_id = ? AND id >= ? AND deleted_at IS NOT NULL AND NOT (typeof(deleted_at) = 'text'
        AND deleted_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z')
      """, model, id
    ) { row in try row.int(0) }
    if let damaged { throw StoreError.rotten(what: "version \(name)/\(damaged)", path: path) }
  }
}
