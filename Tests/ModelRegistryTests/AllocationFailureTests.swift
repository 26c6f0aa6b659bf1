import Datasets
import FaultyMemory
import Foundation
import NeuralNets
import SQLite
import TestSupport
import Testing
import Training

@testable import ModelRegistry

/// SQLite gets no memory, at one allocation after the other: a clean error, all or nothing, and no wrong answer.
@Suite("allocation failures", .serialized)
struct AllocationFailureTests {
  /// Every so-many-th allocation fails; `TORTURE_ALLOCATIONS=1` for every one.
  static let stride = ProcessInfo.processInfo.environment["TORTURE_ALLOCATIONS"].flatMap { Int($0) } ?? 397

  @Test("are clean errors of everything that reads, and no answer is wrong", .timeLimit(.minutes(30)), arguments: [false, true])
  func reading(forever: Bool) async throws {
    let stored = try VerifyTests.registry()
    await #expect(processExitsWith: .success) { [path = stored.path as String, stride = Self.stride as Int, forever = forever as Bool] in
      try install()
      let expected = try readAll(path)
      try sweep(stride: stride, forever: forever) {
        guard try readAll(path) == expected else { throw Wrong(what: "another answer than with enough memory") }
      }
    }
  }

  @Test("are clean errors of everything that writes, and what was begun is not there", .timeLimit(.minutes(30)), arguments: [false, true])
  func writing(forever: Bool) async throws {
    let stored = try VerifyTests.registry()
    let other = try StoredRegistry()
    try other.train(model: "iris")
    await #expect(processExitsWith: .success) {
      [path = stored.path as String, other = other.path as String, stride = Self.stride as Int, forever = forever as Bool] in
      try install()
      let pristine = try Data(contentsOf: URL(fileURLWithPath: path))
      let writes: [() throws -> Void] = [{ try train(path) }, { _ = try Registry(path: path, access: .write).merge(other) }]
      for (index, write) in writes.enumerated() {
        try sweep(stride: stride, forever: forever, write) {
          let registry = try Registry(path: path)
          let versions = try registry.list(.versions).rows.count
          guard [2, 3].contains(versions), try registry.verify().isSound else {
            throw Wrong(what: "write \(index) left \(versions) versions")
          }
          try pristine.write(to: URL(fileURLWithPath: path))
        }
      }
    }
  }
}

private struct Wrong: Error { let what: String }

private func install() throws {
  let code = faulty_memory_install()
  guard code == 0 else { throw Wrong(what: "the allocator could not be put in place: \(code)") }
}

/// Runs `body` with the first allocation failing, then the next, until none fails any more; `check` after each, with enough memory.
private func sweep(stride: Int, forever: Bool, _ body: () throws -> Void, check: () throws -> Void = {}) throws {
  var number = 1
  var failures = 0
  while true {
    faulty_memory_fail_at(number, forever ? 1 : 0)
    var failure: (any Error)?
    do { try body() } catch { failure = error }
    let count = faulty_memory_count()
    faulty_memory_fail_at(0, 0)
    if let failure {
      failures += 1
      guard let error = failure as? RegistryError, "\(error)".contains("out of memory") else {
        FileHandle.standardError.write(Data("at allocation \(number): \(failure)\n".utf8))
        throw failure
      }
    }
    try check()
    if count < number { break }
    number += number < 200 ? max(1, stride / 8) : stride
  }
  guard failures > 10 else { throw Wrong(what: "only \(failures) failures: nothing was tested") }
}

/// All that can be read, as one text.
private func readAll(_ path: String) throws -> String {
  let registry = try Registry(path: path)
  let record = try registry.version(VersionName("neural-net@champion"))
  let net = try registry.loadPredictor(record).net
  let run = try registry.run(record.run)
  let lists = try ListSubject.allCases.map { "\(try registry.list($0).rows)" }
  let dataset = try registry.dataset(ofRun: record.run)
  guard try registry.verify().isSound else { throw Wrong(what: "verify found something where there is nothing") }
  return "\(net.bits) \(run.params) \(run.metrics) \(lists) \(dataset?.labels(.train) as Any)"
}

private func train(_ path: String) throws {
  let registry = try Registry(path: path, access: .write)
  let dataset = try Dataset(BlobsSource(trainSamples: 8, testSamples: 4, seed: 7))
  let experiment = try Experiment(dataset: dataset, hyperparameters: Hyperparameters(epochs: 2))
  _ = try registry.train(
    experiment, RunDescription(model: "neural-net", dataset: dataset, datasetName: "new", experiment: experiment))
}
