import SQLite
import TestSupport
import Testing

@Suite("a function of ours in SQL")
struct FunctionTests {
  private struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private struct Squares: TableFunctionRows {
    let count: Int
    func value(row: Int, column: Int) throws -> Value {
      guard row < 5 else { throw Failure(description: "no square of \(row)") }
      return column == 0 ? .integer(Int64(row)) : .integer(Int64(row * row))
    }
  }

  private final class Counter {
    var count = 0
  }

  private func connection(_ counter: Counter = Counter()) throws -> Connection {
    let connection = try Connection(mode: .memory)
    try connection.createFunction("echo", argumentCount: 1) { $0.value(0) }
    try connection.createFunction("size") { arguments in
      guard arguments.count == 1 else { throw Failure(description: "size takes 1 value, not \(arguments.count)") }
      return .integer(Int64(try arguments.withBlob(0) { $0.byteCount }))
    }
    try connection.createFunction("kept") { arguments in
      let made = try arguments.cached(0) {
        counter.count += 1
        return Counter()
      }
      made.count += 1
      return .integer(Int64(made.count))
    }
    try connection.createTableFunction(
      TableFunction("squares", columns: ["n", "square"], parameters: ["below", "unused"], required: 1) { arguments in
        guard case .integer(let below) = arguments[0] else { throw Failure(description: "squares takes a number") }
        return Squares(count: Int(below))
      })
    return connection
  }

  @Test("gets and gives every kind of value", arguments: [Value.null, 1, -1.5, "ä\u{0}b", .blob([]), .blob([0, 255])])
  func values(value: Value) throws {
    let connection = try connection()
    #expect(try connection.queryFirst("SELECT echo(?)", value) { row in try row.value(0) } == value)
  }

  @Test("reads a blob in place, and its error is the statement's")
  func blobs() throws {
    let connection = try connection()
    #expect(try single(connection, "SELECT size(zeroblob(10)) + size(x'')") == 10)
    let error = try sqliteError { _ = try single(connection, "SELECT size(1, 2)") }
    #expect(error.message == "size takes 1 value, not 2")
    #expect(error.isOfTheQuery)
  }

  @Test("keeps what it made for an argument that doesn't change, no longer than the statement runs")
  func cache() throws {
    let counter = Counter()
    let connection = try connection(counter)
    let rows = "(SELECT 'a' AS a, 1 AS b UNION ALL SELECT 'b', 2)"
    #expect(try single(connection, "SELECT sum(kept('x', b)) FROM \(rows)") == 3)
    #expect(counter.count == 1)
    #expect(try single(connection, "SELECT sum(kept(a, b)) FROM \(rows)") == 2)
    #expect(counter.count == 3)
  }

  @Test("views and triggers can't call it")
  func directOnly() throws {
    let connection = try connection()
    try connection.executeScript("CREATE VIEW v AS SELECT echo(1); CREATE VIEW w AS SELECT * FROM squares(3)")
    #expect(try sqliteError { _ = try single(connection, "SELECT * FROM v") }.message == "unsafe use of echo()")
    #expect(try sqliteError { _ = try single(connection, "SELECT * FROM w") }.message.hasPrefix("unsafe use of virtual table"))
  }

  static let tables: [(String, Value)] = [
    ("SELECT group_concat(square) FROM squares(4)", "0,1,4,9"),
    ("SELECT group_concat(square) FROM squares(4, 'x') WHERE n > 1", "4,9"),
    ("SELECT count(*) FROM squares(0)", 0),
    ("SELECT sum(b.square) FROM squares(4) AS a JOIN squares(a.n) AS b", 6),
    ("SELECT group_concat((SELECT count(*) FROM squares(below))) FROM (SELECT 2 AS below UNION ALL SELECT 3)", "2,3"),
    ("SELECT sum(squares_below) FROM squares(2)", 4),
    ("SELECT group_concat(rowid) FROM squares(2)", "0,1"),
  ]

  @Test("stands in FROM, with arguments of other tables' rows", arguments: tables)
  func standsInFrom(sql: String, expected: Value) throws {
    #expect(try single(connection(), sql) == expected)
  }

  @Test(
    "of FROM says what is wrong",
    arguments: [
      ("SELECT * FROM squares", "it is called as squares(below, unused)"), ("SELECT * FROM squares('x')", "squares takes a number"),
      ("SELECT sum(square) FROM squares(6)", "no square of 5"),
      ("SELECT * FROM squares(1, 2, 3)", "too many arguments on squares() - max 2"),
    ])
  func errors(sql: String, message: String) throws {
    let connection = try connection()
    #expect(try sqliteError { _ = try single(connection, sql) }.message == message)
    // It has left nothing behind.
    #expect(try single(connection, "SELECT count(*) FROM squares(2)") == 2)
  }

  @Test("works within a guard")
  func guarded() throws {
    let connection = try connection()
    let value = try connection.guarded(QueryLimits(time: .seconds(60))) { try single(connection, "SELECT sum(echo(n)) FROM squares(3)") }
    #expect(value == 3)
  }

  @Test("a borrowed connection reads the same database and leaves it open")
  func borrowed() throws {
    let connection = try connection()
    try connection.execute("CREATE TABLE t (a)")
    do {
      let borrowed = unsafe Connection(borrowing: connection.unownedHandle)
      try borrowed.execute("INSERT INTO t VALUES (1)")
    }
    #expect(try single(connection, "SELECT a FROM t") == 1)
  }
}
