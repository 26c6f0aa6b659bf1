internal import CKernels

/// What the samples should give: 0 or 1 (binary), the class's number (multiclass), or the value (regression).
public struct Targets: Sendable {
  public let samples: Int
  internal var values: [Float]  // padded to whole vectors with zeros

  public init(_ values: [Float]) {
    samples = values.count
    self.values = values + [Float](repeating: 0, count: (Kernels.lanes - values.count % Kernels.lanes) % Kernels.lanes)
  }

  public subscript(sample: Int) -> Float { values[sample] }

  /// Copies the given samples of other targets into these.
  public mutating func gather(_ indices: ArraySlice<Int>, from source: Targets) {
    precondition(indices.count == samples, "the batch has another size")
    for (target, index) in indices.enumerated() { values[target] = source.values[index] }
  }
}

/// A loss, averaged over the samples.  Sources: `torch.nn.BCELoss`, `CrossEntropyLoss`, `MSELoss`.
public enum Loss: String, Sendable, Codable {
  /// On probabilities (1, samples); each logarithm is clamped at -100.
  case binaryCrossEntropy = "BCELoss"
  /// On logits (classes, samples).
  case crossEntropy = "CrossEntropyLoss"
  /// On values (1, samples).
  case meanSquaredError = "MSELoss"

  /// The loss that a net with this output is trained with.
  public init(for activation: OutputActivation) {
    switch activation {
    case .sigmoid: self = .binaryCrossEntropy
    case .softmax: self = .crossEntropy
    case .identity: self = .meanSquaredError
    }
  }

  /// The mean loss of outputs against targets.
  public func callAsFunction(_ outputs: Batch, _ targets: Targets, kernels: Kernels = .best) -> Float {
    var sum = LossSum()
    add(outputs, targets, from: 0, of: targets.samples, to: &sum, delta: nil, kernels: kernels)
    return sum.mean(targets.samples)
  }

  /// The mean loss, and the gradient by the sums before the output activation (outputs' size).
  public func callAsFunction(_ outputs: Batch, _ targets: Targets, gradient: inout Batch, kernels: Kernels = .best) -> Float {
    var sum = LossSum()
    add(outputs, targets, from: 0, of: targets.samples, to: &sum, gradient: &gradient, kernels: kernels)
    return sum.mean(targets.samples)
  }

  /// Adds the losses of some outputs against the targets from `first` on (a multiple of 16), and gives the gradient of the mean
  /// over all `count` samples.
  internal func add(
    _ outputs: Batch, _ targets: Targets, from first: Int, of count: Int, to sum: inout LossSum, gradient: inout Batch, kernels: Kernels
  ) {
    precondition(gradient.features == outputs.features && gradient.stride == outputs.stride, "the gradient has another size")
    gradient.values.withUnsafeMutableBufferPointer {
      add(outputs, targets, from: first, of: count, to: &sum, delta: $0.baseAddress, kernels: kernels)
    }
  }

  /// The same without a gradient.
  internal func add(
    _ outputs: Batch, _ targets: Targets, from first: Int, of count: Int, to sum: inout LossSum, delta: UnsafeMutablePointer<Float>?,
    kernels: Kernels
  ) {
    precondition(
      outputs.samples <= targets.samples - first && (self == .crossEntropy || outputs.features == 1),
      "\(outputs.samples) outputs against \(targets.samples - first) targets")
    let (samples, all) = (Int64(outputs.samples), Int64(count))
    targets.values.withUnsafeBufferPointer { values in
      guard let targets = values.baseAddress.map({ $0 + first }) else { return }
      switch self {
      case .binaryCrossEntropy: kernels.table.binary_cross_entropy(&sum.totals, delta, outputs.values, targets, samples, all)
      case .crossEntropy:
        kernels.table.cross_entropy(
          &sum.totals, delta, outputs.values, Int64(outputs.stride), targets, Int64(outputs.features), samples, all)
      case .meanSquaredError: kernels.table.mean_squared_error(&sum.totals, delta, outputs.values, targets, samples, all)
      }
    }
  }
}

/// A sum of losses as the kernels keep it.
struct LossSum {
  fileprivate var totals = kernels_totals()

  mutating func mean(_ samples: Int) -> Float { Float(kernels_mean(&totals, Int64(samples))) }
}
