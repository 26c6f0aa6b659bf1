public import NeuralNets
public import RegistryStore
public import Training

/// What a training gave and where it is stored.
public struct TrainingResult: Sendable {
  public let stored: StoredVersion
  /// The net that was stored: the last, or with early stopping the best.
  public let net: NeuralNet
  /// How many epochs ran.
  public let epochs: Int
  public let testLossBefore: Double
  /// On the training part, with the final weights.
  public let train: Evaluation
  /// On the test part, with the final weights, scored.
  public let test: Evaluation
  /// What the net tells apart; empty for regression.
  public let classes: [String]
  /// How the training loss weighed them.
  public let classWeight: ClassWeight?
}
