internal import CKernels

/// What stands between two Linear layers, with PyTorch's default slope (0.01) and alpha (1); gelu is the exact form with erf.
/// Sources: `torch.nn.ReLU`, `Tanh`, `Sigmoid`, `LeakyReLU`, `ELU`, `GELU`, `SiLU`.
public enum HiddenActivation: String, Sendable, Codable, CaseIterable {
  case relu, tanh, sigmoid
  case leakyReLU = "leaky_relu"
  case elu, gelu, silu
  /// Nothing at all.
  case none

  /// PyTorch's name of it; nil for none.
  public var layerName: String? {
    switch self {
    case .relu: "ReLU"
    case .tanh: "Tanh"
    case .sigmoid: "Sigmoid"
    case .leakyReLU: "LeakyReLU"
    case .elu: "ELU"
    case .gelu: "GELU"
    case .silu: "SiLU"
    case .none: nil
    }
  }

  /// The kernel's number; nil where a linear layer does it itself (ReLU) or nothing is to do.
  private var kind: Int32? {
    switch self {
    case .relu, .none: return nil
    case .tanh: return Int32(KERNELS_TANH)
    case .sigmoid: return Int32(KERNELS_SIGMOID)
    case .leakyReLU: return Int32(KERNELS_LEAKY_RELU)
    case .elu: return Int32(KERNELS_ELU)
    case .gelu: return Int32(KERNELS_GELU)
    case .silu: return Int32(KERNELS_SILU)
    }
  }

  /// Whether its gradient needs what it was given; that of the others follows from what they gave.
  var needsSums: Bool { self == .elu || self == .gelu || self == .silu }

  /// Applies it to x (features, samples).
  func apply(to x: inout Batch, kernels: Kernels) {
    guard let kind else { return }
    let (stride, features, columns) = (Int64(x.stride), Int64(x.features), Int64(x.columns))
    x.values.withUnsafeMutableBufferPointer { values in
      kernels.table.activate(kind, values.baseAddress, stride, values.baseAddress, stride, features, columns)
    }
  }

  /// Applies it to sums (features, samples), which stay, into `out` of the same size.
  func apply(to sums: Batch, into out: inout Batch, kernels: Kernels) {
    guard let kind else { return }
    precondition(out.features == sums.features && out.columns == sums.columns, "the output has another size")
    kernels.table.activate(
      kind, &out.values, Int64(out.stride), sums.values, Int64(sums.stride), Int64(sums.features), Int64(sums.columns))
  }

  /// Turns the gradient by what it gave into that by what it was given.  `from` is the latter where it `needsSums`, else the former.
  func backward(_ delta: inout Batch, from: Batch, kernels: Kernels) {
    guard let kind else { return }
    precondition(delta.features == from.features && delta.columns == from.columns, "the gradient has another size")
    kernels.table.activation_gradient(
      kind, &delta.values, Int64(delta.stride), from.values, Int64(from.stride), Int64(delta.features), Int64(delta.columns))
  }
}
