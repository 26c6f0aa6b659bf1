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
    evaluate(outputs, targets, delta: nil, kernels: kernels)
  }

  /// The mean loss, and the gradient by the sums before the output activation (outputs' size).
  public func callAsFunction(_ outputs: Batch, _ targets: Targets, gradient: inout Batch, kernels: Kernels = .best) -> Float {
    precondition(gradient.features == outputs.features && gradient.stride == outputs.stride, "the gradient has another size")
    return gradient.values.withUnsafeMutableBufferPointer {
      evaluate(outputs, targets, delta: $0.baseAddress, kernels: kernels)
    }
  }

  private func evaluate(_ outputs: Batch, _ targets: Targets, delta: UnsafeMutablePointer<Float>?, kernels: Kernels) -> Float {
    precondition(outputs.samples == targets.samples, "\(outputs.samples) outputs against \(targets.samples) targets")
    let samples = Int64(outputs.samples)
    let stride = Int64(outputs.stride)
    let mean =
      switch self {
      case .binaryCrossEntropy: kernels.table.binary_cross_entropy(delta, outputs.values, targets.values, samples, stride)
      case .crossEntropy:
        kernels.table.cross_entropy(delta, outputs.values, targets.values, Int64(outputs.features), samples, stride)
      case .meanSquaredError: kernels.table.mean_squared_error(delta, outputs.values, targets.values, samples, stride)
      }
    return Float(mean)
  }
}
