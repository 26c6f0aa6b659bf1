internal import CKernels

/// What the samples should give: 0 or 1 (binary), the class's number (multiclass), or the value (regression).
public struct Targets: Sendable {
  public let samples: Int
  internal var values: [Float]  // padded to whole vectors with zeros
  /// A factor for each sample's loss, padded as the values are; nil for 1.
  internal private(set) var weights: [Float]?
  /// The sum of the weights; the number of samples without.
  internal private(set) var totalWeight: Double

  public init(_ values: [Float], weights: [Float]? = nil) {
    precondition(weights?.count ?? values.count == values.count, "\(weights?.count ?? 0) weights for \(values.count) targets")
    samples = values.count
    let padding = [Float](repeating: 0, count: (Kernels.lanes - values.count % Kernels.lanes) % Kernels.lanes)
    self.values = values + padding
    self.weights = weights.map { $0 + padding }
    totalWeight = Double(samples)
    if let weights { totalWeight = Self.sum(weights[...]) }
  }

  public subscript(sample: Int) -> Float { values[sample] }

  /// Whether each sample's loss has a factor.
  public var areWeighted: Bool { weights != nil }

  /// Copies the given samples of other targets into these, which have weights if and only if the others have.
  public mutating func gather(_ indices: ArraySlice<Int>, from source: Targets) {
    precondition(indices.count == samples && (weights == nil) == (source.weights == nil), "the batch has another size, or no weights")
    for (target, index) in indices.enumerated() { values[target] = source.values[index] }
    guard let sourceWeights = source.weights else { return }
    for (target, index) in indices.enumerated() { weights?[target] = sourceWeights[index] }
    totalWeight = Self.sum((weights ?? [])[..<samples])
  }

  private static func sum(_ weights: ArraySlice<Float>) -> Double { weights.reduce(0) { $0 + Double($1) } }
}

/// The classes' weights that give each class the same say: n / (k · rows of the class), where k classes have a row; 0 for one without.
///
/// Source: scikit-learn's `compute_class_weight("balanced", …)`, rounded to float32.
public func balancedClassWeights(_ labels: [Int], classCount: Int) -> [Float] {
  var counts = [Int](repeating: 0, count: classCount)
  for label in labels { counts[label] += 1 }
  let present = Double(counts.count { $0 > 0 })
  return counts.map { $0 == 0 ? 0 : Float(Double(labels.count) / (present * Double($0))) }
}

/// A loss, averaged over the samples.  Sources: `torch.nn.BCELoss`, `CrossEntropyLoss`, `MSELoss`.
///
/// With weights, BCELoss is the mean of the weighted losses, CrossEntropyLoss their sum over the sum of the weights; MSELoss knows none.
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
    add(outputs, targets, from: 0, to: &sum, delta: nil, kernels: kernels)
    return mean(sum, targets)
  }

  /// The mean loss, and the gradient by the sums before the output activation (outputs' size).
  public func callAsFunction(_ outputs: Batch, _ targets: Targets, gradient: inout Batch, kernels: Kernels = .best) -> Float {
    var sum = LossSum()
    add(outputs, targets, from: 0, to: &sum, gradient: &gradient, kernels: kernels)
    return mean(sum, targets)
  }

  /// What a sum over all targets becomes.
  internal func mean(_ sum: LossSum, _ targets: Targets) -> Float { sum.mean(divisor(targets)) }

  private func divisor(_ targets: Targets) -> Double { self == .crossEntropy ? targets.totalWeight : Double(targets.samples) }

  /// Adds the losses of some outputs against the targets from `first` on (a multiple of 16), and gives the gradient of the mean
  /// over all targets.
  internal func add(
    _ outputs: Batch, _ targets: Targets, from first: Int, to sum: inout LossSum, gradient: inout Batch, kernels: Kernels
  ) {
    precondition(gradient.features == outputs.features && gradient.stride == outputs.stride, "the gradient has another size")
    gradient.values.withUnsafeMutableBufferPointer {
      add(outputs, targets, from: first, to: &sum, delta: $0.baseAddress, kernels: kernels)
    }
  }

  /// The same without a gradient.
  internal func add(
    _ outputs: Batch, _ targets: Targets, from first: Int, to sum: inout LossSum, delta: UnsafeMutablePointer<Float>?,
    kernels: Kernels
  ) {
    precondition(
      outputs.samples <= targets.samples - first && (self == .crossEntropy || outputs.features == 1),
      "\(outputs.samples) outputs against \(targets.samples - first) targets")
    guard let weights = targets.weights else {
      return add(outputs, targets, from: first, weights: nil, to: &sum, delta: delta, kernels: kernels)
    }
    precondition(self != .meanSquaredError, "MSELoss has no weights")
    weights.withUnsafeBufferPointer {
      add(outputs, targets, from: first, weights: $0.baseAddress.map { $0 + first }, to: &sum, delta: delta, kernels: kernels)
    }
  }

  private func add(
    _ outputs: Batch, _ targets: Targets, from first: Int, weights: UnsafePointer<Float>?, to sum: inout LossSum,
    delta: UnsafeMutablePointer<Float>?, kernels: Kernels
  ) {
    let (samples, divisor) = (Int64(outputs.samples), Float(divisor(targets)))
    targets.values.withUnsafeBufferPointer { values in
      guard let values = values.baseAddress.map({ $0 + first }) else { return }
      switch self {
      case .binaryCrossEntropy:
        kernels.table.binary_cross_entropy(&sum.totals, delta, outputs.values, values, weights, samples, divisor)
      case .crossEntropy:
        kernels.table.cross_entropy(
          &sum.totals, delta, outputs.values, Int64(outputs.stride), values, weights, Int64(outputs.features), samples, divisor)
      case .meanSquaredError:
        kernels.table.mean_squared_error(&sum.totals, delta, outputs.values, values, samples, Int64(targets.samples))
      }
    }
  }
}

/// A sum of losses as the kernels keep it.
struct LossSum {
  fileprivate var totals = kernels_totals()

  fileprivate func mean(_ divisor: Double) -> Float {
    var totals = totals
    return Float(kernels_mean(&totals, divisor))
  }
}
