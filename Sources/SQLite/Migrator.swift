// Invariants:
// 1. All migrations that a file lacks, their records, `user_version` and `application_id` are committed together.
// 2. Whatever was read before the write lock was taken is read again under it, so two programs that open a new file at
//    once both find it finished.
// 3. A file that needs nothing is only read: one read transaction, no write lock.
// 4. `migrations` is read only once it is known to be a table with such columns, and no further than there can be records: a crafted file
//    may have an endless view in its place.
// 5. The page size is a wish until the first page is written, and both programs wish the same.

/// Brings a file's schema up to date.  Migration 1 must create the table `migrations(number, name, digest, applied_at)`.
public struct Migrator: Sendable {
  let applicationID: Int32
  let pageSize: Int
  let migrations: [Migration]
  let snapshot: @Sendable () -> String?

  /// - Parameters:
  ///   - applicationID: marks the files as this program's (sqlite.org/pragma.html#pragma_application_id).
  ///   - pageSize: of new files, in bytes: a power of two from 512 to 65536.
  ///   - snapshot: what all migrations make of an empty file, as one script: it is quicker, as nothing is altered or dropped on the way.
  public init(
    applicationID: Int32, pageSize: Int = 4096, migrations: [Migration],
    snapshot: @autoclosure @escaping @Sendable () -> String? = nil
  ) {
    self.applicationID = applicationID
    self.pageSize = pageSize
    self.migrations = migrations.sorted { $0.number < $1.number }
    self.snapshot = snapshot
  }

  /// The number of the newest migration known; 0 when there is none.
  public var newest: Int { migrations.last?.number ?? 0 }

  /// This migrator as it was when that migration was its newest.
  public func upTo(_ number: Int) -> Migrator {
    Migrator(applicationID: applicationID, pageSize: pageSize, migrations: migrations.filter { $0.number <= number })
  }

  /// Whether the file has nothing in it yet; if so, it will get its page size with the first write.  `migrate` may then be
  /// called within the transaction of that write.
  public func prepareNew(_ connection: borrowing Connection) throws(MigrationError) -> Bool {
    let version = try readVersion(connection)
    if version == 0 { try orFail { () throws(SQLiteError) in try connection.execute("PRAGMA page_size=\(pageSize)") } }
    return version == 0
  }

  /// Applies what is missing, on a connection that may write: all of it or nothing.  For a new file: outside of transactions, or
  /// after `prepareNew`.
  ///
  /// `willUpgrade` is called with the number of a file's newest migration before anything is added to a file that has one.  The write
  /// lock is held then, so nobody else changes the file; another connection can read it.
  /// - Returns: whether the file was empty: then its schema is all this migrator's own.
  @discardableResult public func migrate(
    _ connection: borrowing Connection, willUpgrade: (_ from: Int) throws(MigrationError) -> Void = { _ in }
  ) throws(MigrationError) -> Bool {
    guard try readVersion(connection) < newest else { return false }
    _ = try prepareNew(connection)
    return try connection.transaction(.immediate, failure: MigrationError.database) { () throws(MigrationError) in
      let version = try verifiedVersion(connection)
      guard version < newest else { return false }
      if version > 0 { try willUpgrade(version) }
      try orFail { () throws(SQLiteError) in try apply(after: version, connection) }
      return version == 0
    }
  }

  /// Refuses what `migrate` would refuse, and what it would change: for readers.
  public func check(_ connection: borrowing Connection) throws(MigrationError) {
    let version = try readVersion(connection)
    guard version > 0 else { throw .emptyDatabase }
    guard version == newest else { throw .olderSchema(found: version, known: newest) }
  }

  private func readVersion(_ connection: borrowing Connection) throws(MigrationError) -> Int {
    try connection.transaction(.deferred, failure: MigrationError.database) { () throws(MigrationError) in
      try verifiedVersion(connection)
    }
  }

