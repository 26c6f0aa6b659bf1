public import Datasets
public import NeuralNets
internal import Tensors

/// A dataset and hyperparameters made ready: encoded samples, an architecture, and a net with its initial weights.
public struct Experiment: Sendable {
  public let hyperparameters: Hyperparameters
  public let architecture: Architecture
  public let train: Samples
  public let test: Samples
  /// The net before training.
  public let initialNet: NeuralNet
  /// PyTorch's generator after it drew the initial weights.
  private let generator: MersenneTwister

  /// Throws when a hyperparameter is illegal or the dataset doesn't fit the task.
  public init(dataset: Dataset, hyperparameters: Hyperparameters) throws {
    try hyperparameters.validate()
    self.hyperparameters = hyperparameters
    architecture = try Self.architecture(for: dataset, hyperparameters)
    let sizes = [architecture.inputSize] + architecture.hiddenSizes + [architecture.outputSize]
    // Each size is bounded, so their products are far from overflowing.
    let largest = zip(sizes, sizes.dropFirst()).map { $0 * $1 * MemoryLayout<Float>.size }.max() ?? 0
    guard largest <= Dataset.maximumTensorBytes else {
      throw HyperparameterError(
        name: "hidden", value: hyperparameters.hiddenSizes.map(String.init).joined(separator: ","),
        needed: "small enough that no weight is over \(Dataset.maximumTensorBytes) bytes (one here has \(largest))")
    }
    train = try Self.samples(dataset, .train, architecture, classWeight: hyperparameters.classWeight)
    test = try Self.samples(dataset, .test, architecture)
    var generator = MersenneTwister(seed: hyperparameters.seed)
    initialNet = architecture.net(using: &generator)
    self.generator = generator
  }

  /// The same experiment, begun from the weights of `parent` instead of random ones (fine-tuning).
  ///
  /// It keeps the parent's encoding and scaling: its weights mean nothing under others.  PyTorch's generator stands where it would
  /// after `NeuralNet(…)` and `load_state_dict`.  Throws when the parent's columns, classes or task aren't the dataset's.
  public init(dataset: Dataset, hyperparameters: Hyperparameters, parent: Predictor) throws {
    var architecture = parent.architecture
    var hyperparameters = hyperparameters
    hyperparameters.hiddenSizes = architecture.hiddenSizes
    hyperparameters.task = architecture.task
    hyperparameters.activation = architecture.activation ?? .relu
    hyperparameters.standardize = architecture.features.standardizations.contains { $0 != nil } || architecture.targetScaler != nil
    hyperparameters.impute = architecture.features.imputationStrategy
    try hyperparameters.validate()
    guard architecture.features.columns == dataset.columns.features else {
      throw FineTuneError.otherColumns(parent: architecture.features.columns.map(\.name), dataset: dataset.columns.features.map(\.name))
    }
    // Of the dataset only the classes matter here: nothing is fitted to it.
    var unfitted = hyperparameters
    (unfitted.standardize, unfitted.impute) = (false, nil)
    let fresh = try Self.architecture(for: dataset, unfitted)
    // An imported net knows no dataset, so it has no label_map yet.
    architecture = try architecture.trainedFurther(labelMap: architecture.labelMap ?? fresh.labelMap)
    guard fresh.classes.hasSameNames(as: architecture.classes), fresh.labelMap == architecture.labelMap else {
      throw FineTuneError.otherClasses(parent: architecture.classes, dataset: fresh.classes)
    }
    self.hyperparameters = hyperparameters
    self.architecture = architecture
    train = try Self.samples(dataset, .train, architecture, classWeight: hyperparameters.classWeight)
    test = try Self.samples(dataset, .test, architecture)
    var generator = MersenneTwister(seed: hyperparameters.seed)
    _ = architecture.net(using: &generator)
    initialNet = parent.net
    self.generator = generator
  }

  /// A trainer that stands before the first epoch.
  public func makeTrainer(kernels: Kernels = .best) -> Trainer {
    Trainer(
      net: initialNet, optimizer: hyperparameters.makeOptimizer(), samples: train, batchSize: hyperparameters.batchSize,
      generator: generator, kernels: kernels)
  }

