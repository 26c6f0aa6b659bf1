import Datasets
import NeuralNets
import StoreTestSupport
import Tensors
import Training

@testable import ModelRegistry

extension StoredRegistry {
  init() throws { try self.init(interpreter: NetInterpreter()) }

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
}

extension NeuralNet {
  /// The bits of all weights.
  var bits: [UInt32] { layers.flatMap { $0.weight + $0.bias }.map(\.bitPattern) }
}

extension StoredRegistry {
  /// The weights of an untrained net of the tutorial's size.
  func stateDict() throws -> StateDict { try NeuralNet(inputSize: 2, hiddenSize: 5).stateDict() }
}
