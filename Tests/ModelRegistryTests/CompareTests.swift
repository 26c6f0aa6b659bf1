import Datasets
import StoreTestSupport
import Tensors
import TestSupport
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

struct CompareTests {
  /// A version of these tensors that came from elsewhere: no architecture.
  private func store(_ tensors: [(name: String, tensor: Tensor)], in stored: StoredRegistry) throws -> VersionRecord {
    let content = VersionContent(
      stateDict: try StateDict(tensors), architecture: nil, trainLoss: nil, testLoss: nil, accuracy: nil)
    let version = try stored.recorder(model: "foreign").finish(content)
    return try stored.registry.version(VersionName("foreign/\(version.version)"))
  }

  @Test("tensors are equal, changed, retyped, reshaped, added or removed")
  func statuses() throws {
    let stored = try StoredRegistry()
    let a = try store(
      [
        ("equal", Tensor([1, 2] as [Float])), ("changed", Tensor([3, 0] as [Float])), ("retyped", Tensor([1, 2] as [Float])),
        ("reshaped", Tensor([1, 2] as [Float])), ("removed", Tensor([1] as [Float])),
      ], in: stored)
    let b = try store(
      [
        ("added", Tensor([1] as [Int64])), ("reshaped", try Tensor([1, 2] as [Float], shape: [2, 1])),
        ("retyped", Tensor([1, 2] as [Double])),
        ("changed", Tensor([3, 4] as [Float])), ("equal", Tensor([1, 2] as [Float])),
      ], in: stored)
    let found = try stored.registry.compareTensors(a, b)
    #expect(found.map(\.name) == ["equal", "changed", "retyped", "reshaped", "removed", "added"])
    #expect(found.map(\.status) == [.equal, .changed, .retyped, .reshaped, .removed, .added])
    #expect(found[0].difference == .none(count: 2))
    #expect(found[1].difference?.l2 == 4 && found[1].difference?.changed == 0.5)
    #expect(found[2].difference?.l2 == 0 && found[2].first?.dtype == "F32" && found[2].second?.dtype == "F64")
    #expect(found[3...].allSatisfy { $0.difference == nil })
    #expect(found[4].second == nil && found[5].first == nil)
  }

  @Test("equal tensors are not read: rot in one isn't even noticed; in one that differs it is an error")
  func byDigest() throws {
    let stored = try StoredRegistry()
    let shared = Tensor([Float](repeating: 1, count: 1000))
    let a = try store([("shared", shared), ("own", Tensor([1] as [Float]))], in: stored)
    let b = try store([("shared", shared), ("own", Tensor([2] as [Float]))], in: stored)
    let spoil = "UPDATE tensors SET data = zeroblob(length(data)) WHERE digest = "
    try stored.tamper("tensors", spoil + "'\(shared.digest.hex)'")
    let registry = try stored.reopened()
    #expect(try registry.compareTensors(a, b).map(\.status) == [.equal, .changed])
    try stored.tamper("tensors", spoil + "'\(Tensor([2] as [Float]).digest.hex)'")
    #expect(throws: StoreError.rotten(what: "tensor 'own' of foreign/2", path: stored.path)) {
      try stored.reopened().compareTensors(a, b)
    }
  }

  @Test("a tensor that was put under another name is noticed without reading any")
  func changedNames() throws {
    let stored = try StoredRegistry()
    let a = try store([("x", Tensor([1] as [Float]))], in: stored)
    let b = try store([("x", Tensor([2] as [Float]))], in: stored)
    try stored.tamper("version_tensors", "UPDATE version_tensors SET tensor_id = (SELECT max(tensor_id) FROM version_tensors)")
    #expect(throws: StoreError.rotten(what: "the state_dict of foreign/1", path: stored.path)) {
      try stored.reopened().compareTensors(a, b)
    }
  }

  @Test("a version agrees with itself on all of its test rows")
  func agreement() throws {
    let stored = try StoredRegistry()
    let title = try stored.train().stored
    let record = try stored.registry.version(VersionName(model: title.model, .number(title.version)))
    guard case .found(let agreement, let dataset) = try stored.registry.agreement(record, record) else {
      Issue.record("there is no agreement")
      return
    }
    #expect(agreement.rows == 6 && agreement.share == 1 && dataset == "blobs")
  }

  @Test("predictions are compared only where both answer the same question")
  func problems() throws {
    let stored = try StoredRegistry()
    let foreign = try store([("x", Tensor([1] as [Float]))], in: stored)
    try stored.train(model: "binary")
    try stored.train(Hyperparameters(task: .multiclass, epochs: 2), model: "four")
    try stored.train(
      model: "wide", data: BlobsSource(trainSamples: 12, testSamples: 6, centers: [[1, 1, 1], [-1, -1, -1], [1, -1, 0], [0, 1, -1]]),
      datasetName: "wide")
    let versions = try ["binary", "four", "wide"].map { try stored.registry.version(VersionName("\($0)/1")) }
    #expect(try stored.registry.agreement(foreign, versions[0]) == .none(.noArchitecture(version: "foreign/1")))
    #expect(try stored.registry.agreement(versions[0], versions[1]) == .none(.otherClasses))
    #expect(try stored.registry.agreement(versions[0], versions[2]) == .none(.otherFeatures))
  }
}
