/// Reads one value of JSON (RFC 8259) from bytes.  Nothing is executed, no length is trusted, and values stand in one another no deeper than
/// `maximumDepth`.
public struct JSONReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0
  /// Whether `NaN`, `Infinity` and `-Infinity` are numbers, as Python writes them.
  private let takesNaN: Bool

  /// Brackets that stand in one another.
  public static let maximumDepth = 64

  /// Reads all of the bytes as one value.
  public static func read(_ bytes: UnsafeRawBufferPointer, takingNaN: Bool = false) throws(JSONTextError) -> JSONNode {
    var reader = unsafe JSONReader(bytes: bytes, takesNaN: takingNaN)
    let value = try reader.value()
    reader.skipSpace()
    guard reader.position == bytes.count else { throw reader.failure("something follows the value") }
    return value
  }

  /// Reads all of a text as one value.
  public static func read(_ text: String, takingNaN: Bool = false) throws(JSONTextError) -> JSONNode {
    let bytes = Array(text.utf8)
    let result = unsafe bytes.withUnsafeBytes { buffer -> Result<JSONNode, JSONTextError> in
      do throws(JSONTextError) { return .success(try unsafe read(buffer, takingNaN: takingNaN)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private init(bytes: UnsafeRawBufferPointer, takesNaN: Bool) {
    unsafe self.bytes = bytes
    self.takesNaN = takesNaN
  }

  private func failure(_ problem: String, at offset: Int? = nil) -> JSONTextError {
    JSONTextError(offset: offset ?? position, problem: position >= bytes.count && offset == nil ? "it ends too early" : problem)
  }

  private var next: UInt8? { position < bytes.count ? unsafe bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func takeWord(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard bytes.count - position >= count else { return false }
    for index in 0..<count where unsafe bytes[position + index] != word.utf8Start[index] { return false }
    position += count
    return true
  }

  private mutating func value() throws(JSONTextError) -> JSONNode {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): if takeWord("true") { return .bool(true) }
    case UInt8(ascii: "f"): if takeWord("false") { return .bool(false) }
    case UInt8(ascii: "n"): if takeWord("null") { return .null }
    case UInt8(ascii: "N"): if takesNaN, takeWord("NaN") { return .number("NaN") }
    case UInt8(ascii: "I"): if takesNaN, takeWord("Infinity") { return .number("Infinity") }
    case UInt8(ascii: "-"):
      if takesNaN, takeWord("-Infinity") { return .number("-Infinity") }
      return .number(try number())
    case (0x30...0x39)?: return .number(try number())
    default: break
    }
    throw failure("a value was expected")
  }

  private mutating func enter() throws(JSONTextError) {
    position += 1
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw failure("brackets stand in one another more than \(Self.maximumDepth) deep", at: position - 1)
    }
  }

  private mutating func object() throws(JSONTextError) -> [(key: String, value: JSONNode)] {
    try enter()
    defer { depth -= 1 }
    var pairs: [(key: String, value: JSONNode)] = []
    if take(UInt8(ascii: "}")) { return pairs }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw failure("a key in quotes was expected") }
      let key = try string()
      guard take(UInt8(ascii: ":")) else { throw failure("a colon was expected") }
      pairs.append((key, try value()))
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw failure("a comma or } was expected") }
    return pairs
  }

  private mutating func array() throws(JSONTextError) -> [JSONNode] {
    try enter()
    defer { depth -= 1 }
    var values: [JSONNode] = []
    if take(UInt8(ascii: "]")) { return values }
    repeat { values.append(try value()) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw failure("a comma or ] was expected") }
    return values
  }

  /// `-1.5e+3`, as it stands there.
  private mutating func number() throws(JSONTextError) -> String {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let first = position
    try digits()
    guard unsafe bytes[first] != 0x30 || position == first + 1 else { throw failure("a number has no leading zero", at: first) }
    if next == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if let letter = next, letter | 0x20 == UInt8(ascii: "e") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    return unsafe String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits() throws(JSONTextError) {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw failure("a digit was expected") }
  }

  /// Between its quotes; the position is on the first of them.
  private mutating func string() throws(JSONTextError) -> String {
    position += 1
    let start = position
    // Most have no escapes.
    while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
    if next == UInt8(ascii: "\"") {
      defer { position += 1 }
      guard let text = unsafe String(validating: bytes[start..<position], as: UTF8.self) else {
        throw failure("a text is no UTF-8", at: start)
      }
      return text
    }
    return try stringWithEscapes(from: start)
  }

  private mutating func stringWithEscapes(from start: Int) throws(JSONTextError) -> String {
    var text = unsafe Array(bytes[start..<position])
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw failure("a text is no UTF-8", at: start) }
        return string
      case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
      case 0..<0x20: throw failure("a text holds a control character", at: position - 1)
      default: text.append(byte)
      }
    }
    throw failure("")
  }

  private mutating func escape() throws(JSONTextError) -> Unicode.Scalar {
    guard let byte = next else { throw failure("") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let place = position - 2
      let first = try codeUnit()
      if let scalar = Unicode.Scalar(first) { return scalar }
      // A high surrogate needs its low one.
      guard UTF16.isLeadSurrogate(UInt16(first)), takeWord("\\u") else { throw failure("half of a surrogate pair", at: place) }
      let second = try codeUnit()
      guard UTF16.isTrailSurrogate(UInt16(second)), let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
      else { throw failure("half of a surrogate pair", at: place) }
      return scalar
    default: throw failure("an escape that there isn't", at: position - 2)
    }
  }

  /// The four digits after `\u`.
  private mutating func codeUnit() throws(JSONTextError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("four hex digits were expected")
      }
      position += 1
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
