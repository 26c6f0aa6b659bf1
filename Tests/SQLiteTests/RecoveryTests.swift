import Foundation
import SQLite
import TestSupport
import Testing

@Suite("Recovery of what a killed writer left") struct RecoveryTests {
  let folder: TemporaryFolder
  let path: String
  let rows = 500

  init() async throws {
    folder = try TemporaryFolder()
    path = folder.path("test.db")
    let writer = try Connection(path: path, mode: .create)
    try writer.executeScript(
      """
      CREATE TABLE t (x INTEGER, filler BLOB);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows)) INSERT INTO t SELECT 0, zeroblob(1000) FROM n;
      """)
    try await killWriter()
  }

  /// A writer whose cache is too small for its transaction, so that half of it is in the file when the SIGKILL comes.
  func killWriter() async throws {
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let connection = try Connection(path: path, mode: .readWrite)
      try connection.executeScript("PRAGMA cache_size=5; PRAGMA cache_spill=5; BEGIN IMMEDIATE; UPDATE t SET x = 1")
      kill(getpid(), SIGKILL)
    }
  }

  var hasJournal: Bool { FileManager.default.fileExists(atPath: path + "-journal") }

  @Test("the journal is hot: half of the transaction stands in the file")
  func isHot() throws {
    #expect(hasJournal)
    try FileManager.default.removeItem(atPath: path + "-journal")
    let changed = try single(try Connection(path: path, mode: .readOnly), "SELECT sum(x) FROM t")
    #expect(changed != 0)
  }

  @Test("opening rolls it back, once", arguments: [Connection.Mode.readOnly, .readWrite, .create])
  func rollsBack(mode: Connection.Mode) throws {
    let connection = try Connection(path: path, mode: mode)
    #expect(try single(connection, "SELECT count(*) FROM t WHERE x = 0") == .integer(Int64(rows)))
    #expect(try single(connection, "PRAGMA integrity_check") == "ok")
    #expect(!hasJournal)
  }

  @Test("a reader that has recovered the file is still a reader")
  func staysReader() throws {
    let connection = try Connection(path: path, mode: .readOnly)
    #expect(try sqliteError { try connection.execute("UPDATE t SET x = 2") }.isReadOnly)
  }

  @Test("readers that come at once all get the old state")
  func manyReaders() throws {
    let (path, rows) = (path, rows)
    inThreads(6) { _ in
      let connection = try Connection(path: path, mode: .readOnly)
      #expect(try single(connection, "SELECT count(*) FROM t WHERE x = 0") == .integer(Int64(rows)))
    }
  }

  @Test("a reader sees what a killed writer had committed to its WAL, and leaves the file in WAL mode")
  func wal() throws {
    let copy = folder.path("copy.db")
    let writer = try Connection(path: path, mode: .readWrite)
    try writer.executeScript("PRAGMA journal_mode=WAL; UPDATE t SET x = 3")
    for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix) }
    let reader = try Connection(path: copy, mode: .readOnly)
    #expect(try single(reader, "SELECT sum(x) FROM t") == .integer(Int64(3 * rows)))
    #expect(try single(reader, "PRAGMA journal_mode") == "wal")
  }

  /// It failed at once, as if the file had been locked for the whole limit.
  @Test("a file in WAL mode that another has open is written in that mode, and leaves it once nobody has")
  func walInUse() throws {
    do {
      let other = try Connection(path: path, mode: .readWrite)
      try other.executeScript("PRAGMA journal_mode=WAL; UPDATE t SET x = 3")
      let writer = try Connection(path: path, mode: .readWrite)
      #expect(try single(writer, "PRAGMA journal_mode") == "wal")
      try writer.execute("UPDATE t SET x = 4")
      #expect(try single(other, "SELECT sum(x) FROM t") == .integer(Int64(4 * rows)))
    }
    #expect(try single(try Connection(path: path, mode: .readWrite), "PRAGMA journal_mode") == "delete")
    #expect(try single(try Connection(path: path, mode: .readOnly), "SELECT sum(x) FROM t") == .integer(Int64(4 * rows)))
  }

  @Test("where nothing can be written, a WAL can't be read, and the file isn't called missing")
  func walOnReadOnlyMedium() throws {
    let files = FileManager.default
    let copy = folder.path("copy/test.db")
    try files.createDirectory(atPath: folder.path("copy"), withIntermediateDirectories: true)
    let writer = try Connection(path: path, mode: .readWrite)
    try writer.executeScript("PRAGMA journal_mode=WAL; UPDATE t SET x = 3")
    for suffix in ["", "-wal"] { try files.copyItem(atPath: path + suffix, toPath: copy + suffix) }
    try files.setAttributes([.posixPermissions: 0o444], ofItemAtPath: copy)
    try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path)
    try files.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path("copy"))
    defer { try? files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("copy")) }
    let error = try asOrdinaryUser { try sqliteError { _ = try Connection(path: copy, mode: .readOnly) } }
    #expect(error.needsRecovery && !error.isMissingFile && !error.isForbidden)
  }

  @Test("where the file can't be written, the error says that a recovery is needed")
  func readOnlyMedium() throws {
    let files = FileManager.default
    for name in [path, path + "-journal"] { try files.setAttributes([.posixPermissions: 0o444], ofItemAtPath: name) }
    try files.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.url.path)
    defer { try? files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path) }
    let error = try asOrdinaryUser { try sqliteError { _ = try Connection(path: path, mode: .readOnly) } }
    #expect(error.needsRecovery && error.isReadOnly)
    #expect(hasJournal)
  }
}
