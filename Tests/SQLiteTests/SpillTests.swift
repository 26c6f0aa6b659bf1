import FoundationEssentials
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

    writer.setBusyLimit(.seconds(1))
    let start = ContinuousClock.now
    #expect {
      try writer.transaction {
        // 20 MB: a thousand pages beyond the 4095 that stay in memory.  To wait for each would take a quarter of an hour.
        for _ in 0..<5000 { try writer.execute("INSERT INTO t VALUES (zeroblob(4000))") }
      }
    } throws: {
      ($0 as? SQLiteError)?.isBusy == true
    }
    #expect(ContinuousClock.now - start < .seconds(600))
    try reader.execute("COMMIT")
    #expect(try writer.queryFirst("SELECT count(*) FROM t") { row in try row.int(0) } == 1)
  }

  @Test("a transaction larger than the cache doesn't stay in memory: it is written to the file before its COMMIT")
  func spilled() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("test.db")
    let writer = try Connection(path: path, mode: .create)
    try writer.executeScript("CREATE TABLE t (a BLOB)")
    let size = { try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0 }
    try writer.transaction {
      for _ in 0..<4000 { try writer.execute("INSERT INTO t VALUES (zeroblob(4000))") }
      #expect(try size() < 1 << 20)
      for _ in 0..<1000 { try writer.execute("INSERT INTO t VALUES (zeroblob(4000))") }
      #expect(try size() > 1 << 20)
    }
    #expect(try writer.queryFirst("SELECT count(*) FROM t") { row in try row.int(0) } == 5000)
  }
}
