import CSQLite
import Foundation
import SQLite
import TestSupport
import Testing

@Suite("Connection") struct ConnectionTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("test.db")
  }

  func makeDatabase() throws { try Connection(path: path, mode: .create).executeScript("CREATE TABLE t (x) ; INSERT INTO t VALUES (1)") }

  @Test(
    "a writer is configured as the design says",
    arguments: [
      ("foreign_keys", 1), ("trusted_schema", 0), ("cell_size_check", 1), ("secure_delete", 0), ("synchronous", 3),
      ("journal_mode", "delete"),
    ] as [(String, Value)])
  func writerSettings(pragma: String, value: Value) throws {
    #expect(try single(try Connection(path: path, mode: .create), "PRAGMA \(pragma)") == value)
  }

  @Test("a reader is configured as the design says", arguments: [("foreign_keys", 1), ("trusted_schema", 0), ("cell_size_check", 1)])
  func readerSettings(pragma: String, value: Int64) throws {
    try makeDatabase()
    #expect(try single(try Connection(path: path, mode: .readOnly), "PRAGMA \(pragma)") == .integer(value))
  }

  /// A program may replace them for all of its process, a library may not.
  @Test("leaves the calls to the system that SQLite makes as they are", arguments: ["pwrite", "pwrite64"])
  func systemCalls(name: String) throws {
    try makeDatabase()
    let system = try #require(sqlite3_vfs_find("unix"))
    func call() -> UInt { unsafeBitCast(system.pointee.xGetSystemCall(system, name), to: UInt.self) }
    let found = call()
    // None: what SQLite itself has.
    #expect(system.pointee.xSetSystemCall(system, name, nil) == SQLITE_OK)
    #expect(found == call())
  }

  @Test("text in double quotes is never a string", arguments: ["SELECT \"abc\"", "CREATE TABLE t (x CHECK (x <> \"abc\"))"])
  func doubleQuotes(sql: String) throws {
    let connection = try Connection(mode: .memory)
    let error = try sqliteError { try connection.execute(sql) }
    #expect(error.message.contains("abc"))
  }

  @Test("the schema table can't be written")
  func defensive() throws {
    let connection = try Connection(mode: .memory)
    try connection.execute("CREATE TABLE t (x)")
    #expect(throws: SQLiteError.self) { try connection.executeScript("PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = ''") }
  }

  @Test("a file in WAL mode goes back to a rollback journal when a writer opens it")
  func leavesWAL() throws {
    let shell = try run("sqlite3", [path, "PRAGMA journal_mode=WAL; CREATE TABLE t (x)"])
    #expect(shell.stdout == "wal\n")
    #expect(try single(try Connection(path: path, mode: .readWrite), "PRAGMA journal_mode") == "delete")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["test.db"])
  }

  @Test("a reader can't write, and its opening changes no byte")
  func readOnly() throws {
    try makeDatabase()
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let connection = try Connection(path: path, mode: .readOnly)
    let error = try sqliteError { try connection.execute("INSERT INTO t VALUES (2)") }
    #expect(error.isReadOnly && !error.needsRecovery)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test("opening a missing file says so and creates nothing", arguments: [Connection.Mode.readOnly, .readWrite])
  func missing(mode: Connection.Mode) throws {
    try Connection(path: folder.path("a"), mode: .create).execute("CREATE TABLE t (x)")
    for name in ["none.db", "none/none.db", "a/none.db", "a\0b.db"] {
      let error = try sqliteError { _ = try Connection(path: folder.path("") + "/" + name, mode: mode) }
      #expect(error.isMissingFile && !error.isDirectory && !error.isForbidden)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["a"])
  }

  @Test("creating a file in a missing folder says that it is missing")
  func missingFolder() throws {
    #expect(try sqliteError { _ = try Connection(path: folder.path("none/test.db"), mode: .create) }.isMissingFile)
  }

  @Test("a folder is no database", arguments: [Connection.Mode.readOnly, .readWrite, .create])
  func directory(mode: Connection.Mode) throws {
    #expect(try sqliteError { _ = try Connection(path: folder.url.path, mode: mode) }.isDirectory)
    #expect(try sqliteError { _ = try Connection(path: "", mode: mode) }.isDirectory)
  }

  @Test(
    "a file that is no database is refused and stays as it is", arguments: [Connection.Mode.readOnly, .readWrite, .create],
    [2, 99, 512, 6000])
  func noDatabase(mode: Connection.Mode, length: Int) throws {
    let text = String(repeating: "x", count: length)
    try folder.write("test.db", text)
    let error = try sqliteError { _ = try Connection(path: path, mode: mode) }
    #expect(error.isNotADatabase && !error.isCorrupt)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test("a damaged database is told from a file that is none")
  func corrupt() throws {
    let connection = try Connection(path: path, mode: .create)
    try connection.executeScript("CREATE TABLE t (x); INSERT INTO t VALUES (1)")
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.seek(toOffset: 4096)
    try file.write(contentsOf: Data(repeating: 0xFF, count: 4096))
    let reader = try Connection(path: path, mode: .readOnly)
    let error = try sqliteError { _ = try single(reader, "SELECT x FROM t") }
    #expect(error.isCorrupt && !error.isNotADatabase)
  }

  @Test("an empty file opens, and has no tables", arguments: [Connection.Mode.readOnly, .readWrite, .create])
  func empty(mode: Connection.Mode) throws {
    try folder.write("test.db", "")
    #expect(try single(try Connection(path: path, mode: mode), "SELECT count(*) FROM sqlite_schema") == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).isEmpty)
  }

  @Test("a file that may not be read is forbidden, not missing")
  func forbidden() throws {
    try makeDatabase()
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path)
    try FileManager.default.setAttributes([.posixPermissions: 0o000], ofItemAtPath: path)
    let error = try asOrdinaryUser { try sqliteError { _ = try Connection(path: path, mode: .readOnly) } }
    #expect(error.isForbidden && !error.isMissingFile)
  }

  @Test("a writer is refused at once where it could only read", arguments: [Connection.Mode.readWrite, .create])
  func unwritable(mode: Connection.Mode) throws {
    try makeDatabase()
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path)
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
    try asOrdinaryUser { () throws in
      #expect(try sqliteError { _ = try Connection(path: path, mode: mode) }.isReadOnly)
      #expect(try single(try Connection(path: path, mode: .readOnly), "SELECT x FROM t") == 1)
    }
  }

  @Test(
    "a path is taken literally",
    arguments: ["a?mode=memory.db", "100%41.db", "a#b.db", "a b.db", "file:x.db", ":memory:", "'q\".db", "가나다 😀.db", "-x.db"])
  func literalPath(name: String) throws {
    try Connection(path: folder.path("") + "/" + name, mode: .create).execute("CREATE TABLE t (x)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [name])
    #expect(try single(try Connection(path: folder.path("") + "/" + name, mode: .readOnly), "SELECT count(*) FROM sqlite_schema") == 1)
  }

  @Test("a relative path is taken literally too", arguments: ["file:registry-test.db", ":memory:"])
  func relativePath(name: String) throws {
    #expect(try sqliteError { _ = try Connection(path: name, mode: .readOnly) }.isMissingFile)
    #expect(try sqliteError { _ = try Connection(path: name, mode: .readWrite) }.path == name)
  }

  @Test("a locked file is an error once the busy limit has passed, and not before")
  func busy() throws {
    try makeDatabase()
    let holder = try Connection(path: path, mode: .readWrite)
    try holder.execute("BEGIN IMMEDIATE")
    let waiter = try Connection(path: path, mode: .readWrite, busyLimit: .milliseconds(120))
    var error: SQLiteError?
    let waited = try ContinuousClock().measure { error = try sqliteError { try waiter.execute("BEGIN IMMEDIATE") } }
    #expect(error?.isBusy == true)
    #expect(waited >= .milliseconds(120))
    waiter.setBusyLimit(.seconds(3600))
    waiter.setBusyLimit(.zero)
    #expect(try ContinuousClock().measure { _ = try sqliteError { try waiter.execute("BEGIN IMMEDIATE") } } < .seconds(1800))
    try holder.execute("ROLLBACK")
    try waiter.execute("BEGIN IMMEDIATE")
  }

  @Test("an error has the statement and the path, and no value")
  func errorText() throws {
    let connection = try Connection(path: path, mode: .create)
    try connection.execute("CREATE TABLE t (x UNIQUE)")
    try connection.execute("INSERT INTO t VALUES (?)", "secret")
    let error = try sqliteError { try connection.execute("INSERT INTO t VALUES (?)", "secret") }
    #expect(error.isUniqueViolation && error.isConstraint && !error.isTriggerRefusal)
    #expect(error.extendedCode == 2067 && error.primaryCode == 19)
    #expect(error.description == "'\(path)': UNIQUE constraint failed: t.x, in \"INSERT INTO t VALUES (?)\".")
  }

  @Test("a trigger's own words come through")
  func trigger() throws {
    let connection = try Connection(mode: .memory)
    try connection.executeScript(
      "CREATE TABLE t (x); CREATE TRIGGER g BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'never; not once'); END;")
    let error = try sqliteError { try connection.execute("INSERT INTO t VALUES (1)") }
    #expect(error.isTriggerRefusal && error.message == "never; not once")
  }

  @Test("a full disk is told as such")
  func full() throws {
    let connection = try Connection(path: path, mode: .create)
    try connection.executeScript("CREATE TABLE t (x); PRAGMA max_page_count=3")
    #expect(try sqliteError { try connection.execute("INSERT INTO t VALUES (zeroblob(100000))") }.isFull)
  }

  @Test("without memory statistics a heap limit means nothing", arguments: [false, true])
  func memoryStatistics(isOff: Bool) async {
    // SQLite is in use in this process.
    await #expect(processExitsWith: .success) { [isOff = isOff as Bool] in
      if isOff { turnOffMemoryStatistics() }
      let connection = try Connection(mode: .memory)
      try connection.execute("PRAGMA hard_heap_limit = 1000000")
      let length = try? connection.queryFirst("SELECT length(randomblob(2000000))") { row in try row.int(0) }
      #expect(length == (isOff ? 2_000_000 : nil))
    }
  }
}
