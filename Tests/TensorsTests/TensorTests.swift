import Tensors
import Testing

@Suite("a tensor")
struct TensorTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let python: String
    let tensor: @Sendable () throws -> Tensor
    let digest: String
    var testDescription: String { python }
  }

  static let samples = [
    Sample(
      python: #"sha256(b"F32[5,2]" + arange(10, float32))"#, tensor: { try Tensor((0..<10).map(Float.init), shape: [5, 2]) },
      digest: "cf085b61344898c2ba01d930bfa7bbcd842862b19291a58403220cf6102972c6"),
    Sample(
      python: #"sha256(b"F64[]" + pack("<d", 0.5))"#, tensor: { try Tensor([0.5], shape: []) },
      digest: "ed914a9a0c4aaa95c4a1568a75d62d9e21b902e2d9b59f35bbaf29364128373c"),
    Sample(
      python: #"sha256(b"I64[0,4]")"#, tensor: { try Tensor([Int64](), shape: [0, 4]) },
      digest: "57a7ac6f1da6a3154ab920708917a06d9632ac539e8dd08c4b41e10c14eca3cc"),
    Sample(
      python: #"sha256(b"U8[3]" + bytes([1, 2, 255]))"#, tensor: { Tensor([UInt8](arrayLiteral: 1, 2, 255)) },
      digest: "e9c96087e811c415254785f108869580eb430887db57c97fed55998e20cf1bbd"),
    Sample(
      python: #"sha256(b"I32[2,1]" + array([-1, 7], int32))"#, tensor: { try Tensor([Int32](arrayLiteral: -1, 7), shape: [2, 1]) },
      digest: "4221ea7ba7925e392828b7ecb6d2097a8ec4e7a54b04c508e5970b563d8beb54"),
  ]

  @Test("has the digest that Python computes", arguments: samples)
  func digest(sample: Sample) throws {
    #expect(try sample.tensor().digest.hex == sample.digest)
  }

  @Test("tells types and shapes of the same bytes apart by digest")
  func digestCoversTypeAndShape() throws {
    let data = [UInt8](repeating: 0, count: 8)
    let tensors = try [
      Tensor(dtype: .float32, shape: [2], data: data), Tensor(dtype: .int32, shape: [2], data: data),
      Tensor(dtype: .float32, shape: [2, 1], data: data), Tensor(dtype: .float32, shape: [1, 2], data: data),
      Tensor(dtype: .float64, shape: [1], data: data), Tensor(dtype: .float64, shape: [], data: data),
    ]
    #expect(Set(tensors.map(\.digest)).count == tensors.count)
  }

  @Test(
    "counts its elements, a scalar's one and an empty one's none",
    arguments: [([], 1), ([0], 0), ([3, 0, 2], 0), ([2, 3], 6)] as [([Int], Int)])
  func counts(shape: [Int], count: Int) throws {
    let values = [Double](repeating: 1.5, count: count)
    let tensor = try Tensor(values, shape: shape)
    #expect(tensor.count == count)
    #expect(try tensor.values(as: Double.self) == values)
    #expect(try Tensor.byteCount(dtype: .float64, shape: shape) == 8 * count)
  }

  @Test(
    "refuses a shape that no memory could hold, or that is negative",
    arguments: [
      [-1], [2, -3], [0, -1], [Int.min], [Int.max], [Int.max / 8 + 1], [1 << 31, 1 << 31], [1 << 62, 0, 1 << 62], [-1, -8],
    ])
  func illegalShapes(shape: [Int]) {
    #expect(throws: TensorError.illegalShape(shape)) { try Tensor.byteCount(dtype: .float64, shape: shape) }
    #expect(throws: TensorError.illegalShape(shape)) { try Tensor(dtype: .float64, shape: shape, data: []) }
  }

  @Test("takes the largest shape that can be counted")
  func largestShape() throws {
    #expect(try Tensor.byteCount(dtype: .uint8, shape: [Int.max]) == Int.max)
    #expect(try Tensor.byteCount(dtype: .uint8, shape: [Int.max, 0]) == 0)
    #expect(try Tensor.byteCount(dtype: .complex128, shape: [Int.max / 16]) == Int.max / 16 * 16)
  }

  @Test("refuses bytes that do not fill the shape exactly", arguments: [0, 23, 25, 48])
  func wrongByteCount(count: Int) {
    #expect(throws: TensorError.wrongByteCount(dtype: .float32, shape: [2, 3], needed: 24, got: count)) {
      try Tensor(dtype: .float32, shape: [2, 3], data: [UInt8](repeating: 0, count: count))
    }
  }

  @Test("gives its values only as what they are")
  func wrongType() throws {
    let tensor = Tensor([Float](arrayLiteral: 1, 2))
    #expect(throws: TensorError.wrongDType(needed: .float64, got: .float32)) { try tensor.values(as: Double.self) }
    #expect(throws: TensorError.wrongDType(needed: .int32, got: .float32)) { try tensor.values(as: Int32.self) }
    #expect("\(TensorError.wrongDType(needed: .float64, got: .float32))" == "the tensor is F32, not F64")
  }

  @Test("keeps every bit of its values, NaN payloads and -0 included")
  func bits() throws {
    let values = [-0.0, Double.nan, Double(bitPattern: 0xfff8_0000_dead_beef), .infinity, .leastNonzeroMagnitude]
    #expect(try Tensor(values).values(as: Double.self).map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test("is little-endian and row-major")
  func layout() throws {
    let tensor = try Tensor([Int32](arrayLiteral: 1, 256, -1, 0), shape: [2, 2])
    #expect(tensor.data == [1, 0, 0, 0, 0, 1, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0])
    #expect(tensor.reshaped([4, 1]).data == tensor.data)
    #expect(Tensor.shapeJSON([]) == "[]")
    #expect(Tensor.shapeJSON([5, 2]) == "[5,2]")
  }
}
