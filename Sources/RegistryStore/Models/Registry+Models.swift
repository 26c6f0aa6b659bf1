internal import SQLite
internal import Tensors

extension Registry {
  /// The id of a model.  Throws when there is none.
  func existingModel(_ name: String) throws -> Int64 {
    let id = try connection.queryFirst("SELECT id FROM models WHERE name = ?", name) { row in try row.int64(0) }
    guard let id else { throw try noSuchModel(name) }
    return id
  }

  /// The id of a model, which is made where there is none.  Stands in a transaction.
  func modelID(creating name: String) throws -> Int64 {
    if let id = try connection.queryFirst("SELECT id FROM models WHERE name = ?", name, row: { row in try row.int64(0) }) { return id }
    try connection.execute("INSERT INTO models (name, created_at) VALUES (?, ?)", name, Timestamp.now.text)
    return connection.lastInsertRowID
  }

  func noSuchModel(_ name: String) throws -> StoreError {
    let names = try connection.query("SELECT name FROM models ORDER BY id DESC") { row in try row.text(0) }
    return .noSuchModel(name: name, known: examples(of: names, near: name, atMost: 20), path: path)
  }

  /// Renames a model; its versions, runs and aliases, and their history, go with it.  False when it is called that already.
  @discardableResult
  public func renameModel(_ name: String, to newName: String) throws -> Bool {
    try Self.checkName(newName, of: "model")
    return try writing {
      let model = try existingModel(name)
      guard !name.hasSameBytes(as: newName) else { return false }
      let isTaken = try connection.queryFirst("SELECT 1 FROM models WHERE name = ?", newName) { _ in true } ?? false
      guard !isTaken else { throw StoreError.modelNameTaken(name: newName, path: path) }
      try connection.execute("UPDATE models SET name = ? WHERE id = ?", newName, model)
      return true
    }
  }
}
