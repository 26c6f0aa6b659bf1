/// The element types a tensor can have, spelled as safetensors spells them.
public enum DType: String, Sendable, CaseIterable {
  case bool = "BOOL"
  case uint8 = "U8"
  case int8 = "I8"
  case uint16 = "U16"
  case int16 = "I16"
  case uint32 = "U32"
  case int32 = "I32"
  case uint64 = "U64"
  case int64 = "I64"
  case float8E4M3 = "F8_E4M3"
  case float8E5M2 = "F8_E5M2"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case float32 = "F32"
  case float64 = "F64"
  case complex64 = "C64"
  case complex128 = "C128"

  /// Whether an element is two numbers.
  public var isComplex: Bool { self == .complex64 || self == .complex128 }

  /// Bytes of one element.
  public var size: Int {
    switch self {
    case .bool, .uint8, .int8, .float8E4M3, .float8E5M2: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64, .complex64: 8
    case .complex128: 16
    }
  }
}

/// A Swift type that is the element of a tensor, bit for bit.
public protocol TensorElement: BitwiseCopyable, Sendable {
  static var dtype: DType { get }
}

extension Float: TensorElement {
  public static var dtype: DType { .float32 }
}
extension Double: TensorElement {
  public static var dtype: DType { .float64 }
}
extension Int64: TensorElement {
  public static var dtype: DType { .int64 }
}
extension Int32: TensorElement {
  public static var dtype: DType { .int32 }
}
extension UInt8: TensorElement {
  public static var dtype: DType { .uint8 }
}
