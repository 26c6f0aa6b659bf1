import Datasets
import FaultyMemory
import Foundation
import NeuralNets
import SQLite
import StoreTestSupport
import Tensors
import TestSupport
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

/// SQLite gets no memory, at one allocation after the other: a clean error, all or nothing, and no wrong answer.
@Suite("allocation failures", .serialized)
struct AllocationFailureTests {
  /// Every so-many-th allocation fails; in `make torture` every one.
  static let stride = Torture.count(797, full: 1)

  @Test("are clean errors of everything that reads, and no answer is wrong", arguments: [false, true])
  func reading(forever: Bool) async throws {
    let stored = try VerifyTests.registry()
    await #expect(processExitsWith: .success) {
      [path = stored.path as String, log = stored.folder.path("log") as String, stride = Self.stride as Int, forever = forever as Bool] in
      try install(log)
      let expected = try readAll(path)
      try sweep("reading", stride: stride, forever: forever) {
        for (part, answer) in try readAll(path) where answer != expected[part] {
          throw Wrong(what: "another answer than with enough memory, \(part): \(answer), not \(expected[part] ?? "")")
        }
      }
    }
    try report(stored.folder.path("log"))
  }

  /// `json_valid` said no for want of memory, and the list of datasets showed no source.
  @Test("at any place of a list of datasets are errors, not columns without a value")
  func datasets() async throws {
    let stored = try VerifyTests.registry()
    await #expect(processExitsWith: .success) { [path = stored.path as String, log = stored.folder.path("log") as String] in
      try install(log)
      let registry = try Registry(path: path)
      let expected = try registry.list(.datasets).rows
      try sweep("datasets", stride: 1, forever: false) {
        let rows = try registry.list(.datasets).rows
        guard rows == expected else { throw Wrong(what: "\(rows), not \(expected)") }
      }
    }
    try report(stored.folder.path("log"))
  }

  @Test("are clean errors of everything that writes, and what was begun is not there", arguments: [false, true])
  func writing(forever: Bool) async throws {
    let stored = try VerifyTests.registry()
    let other = try StoredRegistry()
    try other.train(model: "iris")
    try logRun(other.path)
    await #expect(processExitsWith: .success) {
      [
        path = stored.path as String, other = other.path as String, log = stored.folder.path("log") as String, stride = Self.stride as Int,
        forever = forever as Bool
      ] in
      try install(log)
      let pristine = try Data(contentsOf: URL(fileURLWithPath: path))
      let writes: [(name: String, body: () throws -> Void)] = [
        ("training", { try train(path) }), ("merging", { _ = try Registry(path: path, access: .write).merge(other) }),
        ("logging", { try logRun(path) }),
      ]
      for (name, write) in writes {
        try sweep(name, stride: stride, forever: forever, write) {
          let registry = try Registry(path: path)
          let versions = try registry.list(.versions).rows.count
          guard (name == "merging" ? 2...4 : 2...3).contains(versions), try registry.verify().isSound else {
            throw Wrong(what: "\(name) left \(versions) versions")
          }
          try pristine.write(to: URL(fileURLWithPath: path))
        }
      }
    }
    try report(stored.folder.path("log"))
  }

  /// Shows what the child has counted, and what it died of.
  private func report(_ log: String) throws {
    print(String(decoding: try Data(contentsOf: URL(fileURLWithPath: log)), as: UTF8.self), terminator: "")
  }
}

private struct Wrong: Error { let what: String }

/// Lets memory fail in this process, whose standard error goes to a file: of an exit test's nothing is kept when it fails.
private func install(_ log: String) throws {
  limitProcessorTime(seconds: Torture.count(900, full: 6 * 3600))
  guard dup2(open(log, O_WRONLY | O_CREAT | O_TRUNC, 0o600), 2) == 2 else { throw POSIXError(.EIO) }
  let code = faulty_memory_install()
  guard code == 0 else { throw Wrong(what: "the allocator could not be put in place: \(code)") }
}

/// Runs `body` with the first allocation failing, then the next, until none fails any more; `check` after each, with enough memory.
private func sweep(
  _ name: String, stride: Int, forever: Bool, _ body: () throws -> Void, check: () throws -> Void = {}
) throws {
  var (number, tried, failures) = (1, 0, 0)
  while true {
    tried += 1
    faulty_memory_fail_at(number, forever ? 1 : 0)
    var failure: (any Error)?
    do { try body() } catch { failure = error }
    let count = faulty_memory_count()
    faulty_memory_fail_at(0, 0)
    if let failure {
      failures += 1
      guard let error = failure as? StoreError, "\(error)".contains("out of memory") else {
        FileHandle.standardError.write(Data("at allocation \(number): \(failure)\n".utf8))
        throw failure
      }
    }
    try check()
    if count < number { break }
    number += number < 200 ? max(1, stride / 8) : stride
  }
  let kind = forever ? "all from one on failing" : "one failing"
  FileHandle.standardError.write(Data("\(name), \(kind): \(tried) of \(number) allocations, \(failures) errors\n".utf8))
  guard failures > 10 else { throw Wrong(what: "only \(failures) failures: nothing was tested") }
}

/// All that can be read, part by part.
private func readAll(_ path: String) throws -> [String: String] {
  let registry = try Registry(path: path)
  let record = try registry.version(VersionName("neural-net@champion"))
  let net = try registry.loadPredictor(record).net
  let run = try registry.run(record.run)
  var parts = ["net": "\(net.bits)", "params": "\(run.params)", "metrics": "\(run.metrics)"]
  for subject in ListSubject.allCases { parts["list of \(subject)"] = "\(try registry.list(subject).rows)" }
  let dataset = try registry.dataset(ofRun: record.run)
  let verification = try registry.verify()
  guard verification.isSound else { throw Wrong(what: "verify found what isn't there: \(verification.problems)") }
  parts["labels"] = "\(dataset?.labels(.train) as Any)"
  return parts
}

/// A run of another program with metrics, files in pieces, and a version of tensors and a file; it goes on after its end.
private func logRun(_ path: String) throws {
  let registry = try Registry(path: path, access: .write)
  registry.pieceSizes = .small
  registry.recordingPace.flushInterval = .never
  let writer = try RunWriter(registry, RunInfo(model: "logged", experiment: "e"), params: ["lr": 0.1])
  for step in 0..<100 { try writer.log("loss", step: step, Double(step)) }
  try writer.add(note: "n")
  try writer.add(bytes: (0..<500).map { UInt8(truncatingIfNeeded: $0) }, as: "a/b.bin")
  try writer.add(dataset: RunDataset(name: "d", digest: "x"))
  _ = try writer.save(LoggedVersion(StateDict([("w", Tensor([Float](repeating: 1, count: 100)))])), endsRun: true)
  let again = try RunWriter(registry, continuing: writer.run)
  try again.log("loss", step: 100, 1)
  try again.end()
}

private func train(_ path: String) throws {
  let registry = try Registry(path: path, access: .write)
  let dataset = try Dataset(BlobsSource(trainSamples: 8, testSamples: 4, seed: 7))
  let experiment = try Experiment(dataset: dataset, hyperparameters: Hyperparameters(epochs: 2))
  _ = try registry.train(
    experiment, RunDescription(model: "neural-net", dataset: dataset, datasetName: "new", experiment: experiment))
}
