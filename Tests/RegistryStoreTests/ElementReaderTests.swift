import SQLite
import Tensors
import TestSupport
import Testing

@testable import RegistryStore

@Suite("the elements of a tensor in SQL")
struct ElementReaderTests {
  /// The bytes of two elements or so, and what they are, from PyTorch and by hand.
  static let cases: [(String, [UInt8], [Value])] = [
    ("BOOL", [0, 1], [0, 1]), ("U8", [0, 255], [0, 255]), ("I8", [127, 128], [127, -128]),
    ("U16", [1, 0, 255, 255], [1, 65535]), ("I16", [0, 128], [-32768]), ("U32", [255, 255, 255, 255], [4_294_967_295]),
    ("I32", [254, 255, 255, 255], [-2]), ("I64", [255, 255, 255, 255, 255, 255, 255, 127], [.integer(.max)]),
    ("U64", [1, 0, 0, 0, 0, 0, 0, 0], [1]), ("U64", [255, 255, 255, 255, 255, 255, 255, 255], [.text("18446744073709551615")]),
    ("F16", [0, 0x3c, 0, 0x7c, 0, 0x7e, 1, 0], [1.0, .real(.infinity), .null, .real(0x1p-24)]),
    ("BF16", [0x80, 0x3f, 0x80, 0xff], [1.0, .real(-.infinity)]),
    ("f32", [0, 0, 0x80, 0x3f, 0, 0, 0xc0, 0x7f], [1.0, .null]),
    ("F64", [0, 0, 0, 0, 0, 0, 0xf0, 0xbf], [-1.0]),
    // torch.float8_e4m3fn: 1, the largest (448), NaN, the smallest (2^-9), -0.5
    ("F8_E4M3", [0x38, 0x7e, 0x7f, 0x01, 0xb0], [1.0, 448.0, .null, .real(0x1p-9), -0.5]),
    // torch.float8_e5m2: 1, the largest (57344), Inf, NaN, the smallest (2^-16), -1.5
    ("F8_E5M2", [0x3c, 0x7b, 0x7c, 0x7e, 0x01, 0xbe], [1.0, 57344.0, .real(.infinity), .null, .real(0x1p-16), -1.5]),
  ]

  @Test("are read bit for bit", arguments: cases)
  func values(dtype: String, bytes: [UInt8], expected: [Value]) throws {
    let reader = try ElementReader(named: dtype)
    let count = try reader.count(bytes.count)
    #expect((0..<count).map { reader.value(bytes.span.bytes, $0) } == expected)
  }

  @Test("are refused where they are no numbers, or not whole")
  func refusals() throws {
    for name in ["C64", "C128", "float32", ""] { #expect(throws: FunctionError.self) { try ElementReader(named: name) } }
    #expect(throws: FunctionError.self) { try ElementReader(.float64).count(12) }
  }
}
