import Foundation
import SQLite
import TestSupport
import Testing

@Suite("Statement") struct StatementTests {
  @Test(
    "a value comes back as it was bound",
    arguments: [
      .null, .integer(.min), .integer(.max), 0, .real(0), .real(-0.0), .real(.infinity), .real(-.infinity), .real(.leastNonzeroMagnitude),
      .real(.greatestFiniteMagnitude), .real(0.1), .text(""), .text("a\0b\0"), .text("👩🏽‍🔬 가나다"), .blob([]), .blob([0]),
      .blob([UInt8](0...255)),
    ] as [Value])
  func roundTrip(value: Value) throws {
    let connection = try Connection(mode: .memory)
    let rows = try connection.query("SELECT ?1, typeof(?1)", value) { row in
      #expect(try row.storageClass(0) == value.storageClass)
      return (try row.value(0), try row.text(1))
    }
    #expect(rows.count == 1)
    #expect(rows[0].0 == value)
    #expect(rows[0].1 == value.storageClass.rawValue)
  }

  @Test("a NaN is stored as NULL")
  func nan() throws {
    let connection = try Connection(mode: .memory)
    #expect(try connection.queryFirst("SELECT ?", Double.nan) { try $0.doubleOrNil(0) } == .some(nil))
  }

  @Test("Swift's values and nil bind as they stand")
  func convertibles() throws {
    let connection = try Connection(mode: .memory)
    let none: Int? = nil
    let some: String? = "some"
    let values = try connection.queryFirst(
      "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?", 1, Int64(2), Int32(3), true, 0.5, "text", [7] as [UInt8], none, some
    ) {
      row in try (0..<row.columnCount).map { try row.value($0) }
    }
    #expect(values == [1, 2, 3, 1, 0.5, "text", .blob([7]), nil, "some"])
  }

  @Test(
    "a column is read as its storage class and no other",
    arguments: [Value.null, 1, 1.5, "1", .blob([49])], [StorageClass.integer, .real, .text, .blob])
  func storageClasses(value: Value, expected: StorageClass) throws {
    let connection = try Connection(mode: .memory)
    func read(_ row: borrowing Statement) throws {
      switch expected {
      case .integer: #expect(try row.int64(0) == 1)
      case .real: #expect([1, 1.5].contains(try row.double(0)))
      case .text: #expect(try row.text(0) == "1")
      case .blob: #expect(try row.blob(0) == [49])
      case .null: #expect(try row.isNull(0))
      }
    }
    var statement = try connection.prepare("SELECT ? AS \"the column\"")
    try statement.bind(value)
    #expect(try statement.step())
    if value.storageClass == expected || (value == 1 && expected == .real) {
      try read(statement)
    } else {
      let error = #expect(throws: SQLiteError.self) { try read(statement) }
      #expect(error?.reason == .storageClass(column: "the column", expected: expected, actual: value.storageClass))
      #expect(error?.message == "column 'the column' holds \(value.storageClass.rawValue), not \(expected.rawValue)")
    }
  }

  @Test("the optional readers give nil for NULL alone")
  func optionals() throws {
    let connection = try Connection(mode: .memory)
    var row = try connection.prepare("SELECT NULL, 1, 1.5, 'x', x'01'")
    #expect(try row.step())
    #expect(try row.int64OrNil(0) == nil)
    #expect(try row.intOrNil(0) == nil)
    #expect(try row.doubleOrNil(0) == nil)
    #expect(try row.textOrNil(0) == nil)
    #expect(try row.blobOrNil(0) == nil)
    #expect(try row.int64OrNil(1) == 1)
    #expect(try row.intOrNil(1) == 1)
    #expect(try row.doubleOrNil(2) == 1.5)
    #expect(try row.textOrNil(3) == "x")
    #expect(try row.blobOrNil(4) == [1])
    #expect(throws: SQLiteError.self) { try row.textOrNil(4) }
  }

  @Test("a text that isn't UTF-8 is refused, not mended")
  func malformedText() throws {
    let connection = try Connection(mode: .memory)
    let error = try sqliteError { _ = try single(connection, "SELECT CAST(x'61ff62' AS TEXT) AS note") }
    #expect(error.reason == .malformedText(column: "note"))
  }

  @Test("a column that isn't there, or a row that isn't there, is an error", arguments: [-1, 2, .max, .min])
  func noSuchColumn(index: Int) throws {
    let connection = try Connection(mode: .memory)
    var statement = try connection.prepare("SELECT 1, 2")
    var error = #expect(throws: SQLiteError.self) { try statement.value(0) }
    #expect(error?.reason == .noSuchColumn(index: 0, columns: 0))
    #expect(try statement.step())
    error = #expect(throws: SQLiteError.self) { try statement.value(index) }
    #expect(error?.reason == .noSuchColumn(index: index, columns: 2))
  }

  @Test("a blob is read in place, an empty one too", arguments: [[], [1, 2, 3]] as [[UInt8]])
  func blobInPlace(bytes: [UInt8]) throws {
    let connection = try Connection(mode: .memory)
    let copy = try connection.queryFirst("SELECT ?", bytes) { row in
      try row.withBlob(0) { span in span.withUnsafeBytes { [UInt8]($0) } }
    }
    #expect(copy == bytes)
  }

