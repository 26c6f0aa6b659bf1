import Datasets
import NeuralNets
import SQLite
import StoreTestSupport
import Tensors
import TestSupport
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

@Suite("a stored version")
struct LoadingTests {
  @Test(
    "comes back with the same bits, from another registry object too",
    arguments: [
      Hyperparameters(epochs: 3), Hyperparameters(task: .multiclass, hiddenSizes: [7, 3], epochs: 2, optimizer: .adam),
      Hyperparameters(hiddenSizes: [], epochs: 0), Hyperparameters(epochs: 3, batchSize: 5, seed: UInt64(Int64.max), standardize: true),
    ])
  func sameBits(hyperparameters: Hyperparameters) throws {
    let stored = try StoredRegistry()
    let trained = try stored.train(hyperparameters)
    #expect(trained.stored == StoredVersion(model: "neural-net", version: 1, run: 1, dataset: "blobs"))
    for registry in try [stored.registry, stored.reopened()] {
      let net = try registry.loadNeuralNet(version: 1)
      #expect(net == trained.net)
      #expect(net.bits == trained.net.bits)
      #expect(net([-1, 1]).map(\.bitPattern) == trained.net([-1, 1]).map(\.bitPattern))
    }
    let record = try stored.registry.version(VersionName("1"))
    #expect(record.trainLoss == trained.train.loss)
    #expect(record.testLoss == trained.test.loss)
    #expect(record.accuracy == trained.test.accuracy)
    #expect(try stored.registry.run(1).seed.map { UInt64(bitPattern: Int64($0)) } == hyperparameters.seed)
  }

  @Test("comes back with what surrounds it")
  func predictor() throws {
    let stored = try StoredRegistry()
    let trained = try stored.train(Hyperparameters(epochs: 5, standardize: true))
    let predictor = try stored.reopened().loadPredictor(stored.registry.version(VersionName("latest")))
    let dataset = try Dataset(BlobsSource(trainSamples: 12, testSamples: 6))
    let experiment = try Experiment(dataset: dataset, hyperparameters: Hyperparameters(epochs: 5, standardize: true))
    #expect(predictor.architecture == experiment.architecture)
    #expect(try predictor.outputs(dataset.x(.test)).rows == trained.net(experiment.test.x).rows)
    #expect(Evaluation(of: predictor.net, predictor.architecture, on: experiment.test, isScored: true) == trained.test)
  }

  @Test("its run has every loss, its params, and its dataset")
  func run() throws {
    let stored = try StoredRegistry()
    var losses: [Double] = []
    let trained = try stored.train(Hyperparameters(hiddenSizes: [4, 2], epochs: 300, learningRate: 0.1, batchSize: 5)) { event in
      if case .epoch(_, let loss) = event { losses.append(loss) }
    }
    let run = try stored.reopened().run(1)
    #expect(run.status == .finished)
    #expect(run.versions == [1])
    let metrics = Dictionary(uniqueKeysWithValues: run.metrics.map { ($0.key, $0.values) })
    #expect(metrics["train_loss"]?.map(\.step) == Array(0..<300))
    #expect(metrics["train_loss"]?.map(\.value) == losses)
    #expect(metrics["test_loss"]?.map(\.value) == [trained.test.loss])
    #expect(metrics["test_loss_before"]?.map(\.value) == [trained.testLossBefore])
    let params = Dictionary(uniqueKeysWithValues: run.params.map { ($0.key, $0.value) })
    #expect(params["hidden_sizes"] == .text("[4,2]"))
    #expect(params["batch_size"] == .integer(5))
    #expect(params["learning_rate"] == .real(0.1))
    #expect(params["label_map"] == .text("[0,0,1,1]"))
    #expect(try stored.registry.dataset(ofRun: 1) == Dataset(BlobsSource(trainSamples: 12, testSamples: 6)))
  }

