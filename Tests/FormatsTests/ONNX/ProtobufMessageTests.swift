import Testing

@testable import Formats

@Suite("A protobuf message")
struct ProtobufMessageTests {
  static func bytes(_ message: ProtobufMessage) throws -> [UInt8] {
    var sink = ByteArraySink()
    try message.write(to: &sink)
    #expect(sink.bytes.count == message.byteCount)
    return sink.bytes
  }

  /// Source: Protocol Buffers, "Encoding": 150 in field 1 is 08 96 01, "testing" in field 2 is 12 07 …
  @Test("has the bytes of the format's own description")
  func documented() throws {
    var message = ProtobufMessage()
    message.add(1, 150 as Int64)
    message.add(2, "testing")
    #expect(try Self.bytes(message) == [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8))
    var outer = ProtobufMessage()
    var inner = ProtobufMessage()
    inner.add(1, 150 as Int64)
    outer.add(3, inner)
    #expect(try Self.bytes(outer) == [0x1a, 0x03, 0x08, 0x96, 0x01])
  }

  @Test("keeps whole numbers of every size", arguments: [0, 1, 127, 128, 16_383, 16_384, -1, .max, .min] as [Int64])
  func numbers(value: Int64) throws {
    var message = ProtobufMessage()
    message.add(20, value)
    let bytes = try Self.bytes(message)
    #expect(try ProtobufReader(bytes).int(20) == value)
    #expect(value >= 0 || bytes.count == 12)
  }

  @Test("keeps the bits of a float", arguments: [0, -0.0, 1.5, .infinity, .nan, .leastNonzeroMagnitude] as [Float])
  func floats(value: Float) throws {
    var message = ProtobufMessage()
    message.add(2, value)
    #expect(try ProtobufReader(Self.bytes(message)).all(2) == [.fixed32(value.bitPattern)])
  }

  @Test("keeps long fields and their order through nested messages", arguments: [0, 1, 127, 128, 4095, 4096, 100_000])
  func nested(count: Int) throws {
    let long = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    var inner = ProtobufMessage()
    inner.add(1, "before")
    inner.add(9, bytes: long)
    inner.add(8, "after")
    var outer = ProtobufMessage()
    outer.add(5, each: [inner, inner])
    outer.add(6, "층")
    let reader = try ProtobufReader(Self.bytes(outer))
    #expect(reader.fields.map(\.number) == [5, 5, 6])
    #expect(reader.string(6) == "층")
    for message in try reader.messages(5) {
      #expect(message.fields.map(\.number) == [1, 9, 8])
      #expect(message.bytes(9) == [long])
      #expect(message.string(8) == "after")
    }
  }
}