  @Test("bytes are bound without a copy")
  func staticBlob() throws {
    let connection = try Connection(mode: .memory)
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
    defer { bytes.deallocate() }
    bytes.copyBytes(from: [1, 2, 3, 4])
    var statement = try connection.prepare("SELECT ?")
    try statement.bind(static: UnsafeRawBufferPointer(bytes), at: 0)
    bytes[0] = 9
    #expect(try statement.step())
    #expect(try statement.blob(0) == [9, 2, 3, 4])
    statement.reset()
    try statement.bind(static: UnsafeRawBufferPointer(start: nil, count: 0), at: 0)
    #expect(try statement.step())
    #expect(try statement.blob(0) == [])
  }

  @Test(
    "a text that isn't one statement is refused",
    arguments: [
      "", " ", "-- only a comment", ";", "SELECT 1; SELECT 2", "SELECT 1; nonsense", "SELECT 1;\0 SELECT 2", "SELECT 1 /* x */; ; SELECT 2",
    ])
  func notOneStatement(sql: String) throws {
    let connection = try Connection(mode: .memory)
    #expect(try sqliteError { _ = try connection.prepare(sql) }.reason == .notOneStatement)
  }

  @Test(
    "blanks, comments and semicolons may follow",
    arguments: ["SELECT 1;", "SELECT 1 ; ; \n", "SELECT 1; -- one\n /* two */", "-- x\nSELECT 1"])
  func harmlessTail(sql: String) throws {
    #expect(try single(try Connection(mode: .memory), sql) == 1)
  }

  @Test("as many values as parameters, or an error", arguments: [0, 1, 3])
  func bindingCount(given: Int) throws {
    let connection = try Connection(mode: .memory)
    var statement = try connection.prepare("SELECT ?, ?")
    let error = #expect(throws: SQLiteError.self) { try statement.bind([(any ValueConvertible)?](repeating: 1, count: given)) }
    #expect(error?.reason == .bindings(expected: 2, given: given))
  }

  @Test("a parameter that isn't there is an error", arguments: [-1, 2, .max, .min])
  func noSuchParameter(index: Int) throws {
    let connection = try Connection(mode: .memory)
    var statement = try connection.prepare("SELECT ?, ?")
    #expect(throws: SQLiteError.self) { try statement.bind(Int64(1), at: index) }
    #expect(throws: SQLiteError.self) { try statement.bind("text", at: index) }
    #expect(throws: SQLiteError.self) { try statement.bind(.blob([1]), at: index) }
  }

  @Test("a statement is used again after its end, after an error and after a reset")
  func reuse() throws {
    let connection = try Connection(mode: .memory)
    try connection.execute("CREATE TABLE t (x UNIQUE)")
    var insert = try connection.prepare("INSERT INTO t VALUES (?)", persistent: true)
    for x in [1, 2] as [Int64] {
      try insert.bind(x, at: 0)
      try insert.run()
    }
    #expect(throws: SQLiteError.self) { try insert.run() }
    try insert.bind(3.0, at: 0)
    try insert.run()
    #expect(connection.lastInsertRowID == 3 && connection.changes == 1)
    var select = try connection.prepare("SELECT x FROM t ORDER BY x")
    #expect(try select.step())
    select.reset()
    #expect(try select.all { try $0.double(0) } == [1, 2, 3])
    #expect(select.columnNames == ["x"] && select.columnCount == 1 && insert.parameterCount == 1)
  }

  @Test("a statement outlives its connection, and the file is closed with it")
  func outlives() throws {
    let folder = try TemporaryFolder()
    func prepare() throws -> Statement {
      let connection = try Connection(path: folder.path("test.db"), mode: .create)
      try connection.executeScript("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)")
      return try connection.prepare("SELECT x, abs(?) FROM t")
    }
    func isOpen() throws -> Bool {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").contains {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)) == folder.path("test.db")
      }
    }
    do {
      var statement = try prepare()
      try statement.bind(-5)
      #expect(try statement.all { try $0.int(0) + $0.int(1) } == [6, 7])
      try statement.bind(.integer(.min), at: 0)
      let error = #expect(throws: SQLiteError.self) { try statement.step() }
      #expect(error?.primaryCode == 1)
      #expect(error?.message == "SQL logic error")
      #expect(try isOpen())
    }
    #expect(try !isOpen())
  }

  @Test("a query leaves no lock behind, though its closure throws")
  func queryResets() throws {
    struct Stop: Error {}
    let folder = try TemporaryFolder()
    let connection = try Connection(path: folder.path("test.db"), mode: .create)
    try connection.executeScript("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)")
    let other = try Connection(path: folder.path("test.db"), mode: .readWrite, busyLimit: .zero)
    var select = try connection.prepare("SELECT x FROM t")
    #expect(throws: Stop.self) { try select.all { _ in throw Stop() } }
    try other.execute("INSERT INTO t VALUES (2)")
    #expect(throws: Stop.self) { try select.first { _ in throw Stop() } }
    try other.execute("INSERT INTO t VALUES (2)")
    let first = try connection.queryFirst("SELECT x FROM t") { try $0.int(0) }
    #expect(first == 1)
    #expect(try connection.queryFirst("SELECT x FROM t WHERE x > 2") { try $0.int(0) } == nil)
    try other.execute("INSERT INTO t VALUES (2)")
  }

  @Test("a script runs to the first statement that fails, and names it")
  func script() throws {
    let connection = try Connection(mode: .memory)
    let error = try sqliteError {
      try connection.executeScript("CREATE TABLE t (x); -- c\n INSERT INTO t VALUES (1);\nINSERT INTO u VALUES (2); DROP TABLE t")
    }
    #expect(error.message == "no such table: u")
    #expect(error.sql?.contains("INSERT INTO u") == true)
    #expect(try single(connection, "SELECT count(*) FROM t") == 1)
    try connection.executeScript("")
  }
}
