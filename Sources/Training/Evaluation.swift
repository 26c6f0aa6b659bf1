internal import Datasets
public import NeuralNets

/// How good a net is on some samples.
public struct Evaluation: Sendable, Hashable {
  /// The mean loss in the mode that training uses, rounded to float32 as PyTorch's `item()` gives it.
  public let loss: Double
  /// The share of right classes; nil for regression.
  public let accuracy: Double?
  /// What else is said of classes; nil for regression, and where it wasn't asked for.
  public let scores: ClassScores?

  public init(loss: Double, accuracy: Double?, scores: ClassScores? = nil) {
    self.loss = loss
    self.accuracy = accuracy
    self.scores = scores
  }

  /// Evaluates a net of this architecture on encoded samples; `isScored` asks for the scores too.
  public init(of net: NeuralNet, _ architecture: Architecture, on samples: Samples, isScored: Bool = false) {
    let (loss, outputs) = net.lossAndOutputs(Loss(for: net.outputActivation), x: samples.x, targets: samples.targets)
    guard architecture.task != .regression else {
      self.init(loss: Double(loss), accuracy: nil)
      return
    }
    let predicted = Predictor(architecture: architecture, net: net).predictions(outputs).map(\.classIndex)
    let right = predicted.indices.count { predicted[$0].map(Float.init) == samples.targets[$0] }
    var scores: ClassScores?
    if isScored {
      let actual = (0..<samples.count).map { Int(samples.targets[$0]) }
      let metrics = ClassificationMetrics(actual: actual, predicted: predicted, classCount: architecture.classes.count)
      scores = ClassScores(metrics, outputs: outputs, actual: actual)
    }
    self.init(loss: Double(loss), accuracy: Double(right) / Double(samples.count), scores: scores)
  }
}
