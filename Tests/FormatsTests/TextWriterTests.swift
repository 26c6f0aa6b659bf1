import Formats
import Tensors
import Testing

/// JSON and CSV for people.
struct TextWriterTests {
  private func json(_ dictionary: StateDict) throws -> String {
    let bytes = try RoundTripTests.bytes { sink in
      try JSONTensorWriter.write(dictionary.descriptions, header: [("model", "\"m\"")], to: &sink, file: "f") {
        dictionary.entries[$0].tensor
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func csv(_ dictionary: StateDict) throws -> String {
    let bytes = try RoundTripTests.bytes { sink in
      try CSVTensorWriter.write(dictionary.descriptions, to: &sink, file: "f") { dictionary.entries[$0].tensor }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func dictionary() throws -> StateDict {
    try StateDict([
      ("w", Tensor([0.1, -2, .nan, .infinity, -.infinity, 0x1p-149] as [Float], shape: [3, 2])), ("a,\"b\"\n", Tensor([Int64.max, .min])),
      ("scalar", Tensor([0.5] as [Double], shape: [])), ("empty", Tensor(dtype: .float32, shape: [2, 0, 3], data: [])),
      ("flag", Tensor(dtype: .bool, shape: [1, 1, 2], data: [1, 0])),
      ("c", Tensor(dtype: .complex64, shape: [1], data: Tensor([1.5, -2] as [Float]).data)),
    ])
  }

  @Test("JSON nests the values by their shape, exactly")
  func jsonText() throws {
    #expect(
      try json(dictionary()) == """
        {"model": "m", "tensors": [
          {"name": "w", "dtype": "F32", "shape": [3, 2], "values": [[0.10000000149011612, -2.0], ["NaN", "Infinity"], ["-Infinity", 1.401298464324817e-45]]},
          {"name": "a,\\"b\\"\\u000a", "dtype": "I64", "shape": [2], "values": [9223372036854775807, -9223372036854775808]},
          {"name": "scalar", "dtype": "F64", "shape": [], "values": 0.5},
          {"name": "empty", "dtype": "F32", "shape": [2, 0, 3], "values": [[], []]},
          {"name": "flag", "dtype": "BOOL", "shape": [1, 1, 2], "values": [[[true, false]]]},
          {"name": "c", "dtype": "C64", "shape": [1], "values": [[1.5, -2.0]]}
        ]}

        """)
  }

  @Test("CSV spells complex numbers as Python reads them, NaN included")
  func complexText() throws {
    let parts: [Float] = [1.5, -2, 1, .nan, .nan, -.infinity]
    let numbers = Tensor(parts)
    let text = try csv(StateDict([("c", Tensor(dtype: .complex64, shape: [3], data: numbers.data))]))
    let values: [Substring] = text.split(separator: "\n").dropFirst().map { $0.split(separator: ",").last ?? "" }
    #expect(values == ["1.5-2.0j", "1.0+nanj", "nan-infj"])
  }

  @Test("CSV has a row for each element, with an index for each dimension")
  func csvText() throws {
    #expect(
      try csv(dictionary()) == """
        name,dtype,i0,i1,i2,value
        w,F32,0,0,,0.10000000149011612
        w,F32,0,1,,-2.0
        w,F32,1,0,,nan
        w,F32,1,1,,inf
        w,F32,2,0,,-inf
        w,F32,2,1,,1.401298464324817e-45
        "a,""b""
        ",I64,0,,,9223372036854775807
        "a,""b""
        ",I64,1,,,-9223372036854775808
        scalar,F64,,,,0.5
        flag,BOOL,0,0,0,1
        flag,BOOL,0,0,1,0
        c,C64,0,,,1.5-2.0j

        """)
  }

  @Test(
    "tensors of more elements than are written at once are whole", arguments: [[4096], [4097], [3, 5000], [10_000, 1], [2, 2, 3001]])
  func long(shape: [Int]) throws {
    let count = shape.reduce(1, *)
    let dictionary = try StateDict([("w", Tensor((0..<count).map { Int64($0) }, shape: shape))])
    let lines = try csv(dictionary).split(separator: "\n")
    #expect(lines.count == count + 1)
    #expect(lines.last == "w,I64,\(shape.map { "\($0 - 1)" }.joined(separator: ",")),\(count - 1)")
    let text = try json(dictionary)
    #expect(text.split { !$0.isNumber }.count == count + shape.count + 1, "every number, the shape and the 64 of I64")
    // A bracket for each row of each dimension, and those of the two other lists.
    let rows = shape.indices.reduce(0) { $0 + shape[..<$1].reduce(1, *) }
    #expect(text.count { $0 == "[" } == rows + 2 && text.count { $0 == "]" } == rows + 2)
  }

  @Test("empty tensors of many dimensions stay short")
  func empty() throws {
    let dictionary = try StateDict([("w", Tensor(dtype: .float32, shape: [1_000_000, 1_000_000, 0], data: []))])
    #expect(try json(dictionary).contains("\"values\": []}"))
    #expect(try csv(dictionary) == "name,dtype,i0,i1,i2,value\n")
  }

  @Test("a tensor that is not the announced one stops the writers")
  func otherTensor() {
    let announced = [TensorDescription(name: "w", dtype: .float32, shape: [2])]
    var sink = ByteArraySink()
    let problem = FormatError(file: "f", reason: .checkpoint(.otherTensor("w")))
    #expect(throws: problem) { try JSONTensorWriter.write(announced, to: &sink, file: "f") { _ in Tensor([1 as Float]) } }
    #expect(throws: problem) { try CSVTensorWriter.write(announced, to: &sink, file: "f") { _ in Tensor([1 as Float]) } }
  }
}
