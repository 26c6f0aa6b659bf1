/// One element of a tensor as a number.
public enum TensorNumber: Sendable, Hashable {
  case bool(Bool)
  /// Every integer type; the widest is UInt64.
  case integer(Int64)
  case unsigned(UInt64)
  /// Every floating-point type, which float64 holds exactly.
  case real(Double)
  case complex(Double, Double)
}

extension Tensor {
  /// The elements of `range` in row-major order, as numbers without loss.
  public func numbers(in range: Range<Int>) -> [TensorNumber] {
    data.withUnsafeBytes { bytes in range.map { Self.number(bytes, dtype, $0) } }
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, _ dtype: DType, _ index: Int) -> TensorNumber {
    func word<Word: FixedWidthInteger>(_ type: Word.Type, _ place: Int = index) -> Word {
      unsafe Word(littleEndian: bytes.loadUnaligned(fromByteOffset: place * MemoryLayout<Word>.size, as: Word.self))
    }
    func float(_ place: Int) -> Double { Double(Float(bitPattern: word(UInt32.self, place))) }
    func double(_ place: Int) -> Double { Double(bitPattern: word(UInt64.self, place)) }
    return switch dtype {
    case .bool: .bool(word(UInt8.self) != 0)
    case .uint8: .integer(Int64(word(UInt8.self)))
    case .int8: .integer(Int64(word(Int8.self)))
    case .uint16: .integer(Int64(word(UInt16.self)))
    case .int16: .integer(Int64(word(Int16.self)))
    case .uint32: .integer(Int64(word(UInt32.self)))
    case .int32: .integer(Int64(word(Int32.self)))
    case .uint64: .unsigned(word(UInt64.self))
    case .int64: .integer(word(Int64.self))
    case .float8E4M3: .real(SmallFloat.float8E4M3(word(UInt8.self)))
    case .float8E5M2: .real(SmallFloat.float8E5M2(word(UInt8.self)))
    case .float16: .real(SmallFloat.float16(word(UInt16.self)))
    case .bfloat16: .real(SmallFloat.bfloat16(word(UInt16.self)))
    case .float32: .real(float(index))
    case .float64: .real(double(index))
    case .complex64: .complex(float(2 * index), float(2 * index + 1))
    case .complex128: .complex(double(2 * index), double(2 * index + 1))
    }
  }
}
