public import Datasets
internal import NeuralNets
public import RegistryStore
public import Training

/// What a run is told: its model, its data, its hyperparameters.
public struct RunDescription: Sendable {
  public let model: String
  public let dataset: Dataset
  /// The name that the dataset gets if it has none.
  public let datasetName: String
  public let hyperparameters: Hyperparameters
  public let architecture: Architecture
  /// The version that it is fine-tuned from.
  public let parent: VersionRecord?
  /// The experiment that groups it with other runs; nil is that of the model's name.
  public var experiment: String?

  public init(model: String, dataset: Dataset, datasetName: String, experiment: Experiment, parent: VersionRecord? = nil) {
    self.model = model
    self.dataset = dataset
    self.datasetName = datasetName
    hyperparameters = experiment.hyperparameters
    architecture = experiment.architecture
    self.parent = parent
  }

  /// The rows of `params`: all that is needed to do it again, besides the dataset and the seed.
  var params: [(key: String, value: CellValue)] {
    let h = hyperparameters
    var params: [(key: String, value: CellValue)] = [
      ("task", .text(h.task.rawValue)), ("hidden_sizes", .text("[" + h.hiddenSizes.map(String.init).joined(separator: ",") + "]")),
      ("epochs", CellValue(h.epochs)), ("learning_rate", .real(h.learningRate)), ("optimizer", .text(h.optimizer.rawValue)),
      ("momentum", .real(h.momentum)), ("weight_decay", .real(h.weightDecay)), ("standardize", CellValue(h.standardize)),
    ]
    if let impute = h.impute { params.append(("impute", .text(impute.rawValue))) }
    // As ever without a word where it is ReLU, so that the digests of runs stay what they are.
    if h.activation != .relu { params.append(("activation", .text(h.activation.rawValue))) }
    if let batchSize = h.batchSize { params.append(("batch_size", CellValue(batchSize))) }
    if let evalEvery = h.evalEvery { params.append(("eval_every", CellValue(evalEvery))) }
    if let patience = h.patience { params.append(("patience", CellValue(patience))) }
    if let classWeight = h.classWeight { params.append(("class_weight", .text(classWeight.rawValue))) }
    if let labelMap = architecture.labelMap {
      params.append(("label_map", .text("[" + labelMap.map(String.init).joined(separator: ",") + "]")))
    }
    return params
  }

  /// As the store records it.
  var content: RunContent {
    RunContent(
      model: model, dataset: DatasetContent(dataset), datasetName: datasetName, seed: hyperparameters.seed, params: params, parent: parent,
      experiment: experiment)
  }
}
