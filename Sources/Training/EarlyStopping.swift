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
  /// Whether it is time to stop.
  public private(set) var isOver = false

  public init(patience: Int) { self.patience = patience }

  /// Takes the test loss after an epoch; false when it is time to stop.
  public mutating func shouldContinue(epoch: Int, testLoss: Double, net: NeuralNet) -> Bool {
    if testLoss < bestLoss {
      bestLoss = testLoss
      bestEpoch = epoch
      bestNet = net
    }
    isOver = epoch - (bestEpoch ?? -1) >= patience
    return !isOver
  }
}

extension EarlyStopping {
  /// What a checkpoint keeps as JSON: `{"best_epoch":12,"best_loss":0.25,"is_over":false}`; without a best one yet, both are left out.
  struct State: Codable, Equatable {
    var bestEpoch: Int?
    var bestLoss: Double?
    var isOver: Bool

    private enum CodingKeys: String, CodingKey {
      case bestEpoch = "best_epoch"
      case bestLoss = "best_loss"
      case isOver = "is_over"
    }
  }

  var state: State { State(bestEpoch: bestEpoch, bestLoss: bestEpoch.map { _ in bestLoss }, isOver: isOver) }

  /// Early stopping as it stood; `bestNet` is the net of the best epoch.
  init(patience: Int, state: State, bestNet: NeuralNet?) {
    self.patience = patience
    bestLoss = state.bestLoss ?? .infinity
    bestEpoch = state.bestEpoch
    isOver = state.isOver
    self.bestNet = bestNet
  }
}
