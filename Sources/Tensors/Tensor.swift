/// An immutable n-dimensional array: element type, shape, and the elements as little-endian row-major bytes.
///
/// Invariant: `data.count` is the product of `shape` times `dtype.size`, and no dimension is negative.
/// A scalar has the shape `[]` and one element.
public struct Tensor: Sendable, Hashable {
  public let dtype: DType
  public let shape: [Int]
  public let data: [UInt8]

  /// Throws when a dimension is negative, the size overflows, or the bytes do not fill the shape exactly.
  public init(dtype: DType, shape: [Int], data: [UInt8]) throws(TensorError) {
    let needed = try Self.byteCount(dtype: dtype, shape: shape)
    guard data.count == needed else { throw .wrongByteCount(dtype: dtype, shape: shape, needed: needed, got: data.count) }
    self.dtype = dtype
    self.shape = shape
    self.data = data
  }

  /// A tensor of `values` in row-major order.
  public init<Element: TensorElement>(_ values: [Element], shape: [Int]) throws(TensorError) {
    try self.init(dtype: Element.dtype, shape: shape, data: values.withUnsafeBytes { Array($0) })
  }

  /// A one-dimensional tensor of `values`, shape `[values.count]`.
  public init<Element: TensorElement>(_ values: [Element]) {
    dtype = Element.dtype
    shape = [values.count]
    data = values.withUnsafeBytes { Array($0) }
  }

  /// The same elements under another shape of as many; traps when the counts differ.
  public func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == count, "\(count) elements don't fill \(shape)")
    return Tensor(checkedDType: dtype, shape: shape, data: data)
  }

  private init(checkedDType dtype: DType, shape: [Int], data: [UInt8]) {
    self.dtype = dtype
    self.shape = shape
    self.data = data
  }

  /// How many elements there are.
  public var count: Int { data.count / dtype.size }

  /// The elements in row-major order; throws when they are of another type.
  public func values<Element: TensorElement>(as type: Element.Type = Element.self) throws(TensorError) -> [Element] {
    guard dtype == Element.dtype else { throw .wrongDType(needed: Element.dtype, got: dtype) }
    return unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      unsafe data.withUnsafeBytes { unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      initialized = count
    }
  }

  /// More dimensions than any net has; PyTorch's own bound is 64.
  public static let maximumRank = 64

  /// The bytes that a tensor of this type and shape has; every product is checked.
  public static func byteCount(dtype: DType, shape: [Int]) throws(TensorError) -> Int {
    guard shape.count <= maximumRank else { throw .illegalShape(shape) }
    var bytes = dtype.size
    var isEmpty = false
    for dimension in shape {
      guard dimension >= 0 else { throw .illegalShape(shape) }
      if dimension == 0 {
        isEmpty = true
        continue
      }
      let (product, overflow) = bytes.multipliedReportingOverflow(by: dimension)
      guard !overflow else { throw .illegalShape(shape) }
      bytes = product
    }
    return isEmpty ? 0 : bytes
  }
}

/// What can be wrong with a tensor.
public enum TensorError: Error, Equatable {
  case illegalShape([Int])
  case wrongByteCount(dtype: DType, shape: [Int], needed: Int, got: Int)
  case wrongDType(needed: DType, got: DType)
}

extension TensorError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .illegalShape(let shape): "no tensor can have the shape \(shape)"
    case .wrongByteCount(let dtype, let shape, let needed, let got):
      "a \(dtype.rawValue) tensor of shape \(shape) has \(needed) bytes, not \(got)"
    case .wrongDType(let needed, let got): "the tensor is \(got.rawValue), not \(needed.rawValue)"
    }
  }
}