  /// The number of the file's newest migration, 0 for a file with nothing in it; every record is compared.  It reads several
  /// times, so it stands in a transaction.
  private func verifiedVersion(_ connection: borrowing Connection) throws(MigrationError) -> Int {
    let file = try orFail { () throws(SQLiteError) in try Header(connection) }
    guard file.applicationID == applicationID else {
      guard file.applicationID == 0, file.isEmpty else { throw .foreignDatabase(applicationID: file.applicationID) }
      return 0
    }
    guard file.userVersion <= newest else { throw .newerSchema(found: file.userVersion, known: newest) }
    guard !file.isEmpty || file.userVersion > 0 else { return 0 }
    guard file.hasRecord else { throw .missingRecord(userVersion: file.userVersion) }
    let digests = try orFail { () throws(SQLiteError) in try recordedDigests(connection) }
    guard let newestRecord = digests.keys.max() else { throw .missingRecord(userVersion: file.userVersion) }
    guard file.userVersion == newestRecord else {
      throw .inconsistentRecord(userVersion: file.userVersion, newestRecord: newestRecord)
    }
    for migration in migrations where migration.number <= newestRecord && digests[migration.number] != migration.digest {
      throw .changedMigration(number: migration.number, name: migration.name)
    }
    return newestRecord
  }

  private func recordedDigests(_ connection: borrowing Connection) throws(SQLiteError) -> [Int: String] {
    var digests: [Int: String] = [:]
    var records = try connection.prepare("SELECT number, digest FROM migrations LIMIT \(newest + 1)")
    while try records.step() { digests[try records.int(0)] = try records.text(1) }
    return digests
  }

  /// Brings a file on from this migration; from 0 is a new file.
  private func apply(after version: Int, _ connection: borrowing Connection) throws(SQLiteError) {
    let missing = migrations.filter { $0.number > version }
    // A migration may change the text of a table's constraints in sqlite_schema, and the snapshot puts views and triggers there.
    try connection.withWritableSchema { () throws(SQLiteError) in
      let snapshot = version == 0 ? snapshot() : nil
      if let snapshot { try connection.executeScript(snapshot) }
      for migration in missing {
        if snapshot == nil { try connection.executeScript(migration.sql) }
        try record(migration, connection)
      }
    }
    try connection.executeScript("PRAGMA user_version=\(newest); PRAGMA application_id=\(applicationID)")
  }

  private func record(_ migration: Migration, _ connection: borrowing Connection) throws(SQLiteError) {
    try connection.execute(
      "INSERT INTO migrations (number, name, digest, applied_at) VALUES (?, ?, ?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
      migration.number, migration.name, migration.digest)
  }

  private func orFail<T>(_ body: () throws(SQLiteError) -> T) throws(MigrationError) -> T {
    do throws(SQLiteError) { return try body() } catch { throw .database(error) }
  }
}

/// What a file says of itself before its tables are read.
private struct Header {
  let applicationID: Int32
  let userVersion: Int
  let isEmpty: Bool
  /// Whether `migrations` is a table, and no view or virtual table, whose columns are there and aren't computed.
  let hasRecord: Bool

  init(_ connection: borrowing Connection) throws(SQLiteError) {
    applicationID = Int32(truncatingIfNeeded: try Self.integer("PRAGMA application_id", connection))
    userVersion = Int(try Self.integer("PRAGMA user_version", connection))
    isEmpty = try Self.integer("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", connection) == 1
    let isTable = try Self.integer(
      "SELECT count(*) FROM sqlite_schema WHERE name = 'migrations' AND type = 'table' AND rootpage > 0", connection)
    // It leaves out generated columns.
    let columns = try Self.integer("SELECT count(*) FROM pragma_table_info('migrations') WHERE name IN ('number', 'digest')", connection)
    hasRecord = isTable == 1 && columns == 2
  }

  private static func integer(_ sql: String, _ connection: borrowing Connection) throws(SQLiteError) -> Int64 {
    var statement = try connection.prepare(sql)
    _ = try statement.step()
    return try statement.int64(0)
  }
}
