extension Tensor {
  /// The numbers of elements `range`, row-major, as doubles; a complex element is two of them.
  ///
  /// Exact but for 64-bit integers beyond 2^53, which are rounded.  Booleans are 0 and 1.
  public func doubles(_ range: Range<Int>) -> [Double] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) is beyond \(count) elements")
    switch dtype {
    case .bool: return load(range, as: UInt8.self) { $0 == 0 ? 0 : 1 }
    case .uint8: return load(range, as: UInt8.self) { Double($0) }
    case .int8: return load(range, as: Int8.self) { Double($0) }
    case .uint16: return load(range, as: UInt16.self) { Double($0) }
    case .int16: return load(range, as: Int16.self) { Double($0) }
    case .uint32: return load(range, as: UInt32.self) { Double($0) }
    case .int32: return load(range, as: Int32.self) { Double($0) }
    case .uint64: return load(range, as: UInt64.self) { Double($0) }
    case .int64: return load(range, as: Int64.self) { Double($0) }
    case .float8E4M3: return load(range, as: UInt8.self, SmallFloat.float8E4M3)
    case .float8E5M2: return load(range, as: UInt8.self, SmallFloat.float8E5M2)
    case .float16: return load(range, as: UInt16.self, SmallFloat.float16)
    case .bfloat16: return load(range, as: UInt16.self, SmallFloat.bfloat16)
    case .float32: return load(range, as: Float.self) { Double($0) }
    case .float64: return load(range, as: Double.self) { $0 }
    case .complex64: return load(2 * range.lowerBound..<2 * range.upperBound, as: Float.self) { Double($0) }
    case .complex128: return load(2 * range.lowerBound..<2 * range.upperBound, as: Double.self) { $0 }
    }
  }

  /// Whether an element is two numbers.
  public var isComplex: Bool { dtype.isComplex }

  /// `range` counts values of `Stored`, from the beginning of the data.
  func load<Stored: BitwiseCopyable, Result>(
    _ range: Range<Int>, as type: Stored.Type, _ convert: (Stored) -> Result
  ) -> [Result] {
    let size = MemoryLayout<Stored>.size
    return unsafe data.withUnsafeBytes { bytes in
      range.map { unsafe convert(bytes.loadUnaligned(fromByteOffset: $0 * size, as: Stored.self)) }
    }
  }
}
