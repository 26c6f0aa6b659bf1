import SQLite
import Testing

struct BlobTests {
  private func connection() throws -> Connection {
    let connection = try Connection(mode: .memory)
    try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, data BLOB)")
    return connection
  }

  @Test("what is written into zeros is read again", arguments: [0, 1, 1000, 100_000])
  func roundTrip(count: Int) throws {
    let connection = try connection()
    var insert = try connection.prepare("INSERT INTO t (data) VALUES (?)")
    try insert.bind(zeroblob: count, at: 0)
    try insert.run()
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    #expect(try connection.readBlob("t", "data", row: 1) == [UInt8](repeating: 0, count: count))
    try connection.writeBlob("t", "data", row: 1, bytes)
    #expect(try connection.readBlob("t", "data", row: 1) == bytes)
    #expect(try single(connection, "SELECT data FROM t") == .blob(bytes))
  }

  @Test("another number of bytes is refused", arguments: [0, 9, 11])
  func otherCount(count: Int) throws {
    let connection = try connection()
    try connection.execute("INSERT INTO t VALUES (1, zeroblob(10))")
    #expect(throws: SQLiteError.self) { try connection.writeBlob("t", "data", row: 1, [UInt8](repeating: 1, count: count)) }
    #expect(try connection.readBlob("t", "data", row: 1) == [UInt8](repeating: 0, count: 10))
  }

  @Test("a row or a blob that isn't there is an error", arguments: [1, 2])
  func missing(row: Int64) throws {
    let connection = try connection()
    try connection.execute("INSERT INTO t VALUES (1, NULL)")
    #expect(throws: SQLiteError.self) { try connection.readBlob("t", "data", row: row) }
  }
}
