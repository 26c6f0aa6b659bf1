import SQLite
import TestSupport
import Testing

struct SpillTests {
  @Test("a transaction larger than the cache waits for a reader once, at its COMMIT, not with every page")
  func busyReader() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("test.db")
    let writer = try Connection(path: path, mode: .create)
    try writer.executeScript("CREATE TABLE t (a BLOB); INSERT INTO t VALUES (1)")
    let reader = try Connection(path: path, mode: .readOnly)
    try reader.execute("BEGIN")
    #expect(try reader.queryFirst("SELECT count(*) FROM t") { row in try row.int(0) } == 1)

    writer.setBusyLimit(.milliseconds(100))
    let start = ContinuousClock.now
    #expect {
      try writer.transaction {
        // 8 MB: over a thousand pages beyond the cache, of 100 ms each.
        for _ in 0..<2000 { try writer.execute("INSERT INTO t VALUES (zeroblob(4000))") }
      }
    } throws: {
      ($0 as? SQLiteError)?.isBusy == true
    }
    #expect(ContinuousClock.now - start < .seconds(30))
    try reader.execute("COMMIT")
    #expect(try writer.queryFirst("SELECT count(*) FROM t") { row in try row.int(0) } == 1)
  }
}
