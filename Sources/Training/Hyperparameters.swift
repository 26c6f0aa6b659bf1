public import Datasets
internal import NeuralNets

/// All that a training is told besides its dataset.  The defaults are the tutorial's.
public struct Hyperparameters: Sendable, Hashable {
  public var task: LearningTask
  /// Units of each hidden layer.
  public var hiddenSizes: [Int]
  public var epochs: Int
  public var learningRate: Double
  public var optimizer: OptimizerKind
  public var momentum: Double
  public var weightDecay: Double
  /// Samples of a mini-batch; nil for all at once.
  public var batchSize: Int?
  /// Starts the generator of the initial weights and of the order of mini-batches.
  public var seed: UInt64
  /// Whether number features (and a regression's target) are scaled to mean 0 and deviation 1 over the training part.
  public var standardize: Bool
  /// How missing cells of the features are filled in; nil where a missing cell is an error.
  public var impute: ImputationStrategy?
  /// The test loss is measured after every so many epochs; nil for the last only.
  public var evalEvery: Int?
  /// Training stops after so many epochs without a lower test loss, and the best weights are kept; nil for never.
  public var patience: Int?
  /// How the training loss weighs the classes; nil for alike.
  public var classWeight: ClassWeight?

  public init(
    task: LearningTask = .binary, hiddenSizes: [Int] = [5], epochs: Int = 2000, learningRate: Double = 0.03,
    optimizer: OptimizerKind = .sgd, momentum: Double = 0, weightDecay: Double = 0, batchSize: Int? = nil, seed: UInt64 = 0,
    standardize: Bool = false, impute: ImputationStrategy? = nil, evalEvery: Int? = nil, patience: Int? = nil,
    classWeight: ClassWeight? = nil
  ) {
    self.task = task
    self.hiddenSizes = hiddenSizes
    self.epochs = epochs
    self.learningRate = learningRate
    self.optimizer = optimizer
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.batchSize = batchSize
    self.seed = seed
    self.standardize = standardize
    self.impute = impute
    self.evalEvery = evalEvery
    self.patience = patience
    self.classWeight = classWeight
  }

  /// How often the test loss is measured: with patience, after every epoch unless told otherwise.
  public var evaluationInterval: Int? { evalEvery ?? patience.map { _ in 1 } }

  /// Throws for the first value that no training can have.
  public func validate() throws(HyperparameterError) {
    func require(_ isLegal: Bool, _ name: String, _ value: String, _ needed: String) throws(HyperparameterError) {
      guard isLegal else { throw HyperparameterError(name: name, value: value, needed: needed) }
    }
    for size in hiddenSizes {
      try require((1...Self.maximumLayerSize).contains(size), "hidden", "\(size)", "between 1 and \(Self.maximumLayerSize)")
    }
    try require(hiddenSizes.count <= 64, "hidden", "\(hiddenSizes.count) layers", "at most 64 layers")
    try require((0...Self.maximumEpochs).contains(epochs), "epochs", "\(epochs)", "between 0 and \(Self.maximumEpochs)")
    try require(learningRate.isFinite && learningRate >= 0, "learning-rate", "\(learningRate)", "a finite number, 0 or more")
    try require(momentum.isFinite && momentum >= 0, "momentum", "\(momentum)", "a finite number, 0 or more")
    try require(weightDecay.isFinite && weightDecay >= 0, "weight-decay", "\(weightDecay)", "a finite number, 0 or more")
    try require(batchSize ?? 1 >= 1, "batch-size", "\(batchSize ?? 0)", "1 or more")
    try require(evalEvery ?? 1 >= 1, "eval-every", "\(evalEvery ?? 0)", "1 or more")
    try require(patience ?? 1 >= 1, "patience", "\(patience ?? 0)", "1 or more")
    try require(seed <= UInt64(Int64.max), "seed", "\(seed)", "below 2^63")
    try require(
      classWeight == nil || task != .regression, "class-weight", classWeight?.rawValue ?? "", "left out for a regression: it has no classes"
    )
    try require(optimizer == .sgd || momentum == 0, "momentum", "\(momentum)", "left out with adam")
  }

  /// Far above any net that one would train here, far below what overflows.
  public static let maximumLayerSize = 65_536
  /// As many loss rows as one run may have.
  public static let maximumEpochs = 100_000_000

  internal func makeOptimizer() -> any Optimizer {
    switch optimizer {
    case .sgd: SGD(learningRate: learningRate, momentum: momentum, weightDecay: weightDecay)
    case .adam: Adam(learningRate: learningRate, weightDecay: weightDecay)
    }
  }
}

/// The optimizers by name.
public enum OptimizerKind: String, Sendable, Codable, CaseIterable {
  case sgd
  case adam
}

/// How a training loss weighs the classes.
public enum ClassWeight: String, Sendable, Codable, CaseIterable {
  /// n / (k · rows of the class), over the training rows: `balancedClassWeights`.
  case balanced
}

/// A hyperparameter that no training can have: its name as an option has it, its value, and what it has to be.
public struct HyperparameterError: Error, Equatable {
  public let name: String
  public let value: String
  public let needed: String
}
