import Foundation
import SQLite
import TestSupport
import Testing

/// "test" as a number: files with another application_id aren't ours.
private let ours: Int32 = 0x7465_7374
private let first = Migration(
  number: 1, name: "begin",
  sql: """
    CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT;
    CREATE TABLE a (x INTEGER) STRICT;
    """, digest: "d1")
private let second = Migration(number: 2, name: "go on", sql: "CREATE TABLE b (y TEXT) STRICT;", digest: "d2")
private let broken = Migration(number: 2, name: "break", sql: "CREATE TABLE b (y TEXT); CREATE TABLE a (x)", digest: "d3")

private func migrator(_ migrations: Migration...) -> Migrator {
  Migrator(applicationID: ours, pageSize: 16384, migrations: migrations)
}

@Suite("Migrator") struct MigratorTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("test.db")
  }

  func create() throws -> Connection { try Connection(path: path, mode: .create) }

  func failure(_ body: () throws(MigrationError) -> Void) -> MigrationError? {
    do throws(MigrationError) { try body() } catch { return error }
    return nil
  }

  @Test("a new file gets every migration, its record, and the numbers in its header")
  func newFile() throws {
    let connection = try create()
    try migrator(second, first).migrate(connection)
    let records = try connection.query("SELECT number, name, digest FROM migrations ORDER BY number") { row in
      [String(try row.int(0)), try row.text(1), try row.text(2)]
    }
    #expect(records == [["1", "begin", "d1"], ["2", "go on", "d2"]])
    for (pragma, value) in ["application_id": .integer(Int64(ours)), "user_version": 2, "page_size": 16384, "journal_mode": "delete"]
      as [String: Value]
    {
      #expect(try single(try Connection(path: path, mode: .readOnly), "PRAGMA \(pragma)") == value)
    }
    let header = try Data(contentsOf: URL(fileURLWithPath: path)).prefix(20)
    #expect(Array(header[16..<20]) == [0x40, 0, 1, 1])
    try migrator(first, second).check(try Connection(path: path, mode: .readOnly))
  }

  @Test("a new file is made by the snapshot alone, and has the records of all migrations; an older file isn't")
  func snapshot() throws {
    let snapshot = first.sql + "CREATE TABLE b (y TEXT, z TEXT) STRICT;"
    let migrator = Migrator(applicationID: ours, migrations: [first, second], snapshot: snapshot)
    #expect(try migrator.migrate(try create()))
    #expect(try single(try create(), "SELECT count(*) FROM pragma_table_info('b')") == 2)
    #expect(try create().query("SELECT digest FROM migrations ORDER BY number") { try $0.text(0) } == ["d1", "d2"])
    #expect(try !migrator.migrate(try create()))
    try migrator.check(try Connection(path: path, mode: .readOnly))

    let older = try Connection(path: folder.path("older.db"), mode: .create)
    try Migrator(applicationID: ours, migrations: [first]).migrate(older)
    #expect(try !migrator.migrate(older))
    #expect(try single(older, "SELECT count(*) FROM pragma_table_info('b')") == 1)
  }

  @Test("the time of a record is UTC in ISO 8601 with milliseconds")
  func appliedAt() throws {
    let connection = try create()
    try migrator(first).migrate(connection)
    let text = try #require(try connection.queryFirst("SELECT applied_at FROM migrations") { try $0.text(0) })
    let time = try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
    #expect(text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    #expect(abs(time.timeIntervalSinceNow) < 60)
  }

  @Test("a file that is up to date is only read, beside a writer too")
  func upToDate() throws {
    try migrator(first).migrate(try create())
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let writer = try create()
    try writer.execute("BEGIN IMMEDIATE")
    try migrator(first).migrate(try Connection(path: path, mode: .readWrite, busyLimit: .zero))
    try migrator(first).migrate(try Connection(path: path, mode: .readOnly))
    try writer.execute("ROLLBACK")
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test("an older file gets what is missing")
  func upgrades() throws {
    try migrator(first).migrate(try create())
    #expect(
      failure { () throws(MigrationError) in
        try migrator(first, second).check(try open(.readOnly))
      } == .olderSchema(found: 1, known: 2))
    try migrator(first, second).migrate(try create())
    try migrator(first, second).check(try open(.readOnly))
  }

  func open(_ mode: Connection.Mode) throws(MigrationError) -> Connection {
    do throws(SQLiteError) { return try Connection(path: path, mode: mode) } catch { throw .database(error) }
  }

  @Test("a migration that fails leaves the file as it was, without those before it too")
  func fails() throws {
    try migrator(first).migrate(try create())
    let third = Migration(number: 3, name: "break", sql: broken.sql, digest: "d3")
    let more = Migration(number: 2, name: "more", sql: "CREATE TABLE c (z)", digest: "d4")
    #expect(throws: MigrationError.self) { try migrator(first, more, third).migrate(try create()) }
    #expect(try single(try create(), "SELECT count(*) FROM sqlite_schema WHERE name = 'c'") == 0)
    let error = failure { () throws(MigrationError) in try migrator(first, broken).migrate(try open(.create)) }
    guard case .database(let cause) = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(cause.message.contains("table a already exists"))
    #expect(try single(try create(), "SELECT count(*) FROM sqlite_schema WHERE name = 'b'") == 0)
    try migrator(first).check(try open(.readOnly))
  }

  @Test("whoever upgrades a file hears of it before, under the write lock; a new file is none")
  func willUpgrade() throws {
    var heard: [Int] = []
    try migrator(first).migrate(try create()) { heard.append($0) }
    #expect(heard == [])
    let path = path
    try migrator(first, second).migrate(try create()) { version throws(MigrationError) in
      heard.append(version)
      do throws(SQLiteError) {
        let other = try Connection(path: path, mode: .readWrite, busyLimit: .zero)
        try other.execute("BEGIN IMMEDIATE")
        Issue.record("there was no lock")
      } catch { #expect(error.isBusy) }
    }
    #expect(heard == [1])
    let stop = MigrationError.notCopied(copy: "copy", problem: "no room")
    let third = Migration(number: 3, name: "c", sql: "CREATE TABLE c (z)", digest: "d5")
    #expect(
      failure { () throws(MigrationError) in
        try migrator(first, second, third).migrate(try open(.readWrite)) { _ throws(MigrationError) in throw stop }
      } == stop)
    try migrator(first, second).check(try open(.readOnly))
  }

  @Test("a first migration that fails leaves an empty file")
  func failsAtFirst() throws {
    #expect(throws: MigrationError.self) { try migrator(second).migrate(try create()) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).isEmpty)
  }

  @Test("a newer file is refused with both numbers")
  func newer() throws {
    try migrator(first, second).migrate(try create())
    let expected = MigrationError.newerSchema(found: 2, known: 1)
    #expect(failure { () throws(MigrationError) in try migrator(first).migrate(try open(.readWrite)) } == expected)
    #expect(failure { () throws(MigrationError) in try migrator(first).check(try open(.readOnly)) } == expected)
    #expect(expected.description == "the database has migration 2, this program knows 1.")
  }

  @Test("a migration that was applied with other SQL is refused by number and name")
  func changed() throws {
    try migrator(first, second).migrate(try create())
    let other = migrator(Migration(number: 1, name: "begin", sql: first.sql, digest: "other"), second)
    let expected = MigrationError.changedMigration(number: 1, name: "begin")
    #expect(failure { () throws(MigrationError) in try other.migrate(try open(.readWrite)) } == expected)
    #expect(failure { () throws(MigrationError) in try other.check(try open(.readOnly)) } == expected)
  }

  @Test(
    "another program's database is refused and stays as it is",
    arguments: [("CREATE TABLE t (x)", 0), ("PRAGMA application_id=77", 77), ("PRAGMA application_id=-5; CREATE TABLE t (x)", -5)])
  func foreign(sql: String, id: Int32) throws {
    try create().executeScript(sql)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let expected = MigrationError.foreignDatabase(applicationID: id)
    #expect(failure { () throws(MigrationError) in try migrator(first).migrate(try open(.readWrite)) } == expected)
    #expect(failure { () throws(MigrationError) in try migrator(first).check(try open(.readOnly)) } == expected)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test("an empty file is refused by a reader and filled by a writer")
  func empty() throws {
    try folder.write("test.db", "")
    #expect(failure { () throws(MigrationError) in try migrator(first).check(try open(.readOnly)) } == .emptyDatabase)
    try migrator(first).migrate(try open(.readWrite))
    try migrator(first).check(try open(.readOnly))
  }

  @Test(
    "numbers that were changed by hand are refused",
    arguments: [("PRAGMA user_version=1", 1, 2), ("DELETE FROM migrations WHERE number = 2", 2, 1)])
  func inconsistent(sql: String, version: Int, newest: Int) throws {
    try migrator(first, second).migrate(try create())
    try create().executeScript(sql)
    #expect(
      failure { () throws(MigrationError) in try migrator(first, second).migrate(try open(.readWrite)) }
        == .inconsistentRecord(userVersion: version, newestRecord: newest))
  }

  /// A view that never ends made every command hang, and a missing table was an error of SQL.
  @Test(
    "where there is no record to read, the file is refused",
    arguments: [
      ("DROP TABLE migrations", 1), ("ALTER TABLE migrations RENAME COLUMN digest TO hash", 1), ("DELETE FROM migrations", 1),
      ("PRAGMA user_version=0; DELETE FROM migrations", 0), ("PRAGMA user_version=0; DROP TABLE migrations", 0),
      ("DROP TABLE migrations; DROP TABLE a", 1),
      (
        """
        DROP TABLE migrations; CREATE VIEW migrations AS
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i AS number, 'd1' AS digest FROM n
        """, 1
      ),
    ])
  func noRecord(sql: String, version: Int) throws {
    try migrator(first).migrate(try create())
    try create().executeScript(sql)
    let expected = MigrationError.missingRecord(userVersion: version)
    #expect(failure { () throws(MigrationError) in try migrator(first).migrate(try open(.readWrite)) } == expected)
    #expect(failure { () throws(MigrationError) in try migrator(first).check(try open(.readOnly)) } == expected)
  }

  @Test("connections that open a new file at once all succeed", arguments: 0..<5)
  func atOnce(round: Int) throws {
    let path = path
    inThreads(6) { _ in try migrator(first, second).migrate(try Connection(path: path, mode: .create, busyLimit: .seconds(300))) }
    #expect(try single(try create(), "SELECT count(*) FROM migrations") == 2)
    #expect(try single(try create(), "PRAGMA page_size") == 16384)
    #expect(try single(try create(), "PRAGMA integrity_check") == "ok")
  }

  @Test("processes that open a new file at once all succeed")
  func processesAtOnce() async throws {
    let path = path
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask {
          await #expect(processExitsWith: .success) { [path = path as String] in
            try migrator(first, second).migrate(try Connection(path: path, mode: .create, busyLimit: .seconds(300)))
          }
        }
      }
    }
    #expect(try single(try create(), "SELECT count(*) FROM migrations") == 2)
    #expect(try single(try create(), "PRAGMA page_size") == 16384)
  }
}
