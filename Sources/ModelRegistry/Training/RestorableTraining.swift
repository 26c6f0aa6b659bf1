internal import Datasets
internal import NeuralNets
internal import RegistryStore
internal import Tensors
internal import Training

/// A training as the registry tells of it: what `resume` goes on with and `reproduce` does again.
struct RestorableTraining {
  let run: Registry.RunRecord
  let description: RunDescription
  let experiment: Experiment
}

extension Registry {
  /// Makes a stored run ready to be trained: its dataset, its hyperparameters, and the weights that it was fine-tuned from.
  ///
  /// Throws a `StoreError` of the code `foreignParams` when the params that come of it aren't exactly those that are stored, so that nothing is ever
  /// trained by half-understood ones.
  func restorableTraining(run id: Int) throws -> RestorableTraining {
    try snapshot {
      let run = try run(id)
      guard run.kind != .log else { throw StoreError.notTrainedHere(run: id, path: path) }
      guard run.kind == .train, let dataset = try dataset(ofRun: id) else { throw StoreError.isImport(run: id, path: path) }
      let hyperparameters = Hyperparameters(stored: run.params, seed: run.seed)
      let parent = try parentVersion(ofRun: id)
      let experiment: Experiment
      do {
        if let parent {
          experiment = try Experiment(dataset: dataset, hyperparameters: hyperparameters, parent: try loadPredictor(parent))
        } else {
          experiment = try Experiment(dataset: dataset, hyperparameters: hyperparameters)
        }
      } catch let error as StoreError {
        throw error
      } catch {
        throw StoreError.foreignParams(run: id, problem: "\(error)", path: path)
      }
      let description = RunDescription(
        model: run.model ?? "", dataset: dataset, datasetName: run.dataset ?? "", experiment: experiment, parent: parent)
      let rebuilt = Dictionary(uniqueKeysWithValues: description.params.map { (Name($0.key), $0.value) })
      let stored = Dictionary(run.params.map { (Name($0.key), $0.value) }) { first, _ in first }
      if let differing = Set(rebuilt.keys).union(stored.keys).sorted().first(where: { rebuilt[$0] != stored[$0] }) {
        throw StoreError.foreignParams(run: id, problem: "the param '\(differing)'", path: path)
      }
      return RestorableTraining(run: run, description: description, experiment: experiment)
    }
  }
}

extension Hyperparameters {
  /// From a run's params and its seed; what is missing or of another type keeps its default, for the caller to notice.
  init(stored params: [(key: String, value: CellValue)], seed: Int?) {
    func value(_ key: String) -> CellValue? { params.first { $0.key.hasSameBytes(as: key) }?.value }
    func int(_ key: String) -> Int? { if case .integer(let number)? = value(key) { Int(number) } else { nil } }
    func real(_ key: String) -> Double? { if case .real(let number)? = value(key) { number } else { nil } }
    func text(_ key: String) -> String? { if case .text(let text)? = value(key) { text } else { nil } }
    self.init()
    if let task = text("task").flatMap(LearningTask.init(rawValue:)) { self.task = task }
    if let sizes = text("hidden_sizes") { hiddenSizes = sizes.dropFirst().dropLast().split(separator: ",").compactMap { Int($0) } }
    if let activation = text("activation").flatMap(HiddenActivation.init(rawValue:)) { self.activation = activation }
    if let epochs = int("epochs") { self.epochs = epochs }
    if let rate = real("learning_rate") { learningRate = rate }
    if let optimizer = text("optimizer").flatMap(OptimizerKind.init(rawValue:)) { self.optimizer = optimizer }
    if let momentum = real("momentum") { self.momentum = momentum }
    if let decay = real("weight_decay") { weightDecay = decay }
    if let standardize = int("standardize") { self.standardize = standardize != 0 }
    impute = text("impute").flatMap(ImputationStrategy.init(rawValue:))
    batchSize = int("batch_size")
    evalEvery = int("eval_every")
    patience = int("patience")
    classWeight = text("class_weight").flatMap(ClassWeight.init(rawValue:))
    self.seed = UInt64(bitPattern: Int64(seed ?? 0))
  }
}
