/// The bytes of one protobuf message, field by field; written only, never read.
///
/// A writer of our own, because ONNX needs a dozen messages and three wire types of it: swift-protobuf takes longer to build
/// than this whole program.  Fields stand in the order of the calls, and nothing is left out for being zero: equal calls give
/// equal bytes.  Source: Protocol Buffers, "Encoding".
struct ProtobufMessage {
  /// How many bytes it has.
  private(set) var byteCount = 0
  /// Long fields stand as they came, so that nesting messages in messages copies no weights.
  private var pieces: [[UInt8]] = []
  /// What follows the last piece.
  private var tail: [UInt8] = []

  /// Wire types of the encoding.
  private enum WireType: UInt64 {
    case varint = 0
    case lengthDelimited = 2
    case fixed32 = 5
  }

  private static let pieceBytes = 4096

  /// `int32`, `int64` and enumerations: a negative number has ten bytes.
  mutating func add(_ field: UInt64, _ value: Int64) {
    tag(field, .varint)
    varint(UInt64(bitPattern: value))
  }

  /// `float`.
  mutating func add(_ field: UInt64, _ value: Float) {
    tag(field, .fixed32)
    var bytes: [UInt8] = []
    bytes.append(littleEndian: value.bitPattern)
    append(bytes)
  }

  /// `string`.
  mutating func add(_ field: UInt64, _ value: String) { add(field, bytes: Array(value.utf8)) }

  /// `bytes`.
  mutating func add(_ field: UInt64, bytes: [UInt8]) {
    tag(field, .lengthDelimited)
    varint(UInt64(bytes.count))
    append(bytes)
  }

  /// A message in this message.
  mutating func add(_ field: UInt64, _ message: ProtobufMessage) {
    tag(field, .lengthDelimited)
    varint(UInt64(message.byteCount))
    for piece in message.pieces { append(piece) }
    append(message.tail)
  }

  /// A field for each of the messages.
  mutating func add(_ field: UInt64, each messages: [ProtobufMessage]) {
    for message in messages { add(field, message) }
  }

  /// Hands over all bytes, in order.
  func write<Sink: ByteSink & ~Copyable>(to sink: inout Sink) throws(FormatError) {
    for piece in pieces { try sink.write(piece) }
    try sink.write(tail)
  }

  private mutating func tag(_ field: UInt64, _ type: WireType) { varint(field << 3 | type.rawValue) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(bytes + [UInt8(rest)])
  }

  private mutating func append(_ bytes: [UInt8]) {
    byteCount += bytes.count
    if bytes.count < Self.pieceBytes {
      tail += bytes
    } else {
      pieces += [tail, bytes]
      tail = []
    }
  }
}
