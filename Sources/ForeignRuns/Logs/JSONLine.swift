/// Reads a line that is one JSON object into flat keys: `{"a": {"b": 1}}` is `a.b`.  It never recurses; lists are passed over.
///
/// Source: RFC 8259; besides it takes the NaN, Infinity and -Infinity that Python writes.
struct JSONLine {
  /// A value as its text; a quoted text that isn't a number stays apart from one that is.
  struct Field {
    let key: String
    let text: String
    /// Whether it is a number, bare or one of the words for NaN and the infinities in quotes.
    let isNumber: Bool
  }

  struct Malformed: Error {
    let problem: String
  }

  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private(set) var fields: [Field] = []
  private static let deepest = 64

  /// The fields of an object.
  static func fields(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> [Field] {
    var line = JSONLine(bytes)
    try line.read()
    return line.fields
  }

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  private func failure(_ problem: String) -> Malformed {
    Malformed(problem: position < bytes.endIndex ? "\(problem) (byte \(position - bytes.startIndex + 1))" : "the line ends too early")
  }

  private mutating func skipSpace() {
    while position < bytes.endIndex, [0x20, 0x09, 0x0d, 0x0a].contains(bytes[position]) { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard position < bytes.endIndex, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func read() throws(Malformed) {
    guard take(0x7b) else { throw failure("an object is due") }
    /// The keys of the objects that are open, each with its dot; nil within a list.
    var open: [String?] = [""]
    var isFirst = true
    while let prefix = open.last {
      if let prefix {
        if take(0x7d) {
          open.removeLast()
          isFirst = false
          continue
        }
        if !isFirst { try expect(0x2c) }
        let key = try string()
        try expect(0x3a)
        try value(prefix + key, &open, &isFirst)
      } else {
        if take(0x5d) {
          open.removeLast()
          isFirst = false
          continue
        }
        if !isFirst { try expect(0x2c) }
        try value(nil, &open, &isFirst)
      }
    }
    skipSpace()
    guard position == bytes.endIndex else { throw failure("text behind the object") }
  }

  private mutating func expect(_ byte: UInt8) throws(Malformed) {
    guard take(byte) else { throw failure("'\(Character(Unicode.Scalar(byte)))' is due") }
  }

  /// A value; what opens an object or a list is entered, and what is in a list has no key.
  private mutating func value(_ key: String?, _ open: inout [String?], _ isFirst: inout Bool) throws(Malformed) {
    skipSpace()
    guard position < bytes.endIndex else { throw failure("a value is due") }
    isFirst = false
    switch bytes[position] {
    case 0x7b, 0x5b:
      guard open.count < Self.deepest else { throw failure("nested more than \(Self.deepest) deep") }
      // Objects within a list are read to be passed over.
      open.append(bytes[position] == 0x7b ? key.map { "\($0)." } ?? "\u{0}" : nil)
      position += 1
      isFirst = true
    case 0x22:
      let text = try string()
      let isWord = ["NaN", "Infinity", "-Infinity", "nan", "inf", "-inf"].contains(text)
      add(key, text, isNumber: isWord)
    default:
      let start = position
      while position < bytes.endIndex, ![0x2c, 0x7d, 0x5d, 0x20, 0x09, 0x0d].contains(bytes[position]) { position += 1 }
      let text = String(decoding: bytes[start..<position], as: UTF8.self)
      switch text {
      case "true", "false": add(key, text, isNumber: false)
      case "null": break
      default:
        guard text.first?.isLetter != true || ["NaN", "Infinity"].contains(text), LogNumber.value(text) != nil else {
          position = start
          throw failure("'\(shown(text))' isn't a value")
        }
        add(key, text, isNumber: true)
      }
    }
  }

  private mutating func add(_ key: String?, _ text: String, isNumber: Bool) {
    guard let key, !key.utf8.contains(0) else { return }
    fields.append(Field(key: key, text: text, isNumber: isNumber))
  }

  private mutating func string() throws(Malformed) -> String {
    guard take(0x22) else { throw failure("a text in quotes is due") }
    var text: [UInt8] = []
    while position < bytes.endIndex {
      let byte = bytes[position]
      position += 1
      switch byte {
      case 0x22:
        guard let string = String(validating: text, as: UTF8.self) else { throw failure("text that isn't UTF-8") }
        return string
      case 0x5c: text += Array(String(try escape()).utf8)
      case 0..<0x20: throw failure("a control character in a text")
      default: text.append(byte)
      }
    }
    throw failure("a text has no end")
  }

  private mutating func escape() throws(Malformed) -> Unicode.Scalar {
    guard position < bytes.endIndex else { throw failure("a text has no end") }
    let letter = bytes[position]
    position += 1
    switch letter {
    case 0x22, 0x5c, 0x2f: return Unicode.Scalar(letter)
    case 0x62: return "\u{8}"
    case 0x66: return "\u{c}"
    case 0x6e: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    case 0x75:
      let first = try codeUnit()
      if let scalar = Unicode.Scalar(UInt32(first)) { return scalar }
      // A high surrogate needs its low one; a lone one is no character.
      guard UTF16.isLeadSurrogate(first), bytes[position...].starts(with: "\\u".utf8) else { return "\u{fffd}" }
      position += 2
      let second = try codeUnit()
      guard UTF16.isTrailSurrogate(second) else { return "\u{fffd}" }
      return Unicode.Scalar(0x10000 + UInt32(first - 0xd800) << 10 + UInt32(second - 0xdc00)) ?? "\u{fffd}"
    default: throw failure("an unknown escape")
    }
  }

  private mutating func codeUnit() throws(Malformed) -> UInt16 {
    guard bytes.endIndex - position >= 4 else { throw failure("a text has no end") }
    let digits = bytes[position..<position + 4]
    guard digits.allSatisfy({ $0 < 0x80 && Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw failure("an unknown escape") }
    position += 4
    return unit
  }
}
