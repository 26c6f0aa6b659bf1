import SQLite
import Testing

struct BlobTests {
  private func connection() throws -> Connection {
    let connection = try Connection(mode: .memory)
    try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, data BLOB)")
    return connection
  }

  @Test("what is stored is read again, and each part of it", arguments: [0, 1, 1000, 100_000])
  func roundTrip(count: Int) throws {
    let connection = try connection()
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    try connection.execute("INSERT INTO t (data) VALUES (?)", bytes)
    #expect(try connection.readBlob("t", "data", row: 1) == bytes)
    for range in [0..<0, 0..<count, count / 3..<count / 2, count..<count] {
      #expect(try connection.readBlob("t", "data", row: 1, from: range.lowerBound, count: range.count) == Array(bytes[range]))
    }
    var whole = [UInt8](repeating: 0xff, count: count)
    try whole.withUnsafeMutableBytes { try connection.readBlob("t", "data", row: 1, into: $0) }
    #expect(whole == bytes)
    #expect(throws: SQLiteError.self) { try connection.readBlob("t", "data", row: 1, from: count, count: 1) }
  }

  @Test("a row or a blob that isn't there is an error", arguments: [1, 2])
  func missing(row: Int64) throws {
    let connection = try connection()
    try connection.execute("INSERT INTO t VALUES (1, NULL)")
    #expect(throws: SQLiteError.self) { try connection.readBlob("t", "data", row: row) }
  }
}
