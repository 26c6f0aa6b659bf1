import Foundation
import SQLite
import TestSupport
import Testing

@Suite("Transactions") struct TransactionTests {
  struct Stop: Error, Equatable {}
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("test.db")
    try Connection(path: path, mode: .create).executeScript("CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (0)")
  }

  func open(_ busyLimit: Duration = .seconds(30)) throws -> Connection {
    try Connection(path: path, mode: .readWrite, busyLimit: busyLimit)
  }

  @Test("what it did is there when it returns", arguments: [TransactionKind.immediate, .deferred])
  func commits(kind: TransactionKind) throws {
    let connection = try open()
    let result = try connection.transaction(kind) {
      #expect(connection.isInTransaction == true)
      try connection.execute("UPDATE t SET x = 1")
      return 7
    }
    #expect(result == 7 && !connection.isInTransaction)
    #expect(try single(try open(), "SELECT x FROM t") == 1)
  }

  @Test("withoutTriggers keeps triggers from firing, and nothing else, until it returns or throws")
  func withoutTriggers() throws {
    let connection = try open()
    try connection.executeScript(
      """
      CREATE TABLE child (x INTEGER CHECK (x < 9) REFERENCES parent (x));
      CREATE TABLE parent (x INTEGER PRIMARY KEY);
      CREATE TRIGGER refuses BEFORE INSERT ON child BEGIN SELECT RAISE(ABORT, 'no'); END;
      INSERT INTO parent VALUES (1), (9)
      """)
    let insert = "INSERT INTO child VALUES (?)"
    #expect(throws: SQLiteError.self) { try connection.execute(insert, 1) }
    // The same text, compiled before.
    try connection.withoutTriggers { try connection.execute(insert, 1) }
    for (value, constraint) in [(2, "FOREIGN KEY"), (9, "CHECK")] {
      let error = #expect(throws: SQLiteError.self) { try connection.withoutTriggers { try connection.execute(insert, value) } }
      #expect(error?.description.contains(constraint) == true)
    }
    #expect(throws: Stop()) { try connection.withoutTriggers { throw Stop() } }
    #expect(throws: SQLiteError.self) { try connection.execute(insert, 1) }
    #expect(try single(connection, "SELECT count(*) FROM child") == 1)
  }

  @Test("nothing of it is there when it throws", arguments: [TransactionKind.immediate, .deferred])
  func rollsBack(kind: TransactionKind) throws {
    let connection = try open()
    #expect(throws: Stop()) {
      try connection.transaction(kind) {
        try connection.execute("UPDATE t SET x = 1")
        throw Stop()
      }
    }
    #expect(connection.isInTransaction == false)
    #expect(try single(try open(), "SELECT x FROM t") == 0)
  }

  @Test("one within another is undone alone")
  func nested() throws {
    let connection = try open()
    try connection.transaction(.immediate) {
      try connection.execute("UPDATE t SET x = 1")
      #expect(throws: Stop()) {
        try connection.transaction(.immediate) {
          try connection.execute("UPDATE t SET x = 2")
          try connection.transaction(.immediate) { try connection.execute("INSERT INTO t VALUES (3)") }
          throw Stop()
        }
      }
      try connection.transaction(.immediate) { try connection.execute("INSERT INTO t VALUES (4)") }
    }
    #expect(try open().query("SELECT x FROM t ORDER BY x") { try $0.int(0) } == [1, 4])
  }

  @Test("what SQLite has rolled back by itself keeps its error")
  func full() throws {
    let connection = try open()
    try connection.executeScript("PRAGMA max_page_count=3; PRAGMA cache_size=2; PRAGMA cache_spill=1")
    let error = try sqliteError {
      try connection.transaction(.immediate) {
        try connection.execute("UPDATE t SET x = 1")
        try connection.transaction(.immediate) { try connection.execute("INSERT INTO t VALUES (zeroblob(100000))") }
      }
    }
    #expect(error.isFull && !connection.isInTransaction)
    #expect(try single(connection, "SELECT x FROM t") == 0)
  }

  @Test("a body that hides an automatic rollback can't seem to commit")
  func hiddenRollback() throws {
    let connection = try open()
    let error = try sqliteError { try connection.transaction(.immediate) { try? connection.execute("ROLLBACK") } }
    #expect(error.message.contains("no transaction is active"))
  }

  @Test("a COMMIT that readers keep from the file is rolled back")
  func busyCommit() throws {
    let reader = try open()
    let writer = try open(.milliseconds(20))
    var select = try reader.prepare("SELECT x FROM t")
    #expect(try select.step())
    let error = try sqliteError { try writer.transaction(.immediate) { try writer.execute("UPDATE t SET x = 1") } }
    #expect(error.isBusy && error.sql == "COMMIT" && !writer.isInTransaction)
    select.reset()
    try writer.transaction(.immediate) { try writer.execute("UPDATE t SET x = x + 5") }
    #expect(try single(reader, "SELECT x FROM t") == 5)
  }

  @Test("a deferred key that fails at COMMIT undoes all")
  func deferredKey() throws {
    let connection = try open()
    try connection.executeScript(
      "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)")
    let error = try sqliteError { try connection.transaction(.immediate) { try connection.execute("INSERT INTO c VALUES (1)") } }
    #expect(error.isConstraint && !connection.isInTransaction)
    #expect(try single(connection, "SELECT count(*) FROM c") == 0)
  }

  // The next two are about locks.  Without syncs, because a disk that is busy elsewhere can take longer over one than anyone waits.

  @Test("threads that count up in the same file lose nothing")
  func concurrentWriters() throws {
    let path = path
    inThreads(6) { _ in
      let connection = try Connection(path: path, mode: .readWrite)
      try connection.execute("PRAGMA synchronous=OFF")
      for _ in 0..<25 {
        try connection.transaction(.immediate) {
          let x = try connection.queryFirst("SELECT x FROM t") { try $0.int64(0) }
          try connection.execute("UPDATE t SET x = ?", try #require(x) + 1)
        }
      }
    }
    #expect(try single(try open(), "SELECT x FROM t") == 150)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["test.db"])
  }

  @Test("processes that count up in the same file lose nothing")
  func concurrentProcesses() async throws {
    let path = path
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask {
          await #expect(processExitsWith: .success) { [path = path as String] in
            let connection = try Connection(path: path, mode: .readWrite)
            try connection.execute("PRAGMA synchronous=OFF")
            for _ in 0..<40 { try connection.transaction(.immediate) { try connection.execute("UPDATE t SET x = x + 1") } }
          }
        }
      }
    }
    #expect(try single(try open(), "SELECT x FROM t") == 120)
  }
}
