import Testing

@testable import SQLite

@Suite("statements are kept")
struct StatementCacheTests {
  private func connection() throws -> Connection {
    let connection = try Connection(mode: .memory)
    try connection.executeScript("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)")
    return connection
  }

  @Test("and one of the same text is taken again, without the values it had")
  func again() throws {
    let connection = try connection()
    func handle() throws -> OpaquePointer {
      var statement = try connection.prepare("SELECT ?")
      #expect(try statement.first { row in try row.isNull(0) } == true)
      try statement.bind("bound")
      return statement.handle
    }
    #expect(try handle() == handle())
  }

  @Test("by the bytes of their texts: 'é' as one scalar isn't 'e' with an accent after it")
  func bytes() throws {
    let connection = try connection()
    for text in ["caf\u{e9}", "cafe\u{301}", "caf\u{e9}"] {
      let found = try connection.queryFirst("SELECT '\(text)'") { row in try row.text(0) } ?? ""
      #expect(Array(found.utf8) == Array(text.utf8))
      #expect(Value.text(found) == .text(text))
    }
    #expect(Value.text("caf\u{e9}") != .text("cafe\u{301}"))
    #expect(Set([Value.text("caf\u{e9}"), .text("cafe\u{301}")]).count == 2)
  }

  @Test("but one in use isn't shared: the same query may run within itself")
  func nested() throws {
    let connection = try connection()
    let sql = "SELECT a FROM t ORDER BY a"
    let pairs = try connection.query(sql) { outer in
      try connection.query(sql) { inner in [try outer.int(0), try inner.int(0)] }
    }
    #expect(pairs == [[[1, 1], [1, 2]], [[2, 1], [2, 2]]])
  }

  @Test("and hold no lock once their user has gone, in the middle of rows too")
  func locks() throws {
    let connection = try connection()
    func look() throws {
      var statement = try connection.prepare("SELECT a FROM t")
      #expect(try statement.step())
    }
    try look()
    try connection.execute("DROP TABLE t")
    #expect(throws: SQLiteError.self) { try look() }
  }

  @Test("and see a table that was made anew with other columns")
  func changedSchema() throws {
    let connection = try connection()
    func columns() throws -> [String] {
      var statement = try connection.prepare("SELECT * FROM t")
      _ = try statement.step()
      return statement.columnNames
    }
    #expect(try columns() == ["a"])
    try connection.executeScript("DROP TABLE t; CREATE TABLE t (b, c)")
    #expect(try columns() == ["b", "c"])
  }

  @Test("however many different ones there are, and after one that failed")
  func many() throws {
    let connection = try connection()
    for round in 0..<2 {
      for number in 0..<200 {
        #expect(try connection.queryFirst("SELECT \(number) + ?", round) { row in try row.int(0) } == number + round)
      }
    }
    try connection.execute("CREATE UNIQUE INDEX u ON t (a)")
    for _ in 0..<2 {
      #expect(throws: SQLiteError.self) { try connection.execute("INSERT INTO t VALUES (?)", 1) }
    }
    try connection.execute("INSERT INTO t VALUES (?)", 3)
  }

  @Test("and one that outlives its connection still runs")
  func outlives() throws {
    func orphan() throws -> Statement { try connection().prepare("SELECT a FROM t") }
    var statement = try orphan()
    #expect(try statement.all { row in try row.int(0) } == [1, 2])
  }
}
