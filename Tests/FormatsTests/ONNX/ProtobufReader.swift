import Testing

/// A protobuf message, read back field by field: the reference that the writer is held against.
struct ProtobufReader {
  enum Value: Equatable {
    case varint(UInt64)
    case fixed32(UInt32)
    case bytes([UInt8])
  }

  let fields: [(number: UInt64, value: Value)]

  init(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    func varint() throws -> UInt64 {
      var result: UInt64 = 0
      for shift in stride(from: UInt64(0), to: 64, by: 7) {
        guard let byte = rest.popFirst() else { throw UnreadableProtobuf() }
        result |= UInt64(byte & 0x7f) << shift
        if byte < 0x80 { return result }
      }
      throw UnreadableProtobuf()
    }
    var fields: [(UInt64, Value)] = []
    while !rest.isEmpty {
      let tag = try varint()
      switch tag & 7 {
      case 0: fields.append((tag >> 3, .varint(try varint())))
      case 2:
        let count = Int(try varint())
        try #require(count <= rest.count)
        fields.append((tag >> 3, .bytes(Array(rest.prefix(count)))))
        rest = rest.dropFirst(count)
      case 5:
        try #require(rest.count >= 4)
        fields.append((tag >> 3, .fixed32(rest.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) })))
        rest = rest.dropFirst(4)
      default: throw UnreadableProtobuf()
      }
    }
    self.fields = fields
  }

  /// Every value of a field.
  func all(_ number: UInt64) -> [Value] { fields.filter { $0.number == number }.map(\.value) }

  func bytes(_ number: UInt64) -> [[UInt8]] {
    all(number).compactMap { if case .bytes(let bytes) = $0 { bytes } else { nil } }
  }

  func strings(_ number: UInt64) -> [String] { bytes(number).map { String(decoding: $0, as: UTF8.self) } }
  func string(_ number: UInt64) -> String? { strings(number).first }
  func messages(_ number: UInt64) throws -> [ProtobufReader] { try bytes(number).map { try ProtobufReader($0) } }

  func ints(_ number: UInt64) -> [Int64] {
    all(number).compactMap { if case .varint(let value) = $0 { Int64(bitPattern: value) } else { nil } }
  }

  func int(_ number: UInt64) -> Int64? { ints(number).first }
}

struct UnreadableProtobuf: Error {}
