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
    case .float8E4M3: .real(smallFloat(UInt16(word(UInt8.self)), exponentBits: 4, fractionBits: 3, hasInfinity: false))
    case .float8E5M2: .real(smallFloat(UInt16(word(UInt8.self)), exponentBits: 5, fractionBits: 2, hasInfinity: true))
    case .float16: .real(smallFloat(word(UInt16.self), exponentBits: 5, fractionBits: 10, hasInfinity: true))
    case .bfloat16: .real(Double(Float(bitPattern: UInt32(word(UInt16.self)) << 16)))
    case .float32: .real(float(index))
    case .float64: .real(double(index))
    case .complex64: .complex(float(2 * index), float(2 * index + 1))
    case .complex128: .complex(double(2 * index), double(2 * index + 1))
    }
  }

  /// A sign, an exponent and a fraction, as IEEE 754 has them.  Without infinities (e4m3fn) all ones but the sign are NaN and the
  /// rest of the highest exponent are numbers.  Source: arxiv.org/abs/2209.05433.
  private static func smallFloat(_ bits: UInt16, exponentBits: Int, fractionBits: Int, hasInfinity: Bool) -> Double {
    let sign: Double = bits >> UInt16(exponentBits + fractionBits) == 0 ? 1 : -1
    let exponent = Int(bits >> UInt16(fractionBits)) & ((1 << exponentBits) - 1)
    let fraction = Int(bits) & ((1 << fractionBits) - 1)
    let bias = (1 << (exponentBits - 1)) - 1
    if exponent == (1 << exponentBits) - 1 {
      if hasInfinity { return fraction == 0 ? sign * .infinity : .nan }
      if fraction == (1 << fractionBits) - 1 { return .nan }
    }
    let significand = exponent == 0 ? fraction : fraction + (1 << fractionBits)
    return sign * Double(sign: .plus, exponent: max(exponent, 1) - bias - fractionBits, significand: Double(significand))
  }
}
