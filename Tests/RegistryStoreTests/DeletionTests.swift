import SQLite
import StoreTestSupport
import Testing

@testable import RegistryStore

@Suite("deleting and restoring")
struct DeletionTests {
  private let synthetic: Synthetic
  private var registry: Registry { synthetic.registry }

  init() throws {
    synthetic = try Synthetic()
    for number in 1...3 { try synthetic.version([number]) }
  }

  private func name(_ version: Int) -> VersionName { synthetic.name(version) }
  private var live: [Int] {
    get throws { try registry.list(.versions).rows.compactMap { if case .integer(let n) = $0[1] { Int(n) } else { nil } } }
  }

  @Test("hides a version everywhere until it is restored, and says so")
  func version() throws {
    #expect(try registry.delete(versions: [name(2), name(2)]).map(\.didChange) == [true])
    #expect(try live == [3, 1])
    let deleted = StoreError.noSuchVersion(model: "neural-net", version: 2, newest: 3, isDeleted: true, path: registry.path)
    #expect(throws: deleted) { try registry.version(name(2)) }
    #expect(throws: deleted) { try registry.setAlias(AliasName("champion"), to: name(2)) }
    #expect(try registry.delete(versions: [name(2)]).map(\.didChange) == [false])
    #expect(try registry.restore(versions: [name(2)]).map(\.didChange) == [true])
    #expect(try registry.restore(versions: [name(2)]).map(\.didChange) == [false])
    #expect(try live == [3, 2, 1])
    try registry.delete(versions: [VersionName(model: "neural-net", .latest)])
    #expect(try live == [2, 1])
  }

  @Test("is all or nothing")
  func allOrNothing() throws {
    try registry.setAlias(AliasName("champion"), to: name(3))
    let aliased = StoreError.aliased(model: "neural-net", version: 3, aliases: ["champion"], path: registry.path)
    #expect(throws: aliased) { try registry.delete(versions: [name(1), name(3)]) }
    #expect(throws: aliased) { try registry.delete(versions: [name(1), VersionName("champion")]) }
    expect(.noSuchVersion) { try registry.delete(versions: [name(1), name(9)]) }
    expect(.noSuchRun) { try registry.delete(versions: [name(1)], runs: [1, 9]) }
    #expect(try live == [3, 2, 1])
    try registry.delete(versions: [name(1), name(2)])
    expect(.noSuchVersion) { try registry.restore(versions: [name(1), name(9)]) }
    #expect(try live == [3])
  }

  @Test("refuses a run with a version that is left, and takes both together; restoring the version brings its run back")
  func run() throws {
    #expect(throws: StoreError.runHasVersions(run: 1, versions: ["neural-net/1"], path: registry.path)) {
      try registry.delete(versions: [], runs: [1])
    }
    #expect(try registry.delete(versions: [name(1)], runs: [1]).map(\.title) == ["neural-net/1", "run 1"])
    #expect(try registry.list(.runs).rows.count == 2)
    #expect(try registry.list(.runs, ListQuery(includesDeleted: true)).columns.last == "deleted_at")
    #expect(try registry.run(1).deletedAt != nil)
    #expect(try registry.restore(versions: [name(1)]).map(\.title) == ["run 1", "neural-net/1"])
    #expect(try registry.run(1).deletedAt == nil)
    let failed = try synthetic.run()
    #expect(try registry.delete(versions: [], runs: [failed, failed]).map(\.didChange) == [true])
    #expect(try registry.restore(versions: [], runs: [failed]).map(\.didChange) == [true])
  }

  static let owners: [(title: String, sql: String, isLive: Bool)] = [
    ("of this process", "pid = \(ProcessIdentity.current.pid)", true),
    ("of this process, silent for long", "pid = \(ProcessIdentity.current.pid), heartbeat_at = '2026-01-01T00:00:00.000Z'", true),
    ("of a process that had this pid before", "pid = \(ProcessIdentity.current.pid), process_start = 1", false),
    ("of a process that is gone", "pid = 4194305", false),
    ("of an earlier boot", "boot_id = 'x', heartbeat_at = '2026-01-01T00:00:00.000Z'", false),
    ("of another host, just heard of", "boot_id = 'x', host = 'far'", true),
    ("of another container, silent for long", "pid_namespace = 1, heartbeat_at = '2026-01-01T00:00:00.000Z'", false),
  ]

  @Test("refuses a running run unless its process is gone: then the run was interrupted", arguments: owners)
  func running(owner: (title: String, sql: String, isLive: Bool)) throws {
    let run = try synthetic.run(status: "running")
    let own = ProcessIdentity.current
    try registry.connection.execute(
      "UPDATE runs SET process_start = ?, boot_id = ?, pid_namespace = ?, heartbeat_at = ?, owner = 'x' WHERE id = ?", own.start,
      own.bootID,
      own.pidNamespace, Timestamp.now.text, run)
    try registry.connection.execute("UPDATE runs SET \(owner.sql) WHERE id = ?", run)
    guard owner.isLive else {
      try registry.delete(versions: [], runs: [run])
      #expect(try registry.run(run).status == .interrupted)
      #expect(try registry.run(run).endedAt != nil)
      return
    }
    #expect("\(owner.title)") {
      try registry.delete(versions: [], runs: [run])
    } throws: { error in
      (error as? StoreError).map { $0.code == .stillRunning && $0.subject == "run \(run)" && $0.path == registry.path } ?? false
    }
    #expect(try registry.run(run).status == .running)
  }

  @Test("what gc has removed can't be restored, and its number names nothing ever after")
  func removed() throws {
    try registry.delete(versions: [name(3)], runs: [3])
    _ = try registry.collectGarbage()
    let gone = StoreError.versionRemoved(model: "neural-net", version: 3, path: registry.path)
    #expect(throws: gone) { try registry.restore(versions: [name(3)]) }
    #expect(throws: gone) { try registry.version(name(3)) }
    #expect(throws: StoreError.noSuchRun(id: 3, newest: 2, path: registry.path)) { try registry.restore(versions: [], runs: [3]) }
    #expect(try synthetic.version().version == 4)
    #expect(try synthetic.version().run == 5)
  }
}
