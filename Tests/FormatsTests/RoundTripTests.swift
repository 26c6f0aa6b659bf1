import Formats
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("What is written is read again")
struct RoundTripTests {
  static func bytes(_ write: (inout ByteArraySink) throws -> Void) throws -> [UInt8] {
    var sink = ByteArraySink()
    try write(&sink)
    return sink.bytes
  }

  @Test("300 random state_dicts come back from .pt, and twice give the same bytes")
  func pt() throws {
    var random = Random(seed: 1)
    for round in 0..<300 {
      let dictionary = try randomStateDict(&random)
      let bytes = try Self.bytes { try PTWriter.write(dictionary, to: &$0, file: "f") }
      #expect(try Self.bytes { try PTWriter.write(dictionary, to: &$0, file: "f") } == bytes)
      if dictionary.count == 0 {
        #expect(refusal(bytes)?.reason == .checkpoint(.noTensors))
      } else {
        #expect(try PTFile(InputFile(bytes: bytes, name: "f")).stateDict() == dictionary, "round \(round)")
      }
    }
  }

  @Test("300 random state_dicts come back from safetensors with their metadata, and twice give the same bytes")
  func safetensors() throws {
    var random = Random(seed: 2)
    let dtypes = DType.allCases.filter { $0 != .complex128 }
    let metadata = [("format", "pt"), ("a \"b\"\n\u{1}", "층\\"), ("", "")]
    for round in 0..<300 {
      let dictionary = try randomStateDict(&random, dtypes: dtypes)
      let bytes = try Self.bytes { try SafetensorsWriter.write(dictionary, metadata: metadata, to: &$0, file: "f") }
      #expect(try Self.bytes { try SafetensorsWriter.write(dictionary, metadata: metadata, to: &$0, file: "f") } == bytes)
      let file = try SafetensorsFile(InputFile(bytes: bytes, name: "f"))
      #expect(try file.stateDict() == dictionary, "round \(round)")
      #expect(file.metadata == metadata.map { MetadataEntry(name: $0.0, value: .string($0.1)) })
    }
  }

  @Test("zip64 sizes and offsets are read as they are written", arguments: [0, 1, 7, 300, 1000])
  func zip64(wideFrom: Int) throws {
    var random = Random(seed: 3)
    let dictionary = try randomStateDict(&random)
    let bytes = try Self.bytes {
      try PTWriter.write(dictionary.descriptions, to: &$0, file: "f", zip: ZipWriter(wideFrom: wideFrom)) { index, take in
        try dictionary.entries[index].tensor.data.withUnsafeBytes(take)
      }
    }
    #expect(try PTFile(InputFile(bytes: bytes, name: "f")).stateDict() == dictionary)
  }

  @Test("every storage starts at a multiple of 64 bytes, as torch writes them")
  func alignment() throws {
    let marker = [UInt8]("here begins the tensor's data".utf8)
    let dictionary = try StateDict([
      ("a", Tensor([1 as UInt8])), ("long.name.of.a.layer", Tensor(dtype: .uint8, shape: [marker.count], data: marker)),
    ])
    let bytes = try Self.bytes { try PTWriter.write(dictionary, to: &$0, file: "f") }
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: marker) })
    #expect(place % 64 == 0)
  }

  @Test("safetensors data are aligned to their elements, whatever the order of the names")
  func safetensorsAlignment() throws {
    let dictionary = try StateDict([("a", Tensor([1, 2, 3] as [UInt8])), ("b", Tensor([1 as Double])), ("c", Tensor([2 as Float]))])
    let bytes = try Self.bytes { try SafetensorsWriter.write(dictionary, to: &$0, file: "f") }
    let header = String(decoding: bytes[8..<8 + Int(bytes[0]) + Int(bytes[1]) << 8], as: UTF8.self)
    #expect(header.contains("\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[12,15]}"))
    #expect(header.contains("\"b\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}"))
    #expect(header.utf8.count % 8 == 0)
  }

  @Test("a tensor that is not the announced one stops the writer")
  func otherTensor() {
    let announced = [TensorDescription(name: "w", dtype: .float32, shape: [2])]
    var sink = ByteArraySink()
    let problem = FormatError(file: "f", reason: .checkpoint(.otherTensor("w")))
    #expect(throws: problem) { try PTWriter.write(announced, to: &sink, file: "f") { _ in Tensor([1 as Float]) } }
    #expect(throws: problem) { try SafetensorsWriter.write(announced, to: &sink, file: "f") { _ in Tensor([1 as Float]) } }
  }

  @Test("complex128 is refused by safetensors before anything is written, and kept by .pt")
  func complex128() throws {
    let dictionary = try StateDict([("w", Tensor(dtype: .complex128, shape: [1], data: [UInt8](repeating: 1, count: 16)))])
    var sink = ByteArraySink()
    #expect(throws: FormatError(file: "f", reason: .safetensors(.unwritableDType(tensor: "w", dtype: .complex128)))) {
      try SafetensorsWriter.write(dictionary, to: &sink, file: "f")
    }
    #expect(sink.bytes.isEmpty)
    try PTWriter.write(dictionary, to: &sink, file: "f")
    #expect(try PTFile(InputFile(bytes: sink.bytes, name: "f")).stateDict() == dictionary)
  }

  @Test("names that a format cannot hold stop the writer")
  func names() {
    let twice = [String](repeating: "w", count: 2).map { TensorDescription(name: $0, dtype: .float32, shape: []) }
    var sink = ByteArraySink()
    #expect(throws: FormatError(file: "f", reason: .checkpoint(.duplicateName("w")))) {
      try PTWriter.write(twice, to: &sink, file: "f") { _ in Tensor([1 as Float]) }
    }
    let reserved = [TensorDescription(name: "__metadata__", dtype: .float32, shape: [1])]
    #expect(throws: FormatError(file: "f", reason: .checkpoint(.reservedName("__metadata__")))) {
      try SafetensorsWriter.write(reserved, to: &sink, file: "f") { _ in Tensor([1 as Float]) }
    }
    #expect(sink.bytes.isEmpty)
  }

  @Test(
    "a storage of several lanes has the checksum that bit by bit gives", arguments: [0, 1, 15, 16, 17, 4095, 12287, 12288, 12289, 40_000])
  func checksum(count: Int) throws {
    var random = Random(seed: UInt64(count))
    let data = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    let dictionary = try StateDict([("w", Tensor(dtype: .uint8, shape: [count], data: data))])
    let bytes = try Self.bytes { try PTWriter.write(dictionary, to: &$0, file: "f") }
    let checksum = le(crc32(data))
    // Once in the local header, once in the directory.
    #expect(bytes.indices.filter { bytes[$0...].starts(with: checksum) }.count >= 2)
    #expect(try PTFile(InputFile(bytes: bytes, name: "f")).stateDict() == dictionary)
  }

  @Test("a flipped bit anywhere in a storage is noticed by its checksum")
  func flippedBit() throws {
    let dictionary = try StateDict([("w", Tensor(dtype: .uint8, shape: [13_000], data: [UInt8](repeating: 0xaa, count: 13_000)))])
    let bytes = try Self.bytes { try PTWriter.write(dictionary, to: &$0, file: "f") }
    let start = try #require(bytes.indices.first { bytes[$0...].starts(with: [UInt8](repeating: 0xaa, count: 100)) })
    for place in [0, 1, 4096, 8191, 12_288, 12_999] {
      var damaged = bytes
      damaged[start + place] ^= 1
      guard case .zip(.checksum("archive/data/0", _, _))? = refusal(damaged)?.reason else {
        Issue.record("byte \(place) passed")
        continue
      }
    }
  }
}
