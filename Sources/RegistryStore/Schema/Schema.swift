internal import CSchema
internal import SQLite
internal import Tensors

/// The schema: the files of `migrations/`, embedded, and the check that a file has just that schema.
enum Schema {
  /// "mreg" in ASCII: marks the files that are registries.
  static let applicationID: Int32 = 0x6d72_6567

  /// Chosen in migration 1: 16 KB pages store and read 100 MB of blobs 1.5 times as fast as SQLite's default of 4 KB.
  static let migrator = Migrator(
    applicationID: applicationID, pageSize: 16384, migrations: migrations, snapshot: unsafe text(schema_snapshot()))

  /// All that there ever were, with the SHA-256 of each; none is ever changed.  The digests stand here because they are compared at every
  /// opening of a file; a test compares them with the files.
  static let migrations = [
    ("registry", "4784f391bb55de5e37187ae8e86f744de70f72b855396dc2cdd7729fad2bec73"),
    ("contents", "5b5891a3894b13ea375c4ac16cba5397900e3d9966461427fd25c14af77aee25"),
    ("version_metrics", "9156a1e15f8d50d83211c8d082a194f6b6bf0dfd91fae6d3aa7d78e96247adb0"),
    ("epochs_that_ran", "e571bdcaca8197e8fc6ae6d7ca2f4d61a855f1dae9514afe7e5dd5cb46cb5dce"),
    ("any_run", "0d06898c5aa8518bd34f41f65c94d9eefa52e0b92e85c2c482d2b5c34c1ea080"),
  ].enumerated().map { index, migration in
    Migration(number: index + 1, name: migration.0, sql: unsafe text(schema_migration(Int32(index + 1))), digest: migration.1)
  }

  /// Of the whole of sqlite_schema in a file that nobody added anything to; a test compares it with a new file.
  static let untouchedDigest = "bc27b8e431028ed779647182ff2011a4613372e692f6a118038f9f815f8134be"

  /// Ours, which verify asks about one by one; a test compares them with a new file.
  static let tables = [
    "alias_context", "alias_events", "checkpoints", "content_pieces", "contents", "dataset_names", "dataset_tensors", "datasets",
    "dated_notes",
    "experiment_tags", "experiments", "metrics", "metrics_latest", "migrations", "model_aliases", "model_tags", "model_versions", "models",
    "params", "registry_settings", "run_datasets", "run_files", "runs", "tags", "tensors", "version_files", "version_metrics",
    "version_tags", "version_tensors",
  ]

  private static func text(_ sql: UnsafePointer<CChar>?) -> String {
    guard let sql = unsafe sql else { preconditionFailure("a migration that Sources/CSchema/schema.c doesn't have") }
    return unsafe String(cString: sql)
  }

  /// Throws when one of our tables, indexes, views or triggers is missing or changed, or when there is something on our tables that isn't
  /// ours and runs in our writes: a trigger, or an index that computes.  Tables, views and plain indexes that people add are welcome.
  static func check(_ connection: borrowing Connection, path: String, migrator: Migrator = migrator) throws {
    guard try digest(connection) != untouchedDigest || migrator.newest != Self.migrator.newest else { return }
    let found = try objects(connection)
    let fresh = try Connection(path: "schema", mode: .memory)
    try migrator.migrate(fresh)
    let expected = try objects(fresh)
    // A crafted file may have any number of objects.
    let present = Set(found)
    for object in expected where !present.contains(object) {
      throw StoreError.changedSchema(path: path, object: object.title, isAdded: false)
    }
    // `CREATE TRIGGER … ON RUNS` is recorded with its table as it was written there.  That type, name and table are those of the SQL SQLite
    // itself sees to (sqlite3CheckObjectName): a row that disagrees makes the file malformed.
    let tables = Set(expected.map { Name($0.table.asciiLowercased) })
    let ours = Set(expected)
    let intruder = found.first { $0.type == "trigger" && tables.contains(Name($0.table.asciiLowercased)) && !ours.contains($0) }
    if let intruder { throw StoreError.changedSchema(path: path, object: intruder.title, isAdded: true) }
    for table in expected where table.type == "table" {
      for index in try computedIndexes(connection, table: table.name) where !ours.contains(where: { $0.name.hasSameBytes(as: index) }) {
        throw StoreError.changedSchema(path: path, object: "index '\(index)'", isAdded: true)
      }
    }
  }

  /// Throws where something that people added has the name of what an upgrade adds.
  static func checkNames(_ connection: borrowing Connection, path: String, from old: Migrator, to new: Migrator) throws {
    func names(_ migrator: Migrator) throws -> Set<Name> {
      let fresh = try Connection(path: "schema", mode: .memory)
      try migrator.migrate(fresh)
      return Set(try objects(fresh).map { Name($0.name.asciiLowercased) })
    }
    let added = try names(new).subtracting(try names(old))
    guard let own = try objects(connection).first(where: { added.contains(Name($0.name.asciiLowercased)) }) else { return }
    let rename =
      own.type == "table"
      ? "sqlite3 \(path) 'ALTER TABLE \(own.name) RENAME TO my_\(own.name)'" : "sqlite3 \(path) 'DROP \(own.type.uppercased()) \(own.name)'"
    throw StoreError(
      .schemaNameTaken, own.title, "this program adds one of that name: give yours another", path: path, suggestions: [rename])
  }

  /// Indexes over expressions, and partial ones: they may take any time at every row that is written.
  private static func computedIndexes(_ connection: borrowing Connection, table: String) throws -> [String] {
    try connection.query(
      """
      SELECT i.name FROM pragma_index_list(?) AS i
      WHERE i.partial OR EXISTS (SELECT 1 FROM pragma_index_xinfo(i.name) WHERE cid = -2)
      """, table
    ) { row in try row.text(0) }
  }

  /// The digest of a file's whole schema.  Every opening computes it: the texts are hashed where SQLite has them.
  static func digest(_ connection: borrowing Connection) throws -> String {
    var builder = DigestBuilder()
    var objects = try connection.prepare(allObjects)
    while try objects.step() {
      for column in 0..<4 { try objects.withText(column) { text in builder.update(netstring: text) } }
    }
    return builder.finalize().hex
  }

  private static let allObjects = "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name"

  private static func objects(_ connection: borrowing Connection) throws -> [SchemaObject] {
    try connection.query(allObjects) { row in
      try SchemaObject(type: row.text(0), name: row.text(1), table: row.text(2), sql: row.text(3))
    }
  }
}

/// One row of sqlite_schema.
private struct SchemaObject: Hashable {
  @Name var type: String
  @Name var name: String
  @Name var table: String
  @Name var sql: String

  var title: String { "\(type) '\(name)'" }
}

extension String {
  /// As SQLite compares names: only A to Z have another case.
  fileprivate var asciiLowercased: String {
    String(decoding: utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }
}
