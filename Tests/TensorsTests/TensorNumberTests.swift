import Foundation
import Tensors
import Testing

struct TensorNumberTests {
  private func numbers(_ dtype: DType, _ data: [UInt8]) throws -> [TensorNumber] {
    let tensor = try Tensor(dtype: dtype, shape: [data.count / dtype.size], data: data)
    return tensor.numbers(in: 0..<tensor.count)
  }

  static let cases: [(DType, [UInt8], TensorNumber)] = [
    (.bool, [0], .bool(false)), (.bool, [1], .bool(true)), (.uint8, [255], .integer(255)), (.int8, [255], .integer(-1)),
    (.uint16, [0xfe, 0xff], .integer(65534)), (.int16, [0xfe, 0xff], .integer(-2)),
    (.uint32, [255, 255, 255, 255], .integer(4_294_967_295)),
    (.int32, [0, 0, 0, 128], .integer(-2_147_483_648)), (.uint64, [UInt8](repeating: 255, count: 8), .unsigned(.max)),
    (.int64, [0, 0, 0, 0, 0, 0, 0, 128], .integer(.min)), (.bfloat16, [0xc0, 0x3f], .real(1.5)),
    (.float32, [0, 0, 0x80, 0xff], .real(-.infinity)),
    (.float64, [0, 0, 0, 0, 0, 0, 0, 128], .real(-0.0)), (.complex64, [0, 0, 128, 63, 0, 0, 0, 192], .complex(1, -2)),
    (.float8E4M3, [0x7e], .real(448)), (.float8E4M3, [0x78], .real(256)), (.float8E4M3, [0x01], .real(0x1p-9)),
    (.float8E4M3, [0x88], .real(-0x1p-6)),
    (.float8E4M3, [0x38], .real(1)), (.float8E5M2, [0x7b], .real(57344)), (.float8E5M2, [0x7c], .real(.infinity)),
    (.float8E5M2, [0x01], .real(0x1p-16)),
    (.float8E5M2, [0xfc], .real(-.infinity)),
  ]

  @Test("an element of every type is the number that it stands for", arguments: cases.indices)
  func number(index: Int) throws {
    let (dtype, data, expected) = Self.cases[index]
    #expect(try numbers(dtype, data) == [expected])
  }

  @Test("every half-precision number is its sign, its exponent and its fraction")
  func halves() throws {
    let patterns = (0...UInt16.max).map(\.self)
    for (pattern, number) in zip(patterns, try numbers(.float16, patterns.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })) {
      guard case .real(let value) = number else {
        Issue.record("no real")
        return
      }
      let (exponent, fraction) = (Int(pattern >> 10 & 31), Double(pattern & 1023))
      let size =
        exponent == 0
        ? fraction * 0x1p-24 : exponent == 31 ? (fraction == 0 ? .infinity : .nan) : (1024 + fraction) * pow(2, Double(exponent - 25))
      let expected = pattern >> 15 == 0 ? size : -size
      #expect(value.isNaN && expected.isNaN || value.bitPattern == expected.bitPattern, "\(pattern)")
    }
  }

  @Test(
    "the NaNs of the small types are NaN",
    arguments: [
      DType.float8E4M3: [0x7f, 0xff] as [UInt8], .float8E5M2: [0x7d, 0xff], .float16: [0, 0x7e], .bfloat16: [0xc0, 0xff],
    ])
  func nan(dtype: DType, data: [UInt8]) throws {
    for number in try numbers(dtype, data) {
      guard case .real(let value) = number else {
        Issue.record("no real")
        continue
      }
      #expect(value.isNaN)
    }
  }
}
