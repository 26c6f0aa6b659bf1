/// The floating-point types of a tensor's elements that are smaller than float32; float64 holds each number exactly.
package enum SmallFloat {
  /// IEEE 754-2019, binary16.
  package static func float16(_ bits: UInt16) -> Double { Double(Float16(bitPattern: bits)) }

  /// The upper half of a float32.
  package static func bfloat16(_ bits: UInt16) -> Double { Double(Float(bitPattern: UInt32(bits) << 16)) }

  /// The upper half of a float16 (OCP 8-bit specification 1.0).
  package static func float8E5M2(_ bits: UInt8) -> Double { float16(UInt16(bits) << 8) }

  /// Four bits of exponent, three of fraction, no infinities: only all ones is NaN (arxiv.org/abs/2209.05433, PyTorch's float8_e4m3fn).
  package static func float8E4M3(_ bits: UInt8) -> Double {
    if bits & 0x7f == 0x7f { return .nan }
    let sign = bits >> 7 == 0 ? 1.0 : -1.0
    let (exponent, fraction) = (Int(bits >> 3 & 0xf), Double(bits & 7))
    return sign * (exponent == 0 ? fraction * 0x1p-9 : Double(sign: .plus, exponent: exponent - 7, significand: 1 + fraction / 8))
  }
}
