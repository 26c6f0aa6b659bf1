import StoreTestSupport
import Testing

@testable import RegistryStore

@Suite("a run as it goes")
struct RunRecorderTests {
  @Test("is seen as running with its metrics so far once the flush interval has passed, and finishes as one run")
  func flush() throws {
    let stored = try StoredRegistry()
    let recorder = try stored.recorder()
    for step in 0..<300 { try recorder.log("train_loss", step: step, 1 / Double(step + 1)) }
    #expect(try stored.count("SELECT count(*) FROM runs") == 0, "nothing is stored within the first interval")
    try stored.flushing { try recorder.log("train_loss", step: 300, .nan) }
    try recorder.log("train_loss", step: 301, 0.25)

    let other = try stored.reopened()
    let running = try other.run(1)
    #expect(running.status == .running)
    #expect(running.endedAt == nil)
    #expect(running.versions.isEmpty)
    let seen = try #require(running.metrics.first).values
    #expect(seen.map(\.step) == Array(0...300), "all up to the flush, and no more")
    let logged: [Double] = (0..<300).map { 1 / Double($0 + 1) }
    #expect(seen.dropLast().map(\.value) == logged)
    #expect(seen.last?.value.isNaN == true)
    #expect(running.params.contains { $0.key == "learning_rate" })
    #expect(try other.list(.runs).rows.count == 1)
    #expect(try other.list(.versions).rows.isEmpty)

    let content = VersionContent(
      stateDict: try stored.stateDict(), storedArchitecture: nil, trainLoss: 0.25, testLoss: .infinity, accuracy: nil)
    let version = try recorder.finish(content)
    #expect(version == StoredVersion(model: "neural-net", version: 1, run: 1, dataset: "blobs"))
    let finished = try other.run(1)
    #expect(finished.status == .finished)
    #expect(finished.uuid == running.uuid)
    #expect(finished.startedAt == running.startedAt)
    #expect(finished.metrics.first?.values.count == 302)
    let record = try other.version(VersionName("1"))
    #expect(record.testLoss == .infinity)
  }

  @Test("numbers of a version that are -0.0 or NaN come back, and its digest holds")
  func signsOfZero() throws {
    let stored = try StoredRegistry()
    let metrics = [VersionMetric(key: "r2", value: -0.0), VersionMetric(key: "roc_auc", value: .nan)]
    let content = VersionContent(
      stateDict: try stored.stateDict(), storedArchitecture: nil, trainLoss: -0.0, testLoss: .nan, accuracy: -0.0, metrics: metrics)
    _ = try stored.recorder().finish(content)
    let record = try stored.reopened().version(VersionName("1"))
    #expect(record.trainLoss == 0 && record.testLoss?.isNaN == true && record.accuracy == 0)
    #expect(record.metric("r2") == 0 && record.metric("roc_auc")?.isNaN == true && record.metric("f1") == nil)
    #expect(try stored.reopened().verify().isSound)
  }

  @Test("a status or kind that nobody knows is an error where the run is read, which verify reports", arguments: ["status", "kind"])
  func unknownWord(column: String) throws {
    let stored = try StoredRegistry()
    try stored.store()
    try stored.flushing { try stored.recorder().log("train_loss", step: 0, 1) }
    try stored.tamper("runs", "UPDATE runs SET \(column) = 'sleeping'", checks: false)
    let registry = try stored.reopened()
    for run in 1...2 {
      #expect(throws: StoreError.rotten(what: "the record of run \(run)", path: stored.path)) { try registry.run(run) }
      #expect(throws: StoreError.rotten(what: "the record of run \(run)", path: stored.path)) {
        try registry.reading { try registry.checkResumable(run: run) }
      }
    }
    for isQuick in [false, true] {
      let problems = try registry.verify(quick: isQuick).problems
      let places = problems.filter { $0.kind == .run && $0.what.hasSuffix("is not what was stored") }.map(\.place)
      #expect(places == ["runs id 1 (neural-net)", "runs id 2 (neural-net)"], "\(problems)")
    }
  }

  @Test("is flushed four times a second where nobody says otherwise")
  func pace() throws {
    let stored = try StoredRegistry()
    #expect(try Registry(path: stored.path, access: .write).recordingPace.flushInterval == .milliseconds(250))
  }

  @Test(
    "waits at its end for a locked file as long as the work took that would be lost: 30 s at least, ten minutes at most",
    arguments: [(0, 30), (29, 30), (31, 31), (300, 300), (601, 600), (86_400, 600)])
  func patience(work: Int, seconds: Int) {
    #expect(RunRecorder.patience(toSave: .seconds(work)) == .seconds(seconds))
  }
}
