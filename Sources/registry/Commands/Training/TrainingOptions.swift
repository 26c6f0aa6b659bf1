import ArgumentParser
import Datasets
import NeuralNets
import Training

/// The options of a training besides its data.  Numbers take whatever comes next, so that `--epochs -1` is told what is wrong.
struct TrainingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional, help: "Starts the data, the split, the weights and the order of batches; its last 32 bits count, as PyTorch's."
  ) var seed: UInt64 = 0
  @Option(parsing: .unconditional, help: "Units of the hidden layers: 5, or 64,32 (default: 5).") var hidden: String?
  @Option(help: "The activation between the layers: \(HiddenActivation.allCases.map(\.rawValue).joined(separator: ", ")) (default: relu).")
  var activation: HiddenActivation?
  @Option(parsing: .unconditional, help: "Passes over the training data.") var epochs = 2000
  @Option(parsing: .unconditional, help: "The step size.") var learningRate = 0.03
  @Option(help: "binary, multiclass or regression (default: what the target column is).") var task: LearningTask?
  @Option(help: "sgd or adam.") var optimizer: OptimizerKind = .sgd
  @Option(parsing: .unconditional, help: "SGD's momentum.") var momentum = 0.0
  @Option(parsing: .unconditional, help: "L2 penalty on the weights.") var weightDecay = 0.0
  @Option(parsing: .unconditional, help: "Samples of a mini-batch (default: all at once).") var batchSize: Int?
  @Option(parsing: .unconditional, help: "Measure the test loss every N epochs (default: after the last).") var evalEvery: Int?
  @Option(parsing: .unconditional, help: "Stop after N epochs without a lower test loss; keep the best weights.") var patience: Int?
  @Flag(help: "Scale features (and a regression's target) to mean 0, deviation 1; stored with the version.") var standardize = false
  @Option(help: "Fill in missing cells: mean, median or most-frequent (of categories always that); stored with the version.")
  var impute: ImputationStrategy?

  @Option(
    help:
      "balanced: weigh each class's loss by how rare it is, n / (classes * rows). train_loss is the weighted loss, test_loss the plain one."
  ) var classWeight: ClassWeight?

  func hyperparameters(task: LearningTask) throws -> Hyperparameters {
    // SQLite's integers are signed.
    guard seed <= UInt64(Int64.max) else {
      throw UsageError("'--seed \(seed)': it has to be between 0 and \(Int64.max).")
    }
    return Hyperparameters(
      task: task, hiddenSizes: try hiddenSizes(), epochs: epochs, learningRate: learningRate, optimizer: optimizer, momentum: momentum,
      weightDecay: weightDecay, batchSize: batchSize, seed: seed, standardize: standardize, impute: impute, evalEvery: evalEvery,
      patience: patience, classWeight: classWeight, activation: activation ?? .relu)
  }

  /// Throws when an option was given that the version to fine-tune has settled.
  func requireNoneOfArchitecture() throws {
    let given = [
      hidden.map { "--hidden \($0)" }, task.map { "--task \($0.rawValue)" }, standardize ? "--standardize" : nil,
      impute.map { "--impute \($0.rawValue)" },
    ]
    if let first = given.compactMap(\.self).first {
      throw UsageError(
        "'--from' and '\(first)' exclude each other: a fine-tuned net keeps its sizes, its task, its scaling and what it fills in.")
    }
  }

  /// Throws when another activation was given than the one of the version to fine-tune.
  func requireActivation(of parent: Architecture, _ title: String) throws {
    let own = parent.activation ?? .relu
    guard let activation, activation != own, !parent.hiddenSizes.isEmpty else { return }
    throw UsageError("'--activation \(activation.rawValue)': \(title) has \(own.rawValue), and a fine-tuned net keeps it.")
  }

  private func hiddenSizes() throws -> [Int] {
    guard let hidden else { return Hyperparameters().hiddenSizes }
    return try hidden.split(separator: ",", omittingEmptySubsequences: false).map { word in
      guard let size = Int(word) else {
        throw UsageError("'--hidden \(hidden)': '\(word)' isn't a whole number.", hint: "--hidden 5 or --hidden 64,32")
      }
      return size
    }
  }
}

extension Dataset {
  /// The task that its target column is for, unless one is asked for.
  func task(_ asked: LearningTask?) -> LearningTask {
    if let asked { return asked }
    if case .csv(let source) = source { return source.task }
    return .binary
  }
}
