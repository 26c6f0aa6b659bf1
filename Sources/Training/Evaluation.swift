internal import Datasets
public import NeuralNets

/// How good a net is on some samples.
public struct Evaluation: Sendable, Hashable {
  /// The mean loss in the mode that training uses, rounded to float32 as PyTorch's `item()` gives it.
  public let loss: Double
  /// The share of right classes; nil for regression.
  public let accuracy: Double?

  public init(loss: Double, accuracy: Double?) {
    self.loss = loss
    self.accuracy = accuracy
  }

  /// Evaluates a net of this architecture on encoded samples.
  public init(of net: NeuralNet, _ architecture: Architecture, on samples: Samples) {
    let (loss, outputs) = net.lossAndOutputs(Loss(for: net.outputActivation), x: samples.x, targets: samples.targets)
    var accuracy: Double?
    if architecture.task != .regression {
      let predictions = Predictor(architecture: architecture, net: net).predictions(outputs)
      let right = predictions.indices.count { predictions[$0].classIndex.map(Float.init) == samples.targets[$0] }
      accuracy = Double(right) / Double(samples.count)
    }
    self.init(loss: Double(loss), accuracy: accuracy)
  }
}