  @Test("NaN losses and weights are stored as NaN")
  func nan() throws {
    let stored = try StoredRegistry()
    let trained = try stored.train(Hyperparameters(task: .multiclass, epochs: 30, learningRate: 1e30))
    #expect(trained.test.loss.isNaN)
    let registry = try stored.reopened()
    let record = try registry.version(VersionName("1"))
    #expect(record.testLoss?.isNaN == true)
    #expect(try registry.loadPredictor(record).net.bits == trained.net.bits)
    #expect(try registry.run(1).metrics.first { $0.key == "train_loss" }?.values.last?.value.isNaN == true)
    #expect(try stored.count("SELECT test_loss_is_nan FROM leaderboard") == 1)
  }

  @Test("counts per model")
  func numbers() throws {
    let stored = try StoredRegistry()
    let versions = try ["a", "b", "a"].map { try stored.train(model: $0).stored }
    #expect(versions.map(\.version) == [1, 1, 2])
    #expect(versions.map(\.run) == [1, 2, 3])
    #expect(try stored.registry.version(VersionName("a/latest".replacing("/", with: "@"))).version == 2)
  }

  @Test("shares its dataset with every run on equal content")
  func datasets() throws {
    let stored = try StoredRegistry()
    let other = BlobsSource(trainSamples: 12, testSamples: 6, seed: 1)
    #expect(try stored.train().stored.dataset == "blobs")
    #expect(try stored.train(datasetName: "another name").stored.dataset == "blobs")
    let digest = try Dataset(other).digest.hex
    #expect(try stored.train(data: other).stored.dataset == "blobs-\(digest.prefix(8))")
    #expect(try stored.train(data: other, datasetName: "free").stored.dataset == "blobs-\(digest.prefix(8))")
    #expect(try stored.count("SELECT count(*) FROM datasets") == 2)
    #expect(try stored.count("SELECT count(*) FROM dataset_names") == 2)
    #expect(try stored.count("SELECT count(*) FROM tensors AS t WHERE EXISTS (SELECT 1 FROM dataset_tensors WHERE tensor_id = t.id)") == 8)
  }

  @Test("that isn't there is an error that says what is")
  func missing() throws {
    let stored = try StoredRegistry()
    try stored.train()
    try stored.train()
    try Connection(path: stored.path, mode: .readWrite).executeScript(
      "INSERT INTO model_aliases VALUES (1, 'champion', 1); INSERT INTO models (name) VALUES ('empty');")
    let registry = try stored.reopened()
    let path = stored.path
    func error(_ name: String) -> StoreError? {
      #expect(throws: StoreError.self) { try registry.version(VersionName(name)) }
    }
    #expect(error("9") == .noSuchVersion(model: "neural-net", version: 9, newest: 2, isDeleted: false, path: path))
    #expect(error("other/1") == .noSuchModel(name: "other", known: ["empty", "neural-net"], path: path))
    #expect(error("@best") == .noSuchAlias(model: "neural-net", alias: "best", known: ["champion"], path: path))
    #expect(error("empty@latest") == .noVersions(model: "empty", path: path))
    #expect(error("empty/1") == .noSuchVersion(model: "empty", version: 1, newest: nil, isDeleted: false, path: path))
    #expect(throws: StoreError.noSuchRun(id: 7, newest: 2, path: path)) { try registry.run(7) }
    #expect(throws: StoreError.noSuchRun(id: 7, newest: 2, path: path)) { try registry.dataset(ofRun: 7) }
    #expect(try registry.version(VersionName("neural-net@champion")).aliases == ["champion"])

    try Connection(path: path, mode: .readWrite).execute("UPDATE model_versions SET deleted_at = '2026-03-01T12:00:00.000Z' WHERE id = 2")
    #expect(error("2") == .noSuchVersion(model: "neural-net", version: 2, newest: 1, isDeleted: true, path: path))
    #expect(try registry.version(VersionName("latest")).version == 1)
  }
}
