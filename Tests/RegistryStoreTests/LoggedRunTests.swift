import Foundation
import SQLite
import StoreTestSupport
import Tensors
import TestSupport
import Testing

@testable import RegistryStore

/// Runs of any program: what they log, when it is stored, and what becomes of them.
@Suite("logged runs")
struct LoggedRunTests {
  private static let weights = try? StateDict([(name: "linear.weight", tensor: Tensor([Float(1), 2, 3]))])

  private func make() throws -> (stored: StoredRegistry, registry: Registry) {
    let stored = try StoredRegistry()
    return (stored, stored.registry)
  }

  @Test("a whole run: params, metrics, a file and a version, in the words of the README")
  func whole() throws {
    let (stored, registry) = try make()
    let run = try registry.startRun(model: "xor", params: ["lr": 0.03, "optimizer": "sgd", "layers": 3])
    for epoch in 0..<2000 { try run.log(epoch: epoch, ["train_loss": 1 / Double(epoch + 1), "val_loss": 2 / Double(epoch + 1)]) }
    try run.add(bytes: Array("hello".utf8), as: "logs/hello.txt")
    try run.set(tags: ["team": .text("blue")])
    let version = try run.finish(try #require(Self.weights), metrics: ["test_loss": 0.25, "f1": 0.5], aliases: ["champion"])
    #expect(version.model == "xor" && version.version == 1 && version.run == run.run)

    let record = try stored.reopened().run(run.run)
    #expect(record.kind == .log && record.status == .finished && record.model == "xor" && record.experiment == "xor")
    #expect(record.params.map(\.key) == ["layers", "lr", "optimizer"])
    #expect(record.params.map(\.value) == [.integer(3), .real(0.03), .text("sgd")])
    #expect(record.metrics.map(\.key) == ["train_loss", "val_loss"])
    #expect(record.metrics.allSatisfy { $0.values.map(\.step) == Array(0..<2000) })
    #expect(record.files.map(\.path) == ["logs/hello.txt"] && record.files[0].byteCount == 5)
    #expect(record.tags.map(\.key) == ["team"])
    let found = try stored.reopened().version(VersionName("xor@champion"))
    #expect(found.testLoss == 0.25 && found.metric("f1") == 0.5)
    #expect(try stored.reopened().stateDict(found) == Self.weights)
    #expect(try stored.reopened().verify().isSound)
  }

  @Test(
    "a param keeps its spelling and is a number to SQL",
    arguments: [
      ("0.10", "0.1", "real"), ("1e-3", "0.001", "real"), ("007", "7", "integer"), ("-0.0", "0.0", "real"), ("12", "12", "integer"),
      ("nan", "nan", "text"), ("0x10", "0x10", "text"), ("1_000", "1_000", "text"), ("", "", "text"), ("+5", "5", "integer"),
      ("123456789012345678901234567890", "1.23456789012346e+29", "real"), ("1e999", "1e999", "text"), (".5", "0.5", "real"),
      (".", ".", "text"),
    ])
  func spelling(written: String, sql: String, type: String) throws {
    let (stored, registry) = try make()
    let run = try registry.startRun(params: ["p": ParamValue(written: written)])
    try run.end()
    #expect(try stored.query("SELECT CAST(value AS TEXT) || ' ' || typeof(value) FROM params") == "\(sql) \(type)")
    #expect(try stored.reopened().run(run.run).writtenParams.map(\.value.text) == [written])
    #expect(try stored.reopened().verify().isSound)
  }

  @Test("a param may be given again with its value, never with another; the rest of the call isn't taken then")
  func paramConflict() throws {
    let (stored, registry) = try make()
    let run = try registry.startRun(params: ["lr": 0.1])
    try run.log(params: ["lr": 0.1])
    expect(.valueTaken) { try run.log(params: ["new": 1, "lr": 0.2]) }
    // The same number, spelt otherwise, is the same value, and the first spelling stays; a text that looks like it isn't a number.
    try run.log(params: ["lr": ParamValue(written: "0.10")])
    expect(.valueTaken) { try run.log(params: ["lr": ParamValue("0.10")]) }
    expect(.valueTaken) { try run.log(params: ["lr": ParamValue(written: "0.11")]) }
    try run.end()
    #expect(try stored.reopened().run(run.run).writtenParams.map { "\($0.key)=\($0.value.text)" } == ["lr=0.1"])
  }

  @Test("metrics take any step, NaN and infinities; a step logged again counts from then on")
  func anyMetric() throws {
    let (stored, registry) = try make()
    let run = try registry.startRun()
    for (step, value) in [(-5, 1.0), (7, Double.nan), (3, .infinity), (7, 0.5), (Int.max, -.infinity)] {
      try run.log("m", step: step, value)
    }
    try run.log("counted", 1)
    try run.log("counted", 2)
    try run.end()
    let metrics = try stored.reopened().run(run.run).metrics
    #expect(metrics[0].key == "counted" && metrics[0].values.map(\.step) == [0, 1])
    #expect(metrics[1].values.map(\.step) == [-5, 3, 7, .max] && metrics[1].values.map(\.value) == [1, .infinity, 0.5, -.infinity])
    #expect(try stored.query("SELECT count(*) FROM metrics WHERE key = 'm'") == "5", "the NaN of step 7 is kept")
    #expect(try stored.query("SELECT key || value || step FROM metrics_latest WHERE key = 'counted'") == "counted2.01")
    #expect(try stored.reopened().verify().isSound)
  }

  @Test("a run may go on after its end, keeps its steps, and is sealed again")
  func goesOn() throws {
    let (stored, registry) = try make()
    let first = try registry.startRun(params: ["lr": 1])
    try first.log("loss", step: 4, 1)
    try first.end(.failed, error: "out of memory")
    expect(.runEnded) { try first.log("loss", step: 5, 1) }
    let again = try registry.continueRun(first.run)
    #expect(throws: StoreError.self) { try again.log(params: ["lr": 2]) }
    try again.log("loss", 0.5)
    try again.log("loss", step: 4, 0.75)
    expect(.stillRunning) { try registry.continueRun(first.run) }
    try again.end()
    let record = try stored.reopened().run(first.run)
    #expect(record.status == .finished && record.error == nil)
    #expect(record.metrics[0].values.map(\.step) == [4, 5] && record.metrics[0].values.map(\.value) == [0.75, 0.5])
  }

  @Test("a training of this program can't be logged to")
  func trainingRefuses() throws {
    let (stored, registry) = try make()
    try stored.store()
    expect(.notLogged) { try registry.continueRun(1) }
    expect(.noSuchRun) { try registry.continueRun(99) }
  }

  @Test("what was logged is stored by itself within a moment, and a run that is dropped is interrupted")
  func dropped() throws {
    let (stored, registry) = try make()
    registry.recordingPace.flushInterval = .milliseconds(20)
    var run: LoggedRun? = try registry.startRun(model: "xor")
    let number = try #require(run?.run)
    try run?.log("loss", step: 0, 0.5)
    let reader = try stored.reopened()
    let deadline = ContinuousClock.now + .seconds(20)
    while try reader.run(number).metrics.isEmpty, ContinuousClock.now < deadline { usleep(10_000) }
    #expect(try reader.run(number).metrics.first?.values.count == 1)
    #expect(try reader.run(number).status == .running)
    try run?.log("loss", step: 1, 0.25)
    run = nil
    let record = try stored.reopened().run(number)
    #expect(record.status == .interrupted && record.metrics.first?.values.count == 2)
  }

  @Test("checkpoints of a running run are versions, and the model may come with the first")
  func checkpoints() throws {
    let (stored, registry) = try make()
    let run = try registry.startRun(experiment: "search", name: "first try")
    #expect(try stored.reopened().run(run.run).model == nil)
    for step in [10, 20] {
      var version = LoggedVersion(try #require(Self.weights))
      version.model = "xor"
      version.step = step
      version.source = "train.py"
      version.description = "a checkpoint"
      #expect(try run.save(version).version == step / 10)
    }
    #expect(try stored.reopened().run(run.run).model == "xor")
    try run.end()
    let record = try stored.reopened().version(VersionName("xor/2"))
    #expect(record.step == 20 && record.source == "train.py" && record.description == "a checkpoint" && record.run == run.run)
    #expect(try stored.reopened().verify().isSound)
  }

  @Test("a version may be files alone, or beside tensors; equal ones are stored once")
  func versionOfFiles() throws {
    let (stored, registry) = try make()
    let folder = stored.folder.path("model")
    try FileManager.default.createDirectory(atPath: folder + "/deep", withIntermediateDirectories: true)
    let big = [UInt8]((0..<(6 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) })
    try Data(big).write(to: URL(fileURLWithPath: folder + "/deep/big.bin"))
    try Data("{}".utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
    try Data().write(to: URL(fileURLWithPath: folder + "/empty"))
    let run = try registry.startRun(model: "any")
    var version = LoggedVersion()
    version.files = [(file: folder, name: "model")]
    version.metrics = ["accuracy": 97.5]
    #expect(try run.save(version).version == 1)
    try run.add(file: folder)
    try run.end()
    let record = try stored.reopened().version(VersionName("any/1"))
    #expect(record.files.map(\.path) == ["model/config.json", "model/deep/big.bin", "model/empty"])
    #expect(record.files.map(\.byteCount) == [2, big.count, 0])
    #expect(record.accuracy == nil && record.metric("accuracy") == 97.5, "a percentage isn't a share")
    #expect(try stored.query("SELECT count(*) FROM contents") == "3")
    #expect(
      try stored.query("SELECT group_concat(path) FROM (SELECT path FROM artifacts WHERE version IS NULL ORDER BY path)")
        == "model/config.json,model/deep/big.bin,model/empty")
    #expect(try stored.reopened().verify().isSound)
  }

  @Test("paths that lead elsewhere are refused", arguments: ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".", "a/./b", "a\0b"])
  func paths(name: String) throws {
    let (stored, registry) = try make()
    let run = try registry.startRun()
    #expect(throws: StoreError.self) { try run.add(bytes: [1], as: name) }
    #expect(try stored.count("SELECT count(*) FROM run_files") == 0)
    try run.end()
  }

  @Test("the empty, the deleted and the unknown are refused with a word about it")
  func refusals() throws {
    let (stored, registry) = try make()
    let run = try registry.startRun()
    #expect(throws: StoreError.self) { try run.save(LoggedVersion()) }
    #expect(throws: StoreError.self) { try run.add(file: stored.folder.path("missing")) }
    #expect(throws: StoreError.self) { try run.log(params: ["": 1]) }
    #expect(throws: StoreError.self) { try run.end(.running) }
    try run.end()
    expect(.illegalName) { try registry.startRun(model: "a/b") }
    expect(.illegalName) { try registry.startRun(experiment: "") }
    try stored.tamper("experiments", "INSERT INTO experiments (name, deleted_at) VALUES ('old', '2026-01-01T00:00:00.000Z')")
    expect(.deletedExperiment) { try registry.startRun(experiment: "old") }
    var info = RunInfo()
    info.parentRun = 99
    #expect(throws: StoreError.self) { try registry.startRun(info) }
  }

  @Test("what a run is told at its beginning is refused before there is a run, or a file")
  func refusedBeginning() throws {
    let folder = try TemporaryFolder()
    let registry = try Registry(path: folder.path("registry.db"), access: .create, interpreter: nil)
    var child = RunInfo()
    child.parentRun = 7
    for info in [RunInfo(experiment: "a\u{1}"), RunInfo(name: String(repeating: "x", count: 501)), child] {
      #expect(throws: StoreError.self) { try registry.startRun(info) }
    }
    #expect(throws: StoreError.self) { try registry.startRun(RunInfo(), params: ["a": 1, "a": 2]) }
    #expect(throws: StoreError.self) { try registry.startRun(RunInfo(), tags: ["a": CellValue(nil as String?)]) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    try registry.startRun(RunInfo(), params: ["a": 1], tags: ["b": CellValue("c")]).end()
    #expect(try registry.run(1).writtenParams.count == 1)
  }

  @Test("a refused value takes nothing along that was accepted")
  func refusedValue() throws {
    let (stored, registry) = try make()
    let run = try registry.startRun()
    try run.log("loss", step: 0, 1)
    #expect(throws: StoreError.self) { try run.log("", step: 1, 1) }
    #expect(throws: StoreError.self) { try run.log(step: 1, ["a": 1, "": 2]) }
    #expect(throws: StoreError.self) { try run.set(tags: ["t": CellValue(nil as String?)]) }
    try run.log("loss", step: 1, 2)
    try run.end()
    #expect(try stored.count("SELECT count(*) FROM metrics") == 2)
    #expect(throws: StoreError.self) { try run.log("loss", step: 2, 3) }
  }

  @Test("a lease goes on with each write")
  func lease() throws {
    let (stored, registry) = try make()
    var info = RunInfo()
    info.lease = .seconds(60)
    let run = try registry.startRun(info)
    try Connection(path: stored.path, mode: .readWrite).execute("UPDATE runs SET lease_until = ?", Timestamp(before: 1).text)
    try run.log("loss", step: 0, 1)
    try run.flush()
    #expect(try stored.reopened().run(1).status == .running)
    #expect(try stored.count("SELECT lease_until > '\(Timestamp(after: .seconds(50)).text)' FROM runs") == 1)
  }

  @Test("a thousand calls from eight threads at once all arrive")
  func threads() async throws {
    let (stored, registry) = try make()
    let run = try registry.startRun()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for thread in 0..<8 {
        group.addTask { for step in 0..<1000 { try run.log("thread \(thread)", step: step, Double(step)) } }
      }
      try await group.waitForAll()
    }
    try await run.end()
    #expect(try stored.query("SELECT count(*) FROM metrics") == "8000")
    #expect(try stored.reopened().verify().isSound)
  }
}

extension StoredRegistry {
  /// The first value of a query, as text.
  fileprivate func query(_ sql: String) throws -> String? {
    try Connection(path: path, mode: .readOnly).queryFirst("SELECT CAST((\(sql)) AS TEXT)") { row in try row.text(0) }
  }
}
