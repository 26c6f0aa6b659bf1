import SQLite
import StoreTestSupport
import Testing

@testable import RegistryStore

@Suite("a run that is stored as running")
struct LivenessTests {
  static let own = ProcessIdentity(host: "here", pid: 1, start: 100, bootID: "boot", pidNamespace: 5)

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var bootID: String? = "boot"
    var namespace: Int? = 5
    var start: Int? = 700
    var lookup = ProcessIdentity.Lookup.gone
    let isFresh: Bool
    let isAlive: Bool
  }

  static let cases = [
    Case(testDescription: "its process is there, and beats", lookup: .running(start: 700), isFresh: true, isAlive: true),
    Case(testDescription: "its process is there, in a long epoch", lookup: .running(start: 700), isFresh: false, isAlive: true),
    Case(testDescription: "its process has just gone", lookup: .gone, isFresh: true, isAlive: false),
    Case(testDescription: "another process has its pid", lookup: .running(start: 701), isFresh: true, isAlive: false),
    Case(testDescription: "/proc hides its start, fresh", lookup: .unknown, isFresh: true, isAlive: true),
    Case(testDescription: "/proc hides its start, old", lookup: .unknown, isFresh: false, isAlive: false),
    Case(testDescription: "another boot, fresh", bootID: "other", isFresh: true, isAlive: true),
    Case(testDescription: "another boot, old", bootID: "other", lookup: .running(start: 700), isFresh: false, isAlive: false),
    Case(testDescription: "another namespace, fresh", namespace: 6, isFresh: true, isAlive: true),
    Case(testDescription: "another namespace, old", namespace: 6, lookup: .running(start: 700), isFresh: false, isAlive: false),
    Case(testDescription: "nothing known of it, fresh", bootID: nil, namespace: nil, start: nil, isFresh: true, isAlive: true),
    Case(testDescription: "nothing known of it, old", bootID: nil, namespace: nil, start: nil, isFresh: false, isAlive: false),
  ]

  @Test("lives or not", arguments: cases)
  func table(expected: Case) {
    let process = RunProcess(
      host: "x", pid: 42, start: expected.start, bootID: expected.bootID, pidNamespace: expected.namespace,
      heartbeatAt: expected.isFresh ? "2026-03-01T12:00:00.000Z" : "2026-03-01T11:59:59.999Z")
    let isAlive = RunLiveness.isAlive(
      process, seenFrom: Self.own, oldestHeartbeat: "2026-03-01T12:00:00.000Z", lookUp: { $0 == 42 ? expected.lookup : .unknown })
    #expect(isAlive == expected.isAlive)
  }

  struct LeaseCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let leaseUntil: String
    var lookup = ProcessIdentity.Lookup.running(start: 700)
    var heartbeatAt: String? = "2026-03-01T12:00:00.000Z"
    let isAlive: Bool
  }

  static let leases = [
    LeaseCase(testDescription: "it ends later", leaseUntil: "2026-03-01T12:00:00.001Z", isAlive: true),
    LeaseCase(testDescription: "it ends now", leaseUntil: "2026-03-01T12:00:00.000Z", isAlive: true),
    LeaseCase(testDescription: "it has ended, whatever a process of this pid does", leaseUntil: "2026-03-01T11:59:59.999Z", isAlive: false),
    LeaseCase(
      testDescription: "it ends later, and there is neither process nor heartbeat", leaseUntil: "2026-03-02T00:00:00.000Z", lookup: .gone,
      heartbeatAt: nil, isAlive: true),
  ]

  @Test("lives as long as its lease", arguments: leases)
  func lease(expected: LeaseCase) {
    let process = RunProcess(
      host: "x", pid: 42, start: 700, bootID: "boot", pidNamespace: 5, heartbeatAt: expected.heartbeatAt, leaseUntil: expected.leaseUntil)
    let isAlive = RunLiveness.isAlive(
      process, seenFrom: Self.own, oldestHeartbeat: "2026-03-01T11:59:50.000Z", now: "2026-03-01T12:00:00.000Z",
      lookUp: { _ in expected.lookup })
    #expect(isAlive == expected.isAlive)
  }

  @Test("nobody goes on with a run or deletes it while its lease lasts; then anybody may")
  func leasedRun() throws {
    let stored = try StoredRegistry()
    var info = RunInfo(name: "from afar")
    info.lease = .seconds(3600)
    let afar = try stored.registry.startRun(info)
    try afar.log("loss", step: 0, 1)
    try afar.flush()
    #expect(try stored.reopened().run(1).status == .running)
    expect(.stillRunning) { try stored.registry.continueRun(1) }
    expect(.stillRunning) { try stored.registry.delete(versions: [], runs: [1]) }
    #expect(try stored.registry.runsWithoutProcess().isEmpty)
    try Connection(path: stored.path, mode: .readWrite).execute("UPDATE runs SET lease_until = ?", Timestamp(before: 1).text)
    // Its process lives, and yet it counts as gone: it said until when.
    #expect(try stored.reopened().run(1).status == .interrupted)
    #expect(try stored.registry.runsWithoutProcess() == [1])
    let next = try stored.registry.continueRun(1)
    expect(.takenOver, "another one writes it") {
      try afar.log("loss", step: 1, 2)
      try afar.flush()
    }
    try next.log("loss", step: 1, 3)
    try next.end()
    #expect(try stored.metrics(run: 1) == ["loss 0 0 1.0", "loss 1 0 3.0"])
    #expect(try stored.reopened().verify().isSound)
  }

  @Test("without a heartbeat doesn't live")
  func noHeartbeat() {
    #expect(!RunLiveness.isAlive(RunProcess()))
    // Generous on the side of the living: an hour ahead stays fresh, however long the test is held up.
    #expect(RunLiveness.isAlive(RunProcess(heartbeatAt: Timestamp(before: -3600).text)))
    #expect(!RunLiveness.isAlive(RunProcess(heartbeatAt: Timestamp(before: RunLiveness.heartbeatSeconds + 0.5).text)))
  }

  @Test("this very process is found, a pid that nobody has isn't")
  func lookup() {
    #expect(ProcessIdentity.Lookup(pid: ProcessIdentity.current.pid) == .running(start: ProcessIdentity.current.start ?? -1))
    #expect(ProcessIdentity.Lookup(pid: 0x3fff_ffff) == .gone)
  }

  @Test("is shown and listed as interrupted once its process has gone")
  func shown() throws {
    let stored = try StoredRegistry()
    let recorder = try stored.recorder()
    try stored.flushing { try recorder.log("train_loss", step: 0, 0.5) }
    try stored.store()
    func statuses() throws -> [CellValue] { try stored.reopened().list(.runs, ListQuery(columns: ["status"])).rows.map { $0[0] } }
    #expect(try statuses() == [.text("finished"), .text("running")])
    try stored.abandon(run: 1)
    #expect(try statuses() == [.text("finished"), .text("interrupted")])
    #expect(try stored.reopened().run(1).status == .interrupted)
    #expect(try stored.reopened().list(.runs, ListQuery(condition: "status = 'interrupted'")).rows.count == 1)
    #expect(try stored.count("SELECT count(*) FROM runs WHERE status = 'running'") == 1, "reading writes nothing")
  }
}
