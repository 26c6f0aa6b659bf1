import Tensors
import Testing

struct TensorDifferenceTests {
  private static func tensor(_ dtype: DType, _ bytes: [UInt8]) throws -> Tensor {
    try Tensor(dtype: dtype, shape: [bytes.count / dtype.size], data: bytes)
  }

  private static func bytes(_ values: [some BitwiseCopyable]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

  static let decoded: [(DType, [UInt8], [Double])] = [
    (.bool, [0, 1, 2], [0, 1, 1]), (.uint8, [0, 255], [0, 255]), (.int8, [0x80, 0x7f], [-128, 127]),
    (.uint16, [0xff, 0xff], [65535]), (.int16, [0xff, 0xff], [-1]), (.uint32, [0xff, 0xff, 0xff, 0xff], [4_294_967_295]),
    (.int32, [0xff, 0xff, 0xff, 0xff], [-1]), (.uint64, [UInt8](repeating: 0xff, count: 8), [0x1p64]),
    (.int64, [UInt8](repeating: 0xff, count: 8), [-1]),
    // 1, -2, the largest, the smallest normal and subnormal, infinity.
    (.float16, bytes([0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x7c00] as [UInt16]), [1, -2, 65504, 0x1p-14, 0x1p-24, .infinity]),
    (.bfloat16, bytes([0x3f80, 0xc000, 0x7f80] as [UInt16]), [1, -2, .infinity]),
    (.float8E4M3, [0x38, 0xc0, 0x7e, 0x08, 0x01], [1, -2, 448, 0x1p-6, 0x1p-9]),
    (.float8E5M2, [0x3c, 0xc0, 0x7b, 0x04, 0x01, 0xfc], [1, -2, 57344, 0x1p-14, 0x1p-16, -.infinity]),
    (.float32, bytes([0.1] as [Float]), [Double(Float(0.1))]), (.float64, bytes([0.1]), [0.1]),
    (.complex64, bytes([1, -2] as [Float]), [1, -2]), (.complex128, bytes([1, -2.5]), [1, -2.5]),
  ]

  @Test("the numbers of every element type are what its specification says", arguments: decoded)
  func doubles(dtype: DType, bytes: [UInt8], expected: [Double]) throws {
    let tensor = try Self.tensor(dtype, bytes)
    #expect(tensor.doubles(0..<tensor.count) == expected)
  }

  @Test(
    "NaN of the small types is NaN",
    arguments: [(DType.float8E4M3, [0x7f]), (.float8E5M2, [0x7d]), (.float16, [1, 0x7e]), (.bfloat16, [0xc1, 0x7f])])
  func nan(dtype: DType, bytes: [UInt8]) throws { #expect(try Self.tensor(dtype, bytes).doubles(0..<1)[0].isNaN) }

  @Test("distance, cosine and changed share of a small example")
  func example() throws {
    let d = try TensorDifference(Tensor([3, 0, 1, 2] as [Float]), Tensor([3, 4, 1, -1] as [Float]))
    #expect(d.count == 4 && d.changedCount == 2 && d.changed == 0.5)
    #expect(d.l2 == 5 && d.maxAbs == 4)
    #expect(abs((d.cosine ?? 0) - 8 / (14.0.squareRoot() * 27.0.squareRoot())) < 1e-15)
  }

  @Test("a million small differences add up without loss")
  func accuracy() throws {
    let count = 1_000_000
    let d = try TensorDifference(Tensor([Float](repeating: 1, count: count)), Tensor([Float](repeating: 1.5, count: count)))
    #expect(d.l2 == 500 && d.cosine == 1 && d.changed == 1)
  }

  @Test("equal bits are equal, NaN and infinities too; another NaN makes the distance NaN")
  func notFinite() throws {
    let nan = Double.nan
    let a = Tensor([nan, .infinity, 1])
    let same = try TensorDifference(a, Tensor([nan, .infinity, 3]))
    #expect(same.l2 == 2 && same.maxAbs == 2 && same.changedCount == 1 && same.cosine?.isNaN == true)
    let other = try TensorDifference(a, Tensor([0, .infinity, 9]))
    #expect(other.l2.isNaN && other.maxAbs.isNaN && other.changedCount == 2)
    let infinite = try TensorDifference(Tensor([1.0]), Tensor([Double.infinity]))
    #expect(infinite.l2 == .infinity && infinite.maxAbs == .infinity)
  }

  @Test("0 and -0 have other bits: changed, by nothing")
  func zeros() throws {
    let d = try TensorDifference(Tensor([0.0]), Tensor([-0.0]))
    #expect(d.changedCount == 1 && d.l2 == 0 && d.cosine == nil)
  }

  @Test(
    "integers beyond 2^53 are told apart, and their distance is exact",
    arguments: [(Int64(1) << 53, Int64(1) << 53 + 1, 1.0), (.min, .max, 0x1p64)])
  func largeIntegers(a: Int64, b: Int64, distance: Double) throws {
    let d = try TensorDifference(Tensor([a]), Tensor([b]))
    #expect(d.changedCount == 1 && d.l2 == distance && d.maxAbs == distance)
  }

  @Test("squares of very large and very small doubles neither overflow nor vanish", arguments: [1e200, 1e-200, 1e-300])
  func scaling(size: Double) throws {
    let d = try TensorDifference(Tensor([3 * size, 0]), Tensor([0, 4 * size]))
    #expect(abs(d.l2 / size - 5) < 1e-12 && d.cosine == 0)
  }

  @Test("complex numbers differ by their modulus, as one element")
  func complex() throws {
    let a = try Self.tensor(.complex64, Self.bytes([1, 1, 0, 0] as [Float]))
    let b = try Self.tensor(.complex64, Self.bytes([4, 5, 0, 0] as [Float]))
    let d = try TensorDifference(a, b)
    #expect(d.count == 2 && d.changedCount == 1 && d.maxAbs == 5 && d.l2 == 5)
  }

  @Test("another element type is compared by its values")
  func retyped() throws {
    let bfloat = try Self.tensor(.bfloat16, Self.bytes([0x3f80, 0x4000] as [UInt16]))
    let d = try TensorDifference(Tensor([1, 2.5] as [Float]), bfloat)
    #expect(d.changedCount == 1 && d.l2 == 0.5)
    let wide = try TensorDifference(Tensor([7, -1] as [Int64]), Tensor([7, -1] as [Int32]))
    #expect(wide.changedCount == 0 && wide.l2 == 0)
  }

  @Test("other shapes, and complex beside real, are refused")
  func refused() throws {
    #expect(throws: TensorError.self) { try TensorDifference(Tensor([1.0]), Tensor([1.0, 2.0])) }
    let complex = try Self.tensor(.complex64, [UInt8](repeating: 0, count: 8))
    #expect(throws: TensorError.self) { try TensorDifference(complex, Tensor([1.0])) }
  }

  @Test("empty tensors have nothing that differs")
  func empty() throws {
    let d = try TensorDifference(Tensor([] as [Float]), Tensor([] as [Float]))
    #expect(d.count == 0 && d.changed == 0 && d.l2 == 0 && d.cosine == nil)
  }
}
