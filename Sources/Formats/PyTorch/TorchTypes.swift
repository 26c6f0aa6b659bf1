internal import Tensors

/// The names that torch has for the element types.
extension DType {
  /// The class of a typed storage (`FloatStorage`); nil for the types that torch keeps in untyped storages.
  var torchStorage: String? {
    switch self {
    case .bool: "BoolStorage"
    case .uint8: "ByteStorage"
    case .int8: "CharStorage"
    case .int16: "ShortStorage"
    case .int32: "IntStorage"
    case .int64: "LongStorage"
    case .float16: "HalfStorage"
    case .bfloat16: "BFloat16Storage"
    case .float32: "FloatStorage"
    case .float64: "DoubleStorage"
    case .complex64: "ComplexFloatStorage"
    case .complex128: "ComplexDoubleStorage"
    case .uint16, .uint32, .uint64, .float8E4M3, .float8E5M2: nil
    }
  }

  /// `torch.float32` without the module.
  var torchName: String {
    switch self {
    case .bool: "bool"
    case .uint8: "uint8"
    case .int8: "int8"
    case .uint16: "uint16"
    case .int16: "int16"
    case .uint32: "uint32"
    case .int32: "int32"
    case .uint64: "uint64"
    case .int64: "int64"
    case .float8E4M3: "float8_e4m3fn"
    case .float8E5M2: "float8_e5m2"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    case .float32: "float32"
    case .float64: "float64"
    case .complex64: "complex64"
    case .complex128: "complex128"
    }
  }

  /// Bytes of the numbers that an element is made of: what a change of byte order reverses.
  var partSize: Int { isComplex ? size / 2 : size }

  /// Whether the highest bit of each part is its sign: flipping it negates the number.
  var hasSignBit: Bool {
    switch self {
    case .float8E4M3, .float8E5M2, .float16, .bfloat16, .float32, .float64, .complex64, .complex128: true
    case .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64: false
    }
  }
}
