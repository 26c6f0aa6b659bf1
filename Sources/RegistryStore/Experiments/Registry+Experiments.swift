internal import SQLite
internal import Tensors

extension Registry {
  /// The experiment of what names none.
  public static let defaultExperiment = "Default"

  /// The id of an experiment, which is made where there is none.  Throws for one that is deleted.  Stands in a transaction.
  func experimentID(creating name: String) throws -> Int64 {
    let known = try connection.queryFirst("SELECT id, deleted_at IS NOT NULL FROM experiments WHERE name = ?", name) { row in
      (id: try row.int64(0), isDeleted: try row.int(1) == 1)
    }
    if let known {
      guard !known.isDeleted else {
        throw StoreError.deletedExperiment(name, path: path)
      }
      return known.id
    }
    try Self.checkExperimentName(name)
    try connection.execute("INSERT INTO experiments (name, created_at) VALUES (?, ?)", name, Timestamp.now.text)
    return connection.lastInsertRowID
  }

  /// An experiment by its name, deleted or not.  Throws when there is none.
  func existingExperiment(_ name: String) throws -> (id: Int64, isDeleted: Bool) {
    let found = try connection.queryFirst("SELECT id, deleted_at IS NOT NULL FROM experiments WHERE name = ?", name) { row in
      (id: try row.int64(0), isDeleted: try row.int(1) == 1)
    }
    guard let found else {
      let names = try connection.query("SELECT name FROM experiments ORDER BY id DESC") { row in try row.text(0) }
      throw StoreError.noSuchExperiment(name: name, known: names, path: path)
    }
    return found
  }

  /// Throws for a name that no experiment can have; the schema has the same rules.
  public static func checkExperimentName(_ name: String) throws(StoreError) {
    func require(_ isKept: Bool, _ rule: String) throws(StoreError) {
      guard isKept else { throw .illegalName(kind: "experiment", name: name, rule: rule) }
    }
    let scalars = name.unicodeScalars
    try require((1...500).contains(scalars.count), "a name has 1 to 500 characters")
    try require(!scalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }, "a name has no control characters")
  }
}
