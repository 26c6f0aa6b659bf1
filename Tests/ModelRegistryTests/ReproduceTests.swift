import SQLite
import StoreTestSupport
import Tensors
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

@Suite("a version trained again")
struct ReproduceTests {
  @Test(
    "is bit-identical, NaN losses too, and nothing is written",
    arguments: [
      Hyperparameters(epochs: 7), Hyperparameters(epochs: 7, optimizer: .adam, batchSize: 5, evalEvery: 2, patience: 3),
      Hyperparameters(epochs: 40, learningRate: 1e38),
    ])
  func identical(hyperparameters: Hyperparameters) throws {
    let stored = try StoredRegistry()
    let trained = try stored.train(hyperparameters)
    let before = try stored.count("SELECT count(*) FROM runs")
    let result = try stored.reopened().reproduce(VersionName("latest"))
    #expect(result.isBitIdentical)
    #expect(result.epochs == trained.epochs && result.tensorCount == 4 && result.metricValues >= trained.epochs)
    #expect(try stored.count("SELECT count(*) FROM runs") == before)
  }

  /// Lets the run say something else than what was trained by, sealed anew.
  private func falsify(_ stored: StoredRegistry, _ table: String, _ sql: String) throws {
    try stored.tamper(table, sql)
    let digest = try stored.reopened().runDigest(1)
    try stored.tamper("runs", "UPDATE runs SET digest = '\(digest)' WHERE id = 1")
  }

  @Test("that differs is told tensor by tensor, loss by loss")
  func differs() throws {
    let stored = try StoredRegistry()
    try stored.train(Hyperparameters(epochs: 6, learningRate: 0.1))
    try falsify(stored, "params", "UPDATE params SET value = 0.2 WHERE key = 'learning_rate'")
    let result = try stored.reopened().reproduce(VersionName("1"))
    #expect(!result.isBitIdentical && result.storedDigest != result.digest)
    #expect(result.tensors.contains { $0.name == "linear_2.bias" && ($0.maxAbs ?? 0) > 0 && $0.changed == 1 })
    let loss = try #require(result.metrics.first { $0.key == "train_loss" })
    #expect(loss.step == 1 && loss.differing == 5, "the loss before the first update is the same")
    #expect(result.results.map(\.key).contains("test_loss"))
    #expect(result.storedProgramVersion == programVersion)
  }

  @Test("notices a loss that was changed, missing or added", arguments: ["SET value = 0.5", "SET key = 'other'", "SET step = 77"])
  func metrics(change: String) throws {
    let stored = try StoredRegistry()
    try stored.train(Hyperparameters(epochs: 6))
    try falsify(stored, "metrics", "UPDATE metrics \(change) WHERE key = 'train_loss' AND step = 3")
    let result = try stored.reopened().reproduce(VersionName("1"))
    #expect(!result.isBitIdentical && result.tensors.isEmpty)
    #expect(result.metrics.first { $0.key == "train_loss" }?.step == 3)
  }

  @Test("is refused for an import")
  func imported() throws {
    let stored = try StoredRegistry()
    try stored.registry.writing {
      let model = try stored.registry.modelID(creating: "foreign")
      let uuid = makeUUID()
      try stored.registry.connection.execute(
        "INSERT INTO runs (uuid, kind, model_id, status, ended_at, digest) VALUES (?, 'import', ?, 'finished', ?, ?)", uuid, model,
        Timestamp.now.text, String(repeating: "0", count: 64))
      let run = stored.registry.connection.lastInsertRowID
      let content = VersionContent(stateDict: try stored.stateDict(), architecture: nil, trainLoss: nil, testLoss: nil, accuracy: nil)
      _ = try stored.registry.insert(
        content, digests: TensorDigester.digests(of: content.stateDict), model: model, run: run, runUUID: uuid)
    }
    try stored.tamper("runs", "UPDATE runs SET digest = '\(try stored.registry.runDigest(1))'")
    #expect(throws: StoreError.nothingToReproduce(version: "foreign/1", path: stored.path)) {
      try stored.reopened().reproduce(VersionName("foreign/1"))
    }
  }
}
