public import NeuralNets

/// Stops a training whose test loss has not fallen for a while, and keeps the best weights.
public struct EarlyStopping: Sendable {
  /// Epochs without a lower test loss after which training stops.
  public let patience: Int
  /// The lowest test loss so far; NaN never counts as lower.
  public private(set) var bestLoss = Double.infinity
  public private(set) var bestEpoch: Int?
  /// The net that had it.
  public private(set) var bestNet: NeuralNet?

  public init(patience: Int) { self.patience = patience }

  /// Takes the test loss after an epoch; false when it is time to stop.
  public mutating func shouldContinue(epoch: Int, testLoss: Double, net: NeuralNet) -> Bool {
    if testLoss < bestLoss {
      bestLoss = testLoss
      bestEpoch = epoch
      bestNet = net
    }
    return epoch - (bestEpoch ?? -1) < patience
  }
}
