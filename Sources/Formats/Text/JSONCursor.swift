/// Reads the JSON that a safetensors header may consist of: objects, strings, natural numbers.  The caller knows what comes
/// next, so that there is no tree, no recursion and nothing to bound beyond the text itself; it sees duplicate keys.
///
/// Source: RFC 8259.
struct JSONCursor {
  private let file: String
  private let bytes: [UInt8]
  /// Where `bytes` start in the file, for messages.
  private let base: Int
  private(set) var position = 0

  init(_ bytes: [UInt8], file: String, base: Int) {
    self.bytes = bytes
    self.file = file
    self.base = base
  }

  func failure(_ problem: JSONProblem) -> FormatError {
    FormatError(file: file, offset: base + position, reason: .json(problem))
  }

  /// The offset in the file, for messages.
  var place: Int { base + position }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      default: return
      }
    }
  }

  /// Takes this character if it comes next.
  mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
    position += 1
    return true
  }

  /// Takes `null` if it comes next.
  mutating func takeNull() -> Bool {
    skipSpace()
    guard bytes[position...].starts(with: Array("null".utf8)) else { return false }
    position += 4
    return true
  }

  mutating func expect(_ character: Character) throws(FormatError) {
    guard take(character) else { throw failure(position < bytes.count ? .expected("'\(character)'") : .truncated) }
  }

  /// Nothing but white space may follow.
  mutating func finish() throws(FormatError) {
    skipSpace()
    guard position == bytes.count else { throw failure(.trailingText) }
  }

  /// A number without sign, fraction or exponent.
  mutating func natural() throws(FormatError) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      let product = value.multipliedReportingOverflow(by: 10)
      let sum = product.partialValue.addingReportingOverflow(Int(bytes[position] - 0x30))
      guard !product.overflow, !sum.overflow else { throw failure(.numberTooLarge) }
      value = sum.partialValue
      position += 1
    }
    guard position > start else { throw failure(position < bytes.count ? .badNumber : .truncated) }
    guard bytes[start] != 0x30 || position == start + 1 else { throw failure(.badNumber) }
    if position < bytes.count, [0x2e, 0x65, 0x45].contains(bytes[position]) { throw failure(.badNumber) }
    return value
  }

  mutating func string() throws(FormatError) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while true {
      guard position < bytes.count else { throw failure(.truncated) }
      let byte = bytes[position]
      position += 1
      switch byte {
      case 0x22:
        guard let string = String(validating: text, as: UTF8.self) else { throw failure(.badString) }
        return string
      case 0x5c: text += Array(String(try escape()).utf8)
      case 0..<0x20: throw failure(.badString)
      default: text.append(byte)
      }
    }
  }

  /// Goes past a value of any kind, which must be JSON; of its brackets no more is kept than their kinds.
  mutating func skipValue() throws(FormatError) {
    /// Whether each open bracket is an object's.
    var open: [Bool] = []
    repeat {
      guard open.count <= Self.maximumDepth else { throw failure(.tooDeep(limit: Self.maximumDepth)) }
      if take("{") {
        if !take("}") {
          open.append(true)
          try skipKey()
          continue
        }
      } else if take("[") {
        if !take("]") {
          open.append(false)
          continue
        }
      } else {
        try skipScalar()
      }
      while let isObject = open.last {
        if take(",") {
          if isObject { try skipKey() }
          break
        }
        try expect(isObject ? "}" : "]")
        open.removeLast()
      }
    } while !open.isEmpty
  }

  private static let maximumDepth = 512

  private mutating func skipKey() throws(FormatError) {
    _ = try string()
    try expect(":")
  }

  /// A text, a number, `true`, `false` or `null`.
  private mutating func skipScalar() throws(FormatError) {
    skipSpace()
    guard position < bytes.count else { throw failure(.truncated) }
    if bytes[position] == 0x22 {
      _ = try string()
      return
    }
    for word in ["true", "false", "null"] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return
    }
    try skipNumber()
  }

  /// -1.5e+3
  private mutating func skipNumber() throws(FormatError) {
    func next() -> UInt8? { position < bytes.count ? bytes[position] : nil }
    if next() == 0x2d { position += 1 }
    let start = position
    try skipDigits()
    guard bytes[start] != 0x30 || position == start + 1 else { throw failure(.expected("a value")) }
    if next() == 0x2e {
      position += 1
      try skipDigits()
    }
    if let letter = next(), letter | 0x20 == 0x65 {
      position += 1
      if let sign = next(), sign == 0x2b || sign == 0x2d { position += 1 }
      try skipDigits()
    }
  }

  /// One or more.
  private mutating func skipDigits() throws(FormatError) {
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    guard position > start else { throw failure(position < bytes.count ? .expected("a value") : .truncated) }
  }

  private mutating func escape() throws(FormatError) -> Unicode.Scalar {
    guard position < bytes.count else { throw failure(.truncated) }
    defer { position += 1 }
    switch bytes[position] {
    case 0x22: return "\""
    case 0x5c: return "\\"
    case 0x2f: return "/"
    case 0x62: return "\u{8}"
    case 0x66: return "\u{c}"
    case 0x6e: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    case 0x75:
      let first = try codeUnit()
      if let scalar = Unicode.Scalar(first) { return scalar }
      // A high surrogate needs its low one.
      guard UTF16.isLeadSurrogate(UInt16(first)), bytes.count - position > 2, bytes[position + 1] == 0x5c, bytes[position + 2] == 0x75
      else {
        throw failure(.badString)
      }
      position += 2
      let second = try codeUnit()
      guard UTF16.isTrailSurrogate(UInt16(second)), let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)) else {
        throw failure(.badString)
      }
      return scalar
    default: throw failure(.badString)
    }
  }

  /// The four digits after `\u`; leaves the position on the last of them.
  private mutating func codeUnit() throws(FormatError) -> UInt32 {
    guard bytes.count - position > 4 else { throw failure(.truncated) }
    var value: UInt32 = 0
    for _ in 0..<4 {
      position += 1
      guard bytes[position] < 0x80, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else { throw failure(.badString) }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
