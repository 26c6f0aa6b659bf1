public import Tensors

/// A tensor of one version beside that of the same name of another.
public struct TensorComparison: Sendable, Hashable {
  public enum Status: String, Sendable {
    case equal, changed
    /// The values of another element type, or the same number under another shape.
    case retyped, reshaped
    /// Only the second has it, or only the first.
    case added, removed
  }

  /// What a tensor is, without its values.
  public struct Kind: Sendable, Hashable {
    /// As safetensors spells it: `F32`.
    public let dtype: String
    public let shape: [Int]
    public let digest: String

    /// How many elements there are.
    public var count: Int { shape.reduce(1, *) }
  }

  public let name: String
  public let status: Status
  /// Nil where that version has no tensor of this name.
  public let first: Kind?
  public let second: Kind?
  /// Nil where there is nothing to subtract: added, removed, reshaped, or complex beside real.
  public let difference: TensorDifference?
}
