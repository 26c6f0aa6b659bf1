import SQLite
import TestSupport
import Testing

@Suite("a guarded connection")
struct GuardTests {
  private let limits = QueryLimits(time: .seconds(60), length: 100_000)

  private func connection() throws -> Connection {
    let connection = try Connection(mode: .memory)
    try connection.executeScript("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)")
    return connection
  }

  @Test(
    "reads",
    arguments: [
      "SELECT sum(a) FROM t", "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 3) SELECT max(x) FROM c",
      "SELECT 3 FROM (SELECT 1) LIMIT 1 OFFSET 0 -- nothing", "SELECT max(value) FROM json_each('[1, 3]')",
      "SELECT 3 FROM pragma_table_info('t')", "PRAGMA table_info(t)",
    ])
  func reads(sql: String) throws {
    let connection = try connection()
    let value = try connection.guarded(limits) { try single(connection, sql) }
    #expect(value != .null)
  }

  static let refusals: [(String, String)] = [
    ("INSERT INTO t VALUES (3)", "INSERT"), ("UPDATE t SET a = 3", "UPDATE"), ("DELETE FROM t", "DELETE"), ("DROP TABLE t", "DROP"),
    ("CREATE TABLE u (a)", "CREATE"), ("CREATE TEMP TABLE u (a)", "CREATE"), ("CREATE INDEX i ON t (a)", "CREATE"),
    ("CREATE VIEW v AS SELECT 1", "CREATE"), ("CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END", "CREATE"),
    ("CREATE VIRTUAL TABLE v USING fts5(a)", "CREATE"), ("ALTER TABLE t RENAME TO u", "ALTER"), ("ATTACH ':memory:' AS x", "ATTACH"),
    ("DETACH x", "DETACH"), ("BEGIN", "a transaction"), ("SAVEPOINT s", "a savepoint"), ("ANALYZE", "ANALYZE"),
    ("PRAGMA user_version = 3", "PRAGMA user_version"), ("PRAGMA writable_schema = 1", "PRAGMA writable_schema"),
    ("VACUUM", "ATTACH"),
  ]

  @Test("refuses all else, and says what", arguments: refusals)
  func refuses(sql: String, what: String) throws {
    let connection = try connection()
    let error = try sqliteError { try connection.guarded(limits) { try connection.execute(sql) } }
    #expect(error.isRefused)
    #expect(error.message == "\(what) is not allowed")
    #expect(try single(connection, "SELECT group_concat(a) FROM t") == "1,2")
    #expect(try single(connection, "SELECT count(*) FROM sqlite_schema") == 1)
  }

  @Test("refuses functions that reach beyond the file")
  func functions() throws {
    let connection = try connection()
    let error = try sqliteError { try connection.guarded(limits) { _ = try single(connection, "SELECT load_extension('x')") } }
    #expect(error.isOfTheQuery)
    #expect(error.message == "not authorized to use function: load_extension")
  }

  @Test("ends an endless query, and is as before")
  func endless() throws {
    let connection = try connection()
    let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
    let error = try sqliteError {
      try connection.guarded(QueryLimits(time: .milliseconds(50))) { _ = try single(connection, endless) }
    }
    #expect(error.isInterrupted)
    try connection.execute("INSERT INTO t VALUES (3)")
    #expect(try single(connection, "SELECT length(zeroblob(200000))") == 200_000)
  }

  @Test("makes nothing too long", arguments: ["SELECT zeroblob(100001)", "SELECT randomblob(1e10)", "SELECT hex(zeroblob(60000))"])
  func long(sql: String) throws {
    let connection = try connection()
    let error = try sqliteError { try connection.guarded(limits) { _ = try single(connection, sql) } }
    #expect(error.isOfTheQuery)
    #expect(error.message == "string or blob too big")
  }

  @Test("an error says where in the text it is")
  func offset() throws {
    let connection = try connection()
    let error = try sqliteError { _ = try connection.prepare("SELECT a, b FROM t") }
    #expect(error.offset == 10)
    let qualified = try sqliteError { _ = try connection.prepare("SELECT 'ä', p . \"my key\" FROM t") }
    #expect(qualified.message == "no such column: p.my key")
    #expect(qualified.offset == "SELECT 'ä', ".utf8.count)
  }
}
