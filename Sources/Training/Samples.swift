public import NeuralNets

/// Samples as training takes them: float32 features and targets.
public struct Samples: Sendable {
  public private(set) var x: Batch  // (features, samples)
  public private(set) var targets: Targets

  public var count: Int { x.samples }

  public init(x: Batch, targets: Targets) {
    precondition(x.samples == targets.samples, "\(x.samples) samples with \(targets.samples) targets")
    self.x = x
    self.targets = targets
  }

  /// Copies the given samples of others into these.
  mutating func gather(_ indices: ArraySlice<Int>, from source: Samples) {
    x.gather(indices, from: source.x)
    targets.gather(indices, from: source.targets)
  }
}
