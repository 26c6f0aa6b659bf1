internal import CKernels

/// max(0, x).  Source: `torch.nn.ReLU`.
public struct ReLU: Sendable {
  public init() {}

  public func callAsFunction(_ x: Batch) -> Batch {
    var out = x
    for i in out.values.indices where out.values[i] < 0 { out.values[i] = 0 }
    return out
  }
}

/// 1 / (1 + e^-x).  Source: `torch.nn.Sigmoid`.
public struct Sigmoid: Sendable {
  public init() {}

  /// x (1, samples) -> (1, samples).
  public func callAsFunction(_ x: Batch, kernels: Kernels = .best) -> Batch {
    var out = x
    apply(to: &out, kernels: kernels)
    return out
  }

  internal func apply(to x: inout Batch, kernels: Kernels) {
    precondition(x.features == 1, "a sigmoid of \(x.features) features")
    kernels.table.sigmoid(&x.values, Int64(x.columns))
  }
}

/// e^x over its sum, class by class.  Source: `torch.nn.Softmax(dim=1)`.
public struct Softmax: Sendable {
  public init() {}

  /// x (classes, samples) -> (classes, samples), each column summing to 1.
  public func callAsFunction(_ x: Batch, kernels: Kernels = .best) -> Batch {
    var out = x
    kernels.table.softmax(&out.values, Int64(out.stride), Int64(out.features), Int64(out.columns))
    return out
  }
}

/// What follows the last Linear.
public enum OutputActivation: String, Sendable, Codable, CaseIterable {
  /// One probability: binary classification, trained with BCELoss.
  case sigmoid
  /// Logits in training (CrossEntropyLoss), probabilities of the classes in prediction.
  case softmax
  /// The value itself: regression, trained with MSELoss.
  case identity
}
