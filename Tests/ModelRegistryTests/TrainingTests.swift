import StoreTestSupport
import TestSupport
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

@Suite("a training that is recorded")
struct TrainingTests {
  @Test("a training stores, loads and reproduces its weights and its data in pieces")
  func training() throws {
    let (plain, stored) = (try StoredRegistry(), try StoredRegistry())
    stored.registry.pieceSizes = .small
    stored.registry.pieceSizes.largestRow = 8
    try plain.train()
    try stored.train()
    #expect(try stored.count("SELECT count(*) FROM contents") > 3)
    #expect(try stored.registry.loadNeuralNet(version: 1).bits == plain.registry.loadNeuralNet(version: 1).bits)
    #expect(try stored.registry.version(VersionName("1")).stateDictDigest == plain.registry.version(VersionName("1")).stateDictDigest)
    #expect(try stored.reopened().verify().isSound)
  }

  @Test("a training whose report throws stores no version, passes the error on, and leaves nothing if it was short")
  func reportThrows() throws {
    struct Stop: Error {}
    let stored = try StoredRegistry()
    for stopAtEnd in [false, true] {
      #expect(throws: Stop.self) {
        try stored.train { event in
          switch event {
          case .epoch(1, _) where !stopAtEnd: throw Stop()
          case .trained where stopAtEnd: throw Stop()
          default: break
          }
        }
      }
    }
    try expectEmpty(stored)
    #expect(try stored.train().stored.version == 1)
  }

  @Test("a model's illegal name is refused before anything is trained")
  func illegalName() throws {
    let stored = try StoredRegistry()
    #expect(throws: StoreError.illegalName(kind: "model", name: "a/b", rule: "a name has no slash, at sign or colon")) {
      try stored.train(model: "a/b") { _ in Issue.record("it was trained") }
    }
    try expectEmpty(stored)
  }

  private func expectEmpty(_ stored: StoredRegistry) throws {
    for table in ["runs", "models", "datasets", "dataset_names", "tensors", "model_versions", "metrics", "params"] {
      #expect(try stored.count("SELECT count(*) FROM \(table)") == 0, "\(table)")
    }
  }
}
