internal import Tensors

/// A tensor of one number.
///
/// Source: tensorflow/core/framework/tensor.proto and types.proto, whose numbers stand here.
enum ScalarTensor {
  /// The number; nil for a tensor of several, of texts, or of a type that is no number.
  static func value(_ bytes: ArraySlice<UInt8>) throws(WireCursor.Malformed) -> Double? {
    var dtype: Int64 = 0
    var content: ArraySlice<UInt8> = []
    var number: Double?
    var isScalar = true
    var cursor = WireCursor(bytes)
    while let (field, value) = try cursor.next() {
      switch (field, value) {
      case (1, _): dtype = value.integer ?? 0
      case (2, .bytes(let shape)): isScalar = try hasOneElement(shape)
      case (4, .bytes(let bytes)): content = bytes
      // Lists of one type each; packed or not.
      case (5...7, _), (10, _), (13, _), (16, _), (17, _): number = try element(field, value) ?? number
      default: break
      }
    }
    guard isScalar else { return nil }
    // A tensor without a number in it is zero, as protobuf leaves zeros out.
    if content.isEmpty { return types.contains(dtype) ? number.map { half($0, dtype) } ?? 0 : nil }
    return little(content, dtype)
  }

  private static let (float, double, int32, uint8, int16, int8, int64): (Int64, Int64, Int64, Int64, Int64, Int64, Int64) = (
    1, 2, 3, 4, 5, 6, 9
  )
  private static let (bfloat16, uint16, float16, uint32, uint64): (Int64, Int64, Int64, Int64, Int64) = (14, 17, 19, 22, 23)
  private static let types: Set<Int64> = [
    float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, float16, uint32, uint64,
  ]

  /// No dimensions, or each of size 1.
  private static func hasOneElement(_ shape: ArraySlice<UInt8>) throws(WireCursor.Malformed) -> Bool {
    var cursor = WireCursor(shape)
    while let (field, value) = try cursor.next() {
      guard field == 2, case .bytes(let dimension) = value else { return false }
      var size: Int64 = 0
      var cursor = WireCursor(dimension)
      while let (field, value) = try cursor.next() { if field == 1 { size = value.integer ?? 0 } }
      guard size == 1 else { return false }
    }
    return true
  }

  /// The last number of a list.
  private static func element(_ field: UInt64, _ value: WireCursor.Value) throws(WireCursor.Malformed) -> Double? {
    switch (field, value) {
    case (5, .fixed32(let bits)): return Double(Float(bitPattern: bits))
    case (6, .fixed64(let bits)): return Double(bitPattern: bits)
    case (16, .varint(let number)), (17, .varint(let number)): return Double(number)
    case (_, .varint(let number)): return Double(Int64(bitPattern: number))
    case (5, .bytes(let packed)) where packed.count == 4: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits(packed))))
    case (6, .bytes(let packed)) where packed.count == 8: return Double(bitPattern: bits(packed))
    case (7, .bytes(let packed)), (10, .bytes(let packed)), (13, .bytes(let packed)):
      var cursor = WireCursor(packed)
      let number = try cursor.varint()
      guard cursor.isAtEnd else { throw WireCursor.Malformed() }
      return Double(Int64(bitPattern: number))
    default: return nil
    }
  }

  /// Halves stand in a list of integers by their bits.
  private static func half(_ number: Double, _ dtype: Int64) -> Double {
    guard dtype == bfloat16 || dtype == float16, let bits = UInt32(exactly: number), bits <= 0xffff else { return number }
    return dtype == bfloat16 ? SmallFloat.bfloat16(UInt16(bits)) : SmallFloat.float16(UInt16(bits))
  }

  private static func bits(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

  private static func little(_ bytes: ArraySlice<UInt8>, _ dtype: Int64) -> Double? {
    let bits = bits(bytes.prefix(8))
    return switch (dtype, bytes.count) {
    case (float, 4): Double(Float(bitPattern: UInt32(bits)))
    case (double, 8): Double(bitPattern: bits)
    case (int32, 4): Double(Int32(bitPattern: UInt32(bits)))
    case (uint32, 4), (uint16, 2), (uint8, 1), (uint64, 8): Double(bits)
    case (int64, 8): Double(Int64(bitPattern: bits))
    case (int16, 2): Double(Int16(bitPattern: UInt16(bits)))
    case (int8, 1): Double(Int8(bitPattern: UInt8(bits)))
    case (bfloat16, 2): SmallFloat.bfloat16(UInt16(bits))
    case (float16, 2): SmallFloat.float16(UInt16(bits))
    default: nil
    }
  }
}
