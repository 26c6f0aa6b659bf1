/// Goes through the fields of one protobuf message.  It never recurses, and a length never reaches beyond the message.
///
/// Source: protobuf.dev/programming-guides/encoding.
struct WireCursor {
  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(ArraySlice<UInt8>)
  }

  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// What isn't a message.
  struct Malformed: Error {}

  /// The next field and its value; nil at the end of the message.
  mutating func next() throws(Malformed) -> (field: UInt64, value: Value)? {
    guard position < bytes.endIndex else { return nil }
    let key = try varint()
    guard key >> 3 != 0 else { throw Malformed() }
    let value: Value =
      switch key & 7 {
      case 0: .varint(try varint())
      case 1: .fixed64(try fixed(8))
      case 2: .bytes(try part())
      case 5: .fixed32(UInt32(truncatingIfNeeded: try fixed(4)))
      // Groups are long gone.
      default: throw Malformed()
      }
    return (key >> 3, value)
  }

  private mutating func part() throws(Malformed) -> ArraySlice<UInt8> {
    let count = try varint()
    guard count <= UInt64(bytes.endIndex - position) else { throw Malformed() }
    let start = position
    position += Int(count)
    return bytes[start..<position]
  }

  private mutating func fixed(_ count: Int) throws(Malformed) -> UInt64 {
    guard bytes.endIndex - position >= count else { throw Malformed() }
    defer { position += count }
    return bytes[position..<position + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A number of at most ten bytes.
  mutating func varint() throws(Malformed) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.endIndex else { throw Malformed() }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw Malformed()
  }

  /// Whether all of the message has been gone through.
  var isAtEnd: Bool { position == bytes.endIndex }
}

extension WireCursor.Value {
  /// A text; nil for another kind of value and for what isn't UTF-8.
  var text: String? {
    guard case .bytes(let bytes) = self else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  var double: Double? { if case .fixed64(let bits) = self { Double(bitPattern: bits) } else { nil } }
  var float: Double? { if case .fixed32(let bits) = self { Double(Float(bitPattern: bits)) } else { nil } }
  var integer: Int64? { if case .varint(let bits) = self { Int64(bitPattern: bits) } else { nil } }
}
