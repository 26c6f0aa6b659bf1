import Formats
import Foundation
import Tensors
import TestSupport
import Testing

/// What a fixture index says of one tensor.
struct TensorFacts: Decodable {
  let dtype: String
  let shape: [Int]
  let sha256: String
}

/// torch's names of the types, as the fixtures spell them.
let torchNames: [DType: String] = [
  .bool: "bool", .uint8: "uint8", .int8: "int8", .uint16: "uint16", .int16: "int16", .uint32: "uint32", .int32: "int32",
  .uint64: "uint64", .int64: "int64", .float8E4M3: "float8_e4m3fn", .float8E5M2: "float8_e5m2", .float16: "float16",
  .bfloat16: "bfloat16", .float32: "float32", .float64: "float64", .complex64: "complex64", .complex128: "complex128",
]

/// Holds a file's tensors against the index: names, types, shapes and bits.
func expect(_ file: any TensorFile, holds facts: [String: TensorFacts]) throws {
  #expect(Set(file.tensors.map(\.name)) == Set(facts.keys))
  for (index, description) in file.tensors.enumerated() {
    let expected = try #require(facts[description.name])
    let tensor = try file.tensor(at: index)
    #expect(torchNames[tensor.dtype] == expected.dtype, "\(description.name)")
    #expect(tensor.shape == expected.shape, "\(description.name)")
    var builder = DigestBuilder()
    builder.update(tensor.data)
    #expect(builder.finalize().hex == expected.sha256, "\(description.name)")
    var parts: [UInt8] = []
    try file.read(at: index) { parts += $0 }
    #expect(parts == tensor.data, "\(description.name)")
  }
}

/// The error of opening bytes and reading all of them; nil when they are accepted.
func refusal(_ bytes: [UInt8], key: String? = nil, limits: FormatLimits = FormatLimits()) -> FormatError? {
  do throws(FormatError) {
    _ = try openTensorFile(InputFile(bytes: bytes, name: "f"), key: key, limits: limits).stateDict()
    return nil
  } catch {
    return error
  }
}

/// Little-endian bytes of a number.
func le<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }

/// Deterministic random numbers (SplitMix64).
struct Random: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// A state_dict of random names, types, shapes and bits.
func randomStateDict(_ random: inout Random, dtypes: [DType] = DType.allCases) throws -> StateDict {
  let pieces = ["a", "b.weight", "층", " ", "\"", "\\", "\n", "\u{0}", "\u{1f600}", "é", "/", "..", "data/0", "__metadata_", "x"]
  var dictionary = StateDict()
  for index in 0..<Int.random(in: 0...12, using: &random) {
    let name = (0..<Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined() + "\(index)"
    let dtype = dtypes.randomElement(using: &random) ?? .float32
    let shape = (0..<Int.random(in: 0...5, using: &random)).map { _ in Int.random(in: 0...5, using: &random) }
    let count = try Tensor.byteCount(dtype: dtype, shape: shape)
    let data = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    try dictionary.append(name, Tensor(dtype: dtype, shape: shape, data: data))
  }
  return dictionary
}
