import Datasets
import NeuralNets
import SQLite
import Tensors
import TestSupport
import Training

@testable import ModelRegistry
@testable import RegistryStore

/// A registry in a folder of its own, and ways to fill it and to spoil it.
struct StoredRegistry {
  let folder: TemporaryFolder
  let registry: Registry
  var path: String { registry.path }

  init() throws {
    folder = try TemporaryFolder()
    registry = try Registry(path: folder.path("registry.db"), access: .create)
    registry.recordingPace.flushInterval = .never
    // A new file stays empty until something is stored in it.
    try registry.writing {}
  }

  /// A short training on the tutorial's blobs.
  @discardableResult
  func train(
    _ hyperparameters: Hyperparameters = Hyperparameters(epochs: 3), model: String = Registry.defaultModel,
    data: BlobsSource = BlobsSource(trainSamples: 12, testSamples: 6), datasetName: String = "blobs",
    report: (TrainingEvent) throws -> Void = { _ in }
  ) throws -> TrainingResult {
    let dataset = try Dataset(data)
    let experiment = try Experiment(dataset: dataset, hyperparameters: hyperparameters)
    let description = RunDescription(model: model, dataset: dataset, datasetName: datasetName, experiment: experiment)
    return try registry.train(experiment, description, report: report)
  }

  /// A recorder of a run that nobody trains.
  func recorder(model: String = Registry.defaultModel) throws -> RunRecorder {
    let dataset = try Dataset(BlobsSource(trainSamples: 12, testSamples: 6))
    let experiment = try Experiment(dataset: dataset, hyperparameters: Hyperparameters(epochs: 3))
    return RunRecorder(
      registry: registry, description: RunDescription(model: model, dataset: dataset, datasetName: "blobs", experiment: experiment))
  }

  /// A run that was interrupted, with a checkpoint that holds something in each column.
  func interrupt() throws {
    let recorder = try recorder()
    try recorder.log("train_loss", step: 0, 0.5)
    _ = try recorder.interrupt(
      CheckpointContent(
        epoch: 1, weights: [UInt8](1...200), optimizer: [UInt8](1...100), generator: [UInt8](1...50), bestWeights: [UInt8](1...200),
        earlyStopping: "{\"best\":0}"))
  }

  /// Runs SQL that the triggers of a table forbid: they are taken away and put back byte for byte, so that opening finds nothing.
  func tamper(_ table: String, _ sql: String, foreignKeys: Bool = true) throws {
    let connection = try Connection(path: path, mode: .readWrite)
    if !foreignKeys { try connection.execute("PRAGMA foreign_keys=OFF") }
    let triggers = try connection.query("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", table) { row in
      (name: try row.text(0), sql: try row.text(1))
    }
    for trigger in triggers { try connection.execute("DROP TRIGGER \(trigger.name)") }
    try connection.execute(sql)
    guard connection.changes > 0 else { throw Untouched(sql: sql) }
    for trigger in triggers { try connection.execute(trigger.sql) }
  }

  struct Untouched: Error { let sql: String }

  /// The first number that a query gives.
  func count(_ sql: String) throws -> Int {
    try Connection(path: path, mode: .readOnly).queryFirst(sql) { row in try row.int(0) } ?? -1
  }

  /// The registry as another process would open it.
  func reopened(_ access: Registry.Access = .read) throws -> Registry {
    let registry = try Registry(path: path, access: access)
    registry.recordingPace.flushInterval = .never
    return registry
  }

  /// Runs `body` as if the flush interval had passed before each write: what is logged in it is stored at once.
  func flushing(_ body: () throws -> Void) rethrows {
    registry.recordingPace.flushInterval = .zero
    defer { registry.recordingPace.flushInterval = .never }
    try body()
  }
}

extension Duration {
  /// No run takes so long, however slow the machine: it is written at its end alone.
  static let never = Duration.seconds(1_000_000_000)
}

extension NeuralNet {
  /// The bits of all weights.
  var bits: [UInt32] { layers.flatMap { $0.weight + $0.bias }.map(\.bitPattern) }
}

extension StoredRegistry {
  /// The weights of an untrained net of the tutorial's size.
  func stateDict() throws -> StateDict { try NeuralNet(inputSize: 2, hiddenSize: 5).stateDict() }
}

extension StoredRegistry {
  /// Makes a running run look as if its process were gone.
  func abandon(run: Int) throws {
    let connection = try Connection(path: path, mode: .readWrite)
    try connection.execute("UPDATE runs SET process_start = process_start + 1 WHERE id = ? AND status = 'running'", run)
    guard connection.changes == 1 else { throw Untouched(sql: "abandon") }
  }

  /// Every value of a run's metrics, a NaN as text, in order.
  func metrics(run: Int) throws -> [String] {
    try Connection(path: path, mode: .readOnly).query(
      "SELECT key || ' ' || step || ' ' || seq || ' ' || quote(value) FROM metrics WHERE run_id = ? ORDER BY key, step, seq", run
    ) { row in try row.text(0) }
  }
}