  /// The encoded samples of one part of a dataset, weighted by its classes where that is asked for.  Throws when the architecture was
  /// made for other columns or classes.
  public static func samples(
    _ dataset: Dataset, _ part: Dataset.Part, _ architecture: Architecture, classWeight: ClassWeight? = nil
  ) throws -> Samples {
    guard architecture.fits(dataset.columns) else { throw ArchitectureError.illegal("other columns or classes than the dataset") }
    let targets = try targets(dataset, part, architecture)
    var weights: [Float]?
    if classWeight == .balanced {
      let labels = targets.map { Int($0) }
      let ofClasses = balancedClassWeights(labels, classCount: architecture.classes.count)
      weights = labels.map { ofClasses[$0] }
    }
    return Samples(
      x: Batch(rows: try architecture.features.encode(dataset.x(part)), features: architecture.inputSize),
      targets: Targets(targets, weights: weights))
  }

  private static func targets(_ dataset: Dataset, _ part: Dataset.Part, _ architecture: Architecture) throws -> [Float] {
    guard architecture.task != .regression else {
      let numbers = dataset.numbers(part)
      let targets = architecture.targetScaler?.encode(numbers) ?? numbers.map { Float($0) }
      if let beyond = targets.firstIndex(where: { !$0.isFinite }) {
        throw DatasetError.beyondFloat32(column: architecture.target, value: numbers[beyond])
      }
      return targets
    }
    return dataset.labels(part).map { label in Float(architecture.labelMap?[Int(label)] ?? Int(label)) }
  }

  private static func architecture(for dataset: Dataset, _ hyperparameters: Hyperparameters) throws -> Architecture {
    let task = hyperparameters.task
    let features = dataset.columns.features
    let encoder =
      hyperparameters.standardize || hyperparameters.impute != nil
      ? try FeatureEncoder(
        fitting: dataset.x(.train), columns: features, impute: hyperparameters.impute, standardize: hyperparameters.standardize)
      : try FeatureEncoder(columns: features)
    var classes = dataset.columns.target.classes ?? []
    guard (task == .regression) == classes.isEmpty else { throw TaskError.wrongTarget(task: task, column: dataset.columns.target) }
    var labelMap: [Int]?
    if task == .binary, classes.count > 2 {
      // The tutorial's label_map: of the generated blobs, the first half becomes 0 and the second half 1.
      guard case .makeBlobs = dataset.source else { throw TaskError.wrongTarget(task: task, column: dataset.columns.target) }
      labelMap = classes.indices.map { $0 < classes.count / 2 ? 0 : 1 }
      classes = ["0", "1"]
    }
    return try Architecture(
      task: task, hiddenSizes: hyperparameters.hiddenSizes, features: encoder, target: dataset.columns.target.name, classes: classes,
      labelMap: labelMap,
      targetScaler: task == .regression && hyperparameters.standardize ? try TargetScaler(fitting: dataset.numbers(.train)) : nil,
      activation: hyperparameters.activation == .relu ? nil : hyperparameters.activation)
  }
}

/// A task that the target column can't serve.
public enum TaskError: Error, Equatable {
  case wrongTarget(task: LearningTask, column: TargetColumn)
}

extension TaskError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongTarget(let task, let column):
      let holds = column.classes.map { "\($0.count) classes" } ?? "numbers"
      let needs =
        switch task {
        case .binary: "two classes"
        case .multiclass: "two or more classes"
        case .regression: "numbers"
        }
      return "column '\(column.name)' holds \(holds), \(task.rawValue) needs \(needs)"
    }
  }
}

/// Why a version can't be fine-tuned on a dataset.
public enum FineTuneError: Error, Equatable {
  case otherColumns(parent: [String], dataset: [String])
  case otherClasses(parent: [String], dataset: [String])
}

extension FineTuneError: CustomStringConvertible {
  public var description: String {
    func list(_ names: [String]) -> String { names.prefix(6).joined(separator: ", ") + (names.count > 6 ? ", …" : "") }
    return switch self {
    case .otherColumns(let parent, let dataset) where parent.hasSameNames(as: dataset):
      "the dataset's columns have the version's names (\(list(parent))), but other categories or another type"
    case .otherColumns(let parent, let dataset)
    where parent.count == dataset.count && Set(parent.map { Name($0) }) == Set(dataset.map { Name($0) }):
      "the dataset has the version's columns in another order (\(list(dataset))), the version takes \(list(parent))"
    case .otherColumns(let parent, let dataset):
      "the version takes \(parent.count) columns (\(list(parent))), the dataset has \(dataset.count) (\(list(dataset)))"
    case .otherClasses(let parent, let dataset): "the version knows the classes \(list(parent)), the dataset has \(list(dataset))"
    }
  }
}
