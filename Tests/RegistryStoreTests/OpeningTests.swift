import Foundation
import SQLite
import StoreTestSupport
import TestSupport
import Testing

@testable import RegistryStore

@Suite("opening a registry")
struct OpeningTests {
  private func alter(_ path: String, _ sql: String) throws {
    try Connection(path: path, mode: .readWrite).executeScript(sql)
  }

  struct Alteration: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let sql: String
    let object: String
    var isAdded = false
  }

  static let alterations = [
    Alteration(
      testDescription: "an added trigger",
      sql: "CREATE TRIGGER spy AFTER INSERT ON model_versions BEGIN UPDATE models SET note = 'seen'; END", object: "trigger 'spy'",
      isAdded: true),
    Alteration(
      testDescription: "an added trigger on a view", sql: "CREATE TRIGGER spy INSTEAD OF INSERT ON leaderboard BEGIN SELECT 1; END",
      object: "trigger 'spy'", isAdded: true),
    Alteration(
      testDescription: "an added trigger on a table in capitals",
      sql: "CREATE TRIGGER spy AFTER INSERT ON Model_VERSIONS BEGIN SELECT 1; END", object: "trigger 'spy'", isAdded: true),
    Alteration(
      testDescription: "an added index over an expression", sql: "CREATE INDEX mine ON METRICS (value * 2)", object: "index 'mine'",
      isAdded: true),
    Alteration(
      testDescription: "an added partial index", sql: "CREATE INDEX mine ON metrics (value) WHERE value > 0", object: "index 'mine'",
      isAdded: true),
    Alteration(testDescription: "a removed trigger", sql: "DROP TRIGGER versions_update", object: "trigger 'versions_update'"),
    Alteration(
      testDescription: "a changed trigger",
      sql: "DROP TRIGGER versions_update; CREATE TRIGGER versions_update BEFORE UPDATE ON model_versions BEGIN SELECT 1; END",
      object: "trigger 'versions_update'"),
    Alteration(testDescription: "a removed view", sql: "DROP VIEW leaderboard", object: "view 'leaderboard'"),
    Alteration(
      testDescription: "a changed view", sql: "DROP VIEW epochs; CREATE VIEW epochs AS SELECT 1 AS run", object: "view 'epochs'"),
    Alteration(testDescription: "a removed index", sql: "DROP INDEX versions_by_test_loss", object: "index 'versions_by_test_loss'"),
    Alteration(testDescription: "an added column", sql: "ALTER TABLE models ADD COLUMN colour TEXT", object: "table 'models'"),
  ]

  @Test("refuses a schema that was tampered with and names the object", arguments: alterations, [Registry.Access.read, .write, .create])
  func tampered(alteration: Alteration, access: Registry.Access) throws {
    let stored = try StoredRegistry()
    try alter(stored.path, alteration.sql)
    #expect(throws: StoreError.changedSchema(path: stored.path, object: alteration.object, isAdded: alteration.isAdded)) {
      try stored.reopened(access)
    }
  }

  @Test(
    "welcomes what people add of their own",
    arguments: [
      "CREATE VIEW best AS SELECT * FROM leaderboard ORDER BY test_loss LIMIT 1", "CREATE INDEX metrics_by_value ON metrics (value)",
      "CREATE TABLE notes (text TEXT)", "CREATE TABLE settings (text TEXT)",
      "CREATE TABLE notes (text TEXT); CREATE TRIGGER mine AFTER INSERT ON notes BEGIN DELETE FROM notes; END",
    ])
  func additions(sql: String) throws {
    let stored = try StoredRegistry()
    try stored.store()
    try alter(stored.path, sql)
    #expect(try stored.reopened().list(.versions).rows.count == 1)
    _ = try stored.reopened(.write)
  }

  @Test("refuses a newer schema, another program's file and a file of the wrong kind", arguments: [Registry.Access.read, .write])
  func wrongFiles(access: Registry.Access) throws {
    let stored = try StoredRegistry()
    func error(_ name: String) -> StoreError? {
      #expect(throws: StoreError.self) { try Registry(path: stored.folder.path(name), access: access) }
    }
    func path(_ name: String) -> String { stored.folder.path(name) }
    try alter(stored.path, "PRAGMA user_version = 99")
    #expect(error("registry.db") == .newerSchema(path: stored.path, found: 99, known: Registry.newestMigration))

    let foreign = try Connection(path: path("foreign.db"), mode: .create)
    try foreign.executeScript("CREATE TABLE songs (title TEXT); PRAGMA application_id = 7")
    #expect(error("foreign.db") == .foreignDatabase(path: path("foreign.db")))

    try stored.folder.write("text.db", String(repeating: "This is no database. ", count: 100))
    #expect(error("text.db") == .notADatabase(path: path("text.db")))
    #expect(error("missing.db") == .missingFile(path: path("missing.db")))
    #expect(!FileManager.default.fileExists(atPath: path("missing.db")))
    try FileManager.default.createDirectory(atPath: path("folder"), withIntermediateDirectories: false)
    #expect(error("folder") == .directory(path: path("folder")))
  }

  @Test("refuses an empty file when reading, and leaves it empty")
  func emptyFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("empty.db", "")
    #expect(throws: StoreError.emptyFile(path: path)) { try Registry(path: path) }
    #expect(try Data(contentsOf: folder.url.appending(path: "empty.db")).isEmpty)
  }

  /// It stayed: what was read or written after a flush gave up after a quarter of a second.
  @Test("how long one write waits for a lock is forgotten after it")
  func busyLimit() throws {
    let stored = try StoredRegistry()
    try stored.store()
    let registry = try stored.reopened(.write)
    try registry.writing(busyLimit: .milliseconds(250)) {}
    #expect(registry.connection.currentBusyLimit == .seconds(30))
    let locker = try Connection(path: stored.path, mode: .readWrite)
    try locker.execute("BEGIN IMMEDIATE")
    #expect(throws: StoreError.busy(path: stored.path)) { try registry.writing(busyLimit: .milliseconds(5)) {} }
    #expect(registry.connection.currentBusyLimit == .seconds(30))
    try locker.execute("ROLLBACK")
    try alter(stored.path, "CREATE TABLE t AS SELECT zeroblob(9000000) AS b; DROP TABLE t")
    #expect(try registry.compact(busyLimit: .milliseconds(5)) == .done)
    #expect(registry.connection.currentBusyLimit == .seconds(30))
  }

  @Test("a reader can't write")
  func readOnly() throws {
    let stored = try StoredRegistry()
    try stored.store()
    let reader = try stored.reopened()
    #expect(throws: StoreError.readOnly(path: stored.path)) { try reader.writing { try reader.modelID(creating: "new") } }
  }

  /// Only opening recovered: a verification or a service that was under way failed.
  @Test("a reader that is open goes on after a writer was killed in its COMMIT", arguments: ["list", "verify", "backup", "run"])
  func killedWriter(what: String) async throws {
    let stored = try StoredRegistry()
    try stored.store()
    try alter(stored.path, "CREATE TABLE filler (a, b); INSERT INTO filler SELECT 0, zeroblob(50000) FROM pragma_function_list LIMIT 100")
    let reader = try stored.reopened()
    #expect(try reader.list(.versions).rows.count == 1)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = stored.path as String] in
      let writer = try Connection(path: path, mode: .readWrite)
      try writer.executeScript(
        "PRAGMA cache_size=5; PRAGMA cache_spill=5; BEGIN IMMEDIATE; DELETE FROM model_aliases; UPDATE filler SET a = 1")
      kill(getpid(), SIGKILL)
    }
    #expect(FileManager.default.fileExists(atPath: stored.path + "-journal"))
    switch what {
    case "list": #expect(try reader.list(.versions).rows.count == 1)
    case "verify": #expect(try reader.verify().isSound)
    case "backup": #expect(try reader.backup(to: stored.folder.path("copy.db")).isSound)
    default: #expect(try reader.run(1).status == .finished)
    }
    #expect(!FileManager.default.fileExists(atPath: stored.path + "-journal"))
    #expect(throws: StoreError.readOnly(path: stored.path)) { try reader.writing { try reader.modelID(creating: "new") } }
  }
}
