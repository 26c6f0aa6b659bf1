internal import SQLite
package import Tensors

/// Reads the elements of a tensor's bytes (little-endian, row-major) as numbers.
package struct ElementReader {
  let dtype: DType

  package init(_ dtype: DType) { self.dtype = dtype }

  /// Reads a dtype as the registry spells it, in either case.  Throws for one that is unknown, or whose elements are no single numbers.
  init(named name: String) throws {
    guard let dtype = DType(rawValue: name.uppercased()) else {
      let known = DType.allCases.map(\.rawValue).joined(separator: ", ")
      throw FunctionError("'\(name)' is no dtype; these are: \(known)")
    }
    guard dtype != .complex64, dtype != .complex128 else { throw FunctionError("the elements of \(dtype.rawValue) are no single numbers") }
    self.dtype = dtype
  }

  /// How many elements so many bytes are; throws where they aren't whole.
  func count(_ bytes: Int) throws -> Int {
    guard bytes % dtype.size == 0 else {
      throw FunctionError("\(bytes) bytes are no whole number of \(dtype.rawValue), which have \(dtype.size) each")
    }
    return bytes / dtype.size
  }

  /// All elements, in order.
  package func doubles(_ bytes: RawSpan) throws -> [Double] {
    let count = try count(bytes.byteCount)
    return (0..<count).map { double(bytes, $0) }
  }

  /// One element; integers beyond 2^53 are rounded.
  func double(_ bytes: RawSpan, _ index: Int) -> Double {
    let at = index * dtype.size
    return switch dtype {
    case .bool: bytes.loaded(at, as: UInt8.self) == 0 ? 0 : 1
    case .uint8: Double(bytes.loaded(at, as: UInt8.self))
    case .int8: Double(bytes.loaded(at, as: Int8.self))
    case .uint16: Double(bytes.loaded(at, as: UInt16.self))
    case .int16: Double(bytes.loaded(at, as: Int16.self))
    case .uint32: Double(bytes.loaded(at, as: UInt32.self))
    case .int32: Double(bytes.loaded(at, as: Int32.self))
    case .uint64: Double(bytes.loaded(at, as: UInt64.self))
    case .int64: Double(bytes.loaded(at, as: Int64.self))
    case .float8E4M3: SmallFloat.float8E4M3(bytes.loaded(at, as: UInt8.self))
    case .float8E5M2: SmallFloat.float8E5M2(bytes.loaded(at, as: UInt8.self))
    case .float16: SmallFloat.float16(bytes.loaded(at, as: UInt16.self))
    case .bfloat16: SmallFloat.bfloat16(bytes.loaded(at, as: UInt16.self))
    case .float32: Double(Float(bitPattern: bytes.loaded(at, as: UInt32.self)))
    case .float64: Double(bitPattern: bytes.loaded(at, as: UInt64.self))
    case .complex64, .complex128: .nan
    }
  }

  /// One element as SQL has it: integers exactly, those beyond SQLite's own as their digits; NaN as NULL.
  func value(_ bytes: RawSpan, _ index: Int) -> Value {
    let at = index * dtype.size
    switch dtype {
    case .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32: return .integer(Int64(double(bytes, index)))
    case .int64: return .integer(bytes.loaded(at, as: Int64.self))
    case .uint64:
      let number = bytes.loaded(at, as: UInt64.self)
      return Int64(exactly: number).map { .integer($0) } ?? .text(String(number))
    default:
      let number = double(bytes, index)
      return number.isNaN ? .null : .real(number)
    }
  }
}

extension RawSpan {
  /// A number at any byte.
  fileprivate func loaded<T: FixedWidthInteger & BitwiseCopyable>(_ at: Int, as type: T.Type) -> T {
    T(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: at, as: type))
  }
}
