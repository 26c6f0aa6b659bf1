internal import Tensors

/// Goes through the lines of a meta.yaml.  Source: YAML 1.2, sections 7.3 (flow scalars) and 5.7 (escapes).
struct MetaReader {
  private let bytes: [UInt8]
  private let path: String
  private var position = 0
  private var line = 1

  init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  private func failure(_ problem: String) -> ForeignError { ForeignError(file: path, .line(line), .yaml(problem)) }
  private func peek(_ ahead: Int = 0) -> UInt8? { position + ahead < bytes.count ? bytes[position + ahead] : nil }

  private mutating func take() -> UInt8? {
    guard let byte = peek() else { return nil }
    position += 1
    if byte == 0x0a { line += 1 }
    return byte
  }

  mutating func read() throws(ForeignError) -> [Name: MetaFile.Value] {
    var values: [Name: MetaFile.Value] = [:]
    while peek() != nil {
      guard indentation() == 0 else { throw failure("an indented line where a key is due") }
      let key = try key()
      guard values.updateValue(try value(), forKey: Name(key)) == nil else { throw failure("'\(shown(key))' stands there twice") }
    }
    return values
  }

  /// Spaces before what comes next on this line.
  private func indentation() -> Int { bytes[position...].prefix { $0 == 0x20 }.count }

  private mutating func key() throws(ForeignError) -> String {
    let key = peek() == 0x27 || peek() == 0x22 ? try quoted() : try plainKey()
    guard take() == 0x3a else { throw failure("a key without ':'") }
    return key
  }

  private mutating func plainKey() throws(ForeignError) -> String {
    let start = position
    while let byte = peek(), byte != 0x0a, !(byte == 0x3a && (peek(1) == 0x20 || peek(1) == 0x0a || peek(1) == nil)) { position += 1 }
    return try plainText(start..<position)
  }

  /// What stands after a key.
  private mutating func value() throws(ForeignError) -> MetaFile.Value {
    if peek() == 0x20 { position += 1 }
    guard peek() == 0x0a || peek() == nil else {
      if takeWord("[]") { return .list([]) }
      if takeWord("{}") { return .dictionary([]) }
      return try scalar(indentation: 0).map { .text($0) } ?? .null
    }
    _ = take()
    if isItem { return .list(try items()) }
    return indentation() == 2 ? .dictionary(try entries()) : .null
  }

  private var isItem: Bool { peek() == 0x2d && peek(1) == 0x20 }

  private mutating func items() throws(ForeignError) -> [String] {
    var items: [String] = []
    while isItem {
      position += 2
      items.append(try scalar(indentation: 0) ?? "")
    }
    return items
  }

  private mutating func entries() throws(ForeignError) -> [ForeignPair] {
    var entries: [ForeignPair] = []
    while peek() != nil, indentation() == 2 {
      position += 2
      let key = try key()
      guard peek() == 0x20 else { throw failure("'\(shown(key))' holds more than a text") }
      position += 1
      entries.append(ForeignPair(key, try scalar(indentation: 2) ?? ""))
    }
    return entries
  }

  private mutating func takeWord(_ word: String) -> Bool {
    let end = position + word.utf8.count
    guard bytes[position...].starts(with: word.utf8), end == bytes.count || bytes[end] == 0x0a else { return false }
    position = end
    _ = take()
    return true
  }

  /// A text up to the end of its last line; nil for null.
  private mutating func scalar(indentation: Int) throws(ForeignError) -> String? {
    if peek() == 0x27 || peek() == 0x22 {
      let text = try quoted()
      guard peek() == nil || peek() == 0x0a else { throw failure("text behind a closing quote") }
      _ = take()
      return text
    }
    var text = try plainLine()
    // A long text goes on in lines that are indented further.
    while peek() != nil, self.indentation() > indentation {
      position += self.indentation()
      text += " " + (try plainLine())
    }
    return ["null", "Null", "NULL", "~", ""].contains(text) ? nil : text
  }

  private mutating func plainLine() throws(ForeignError) -> String {
    let start = position
    while let byte = peek(), byte != 0x0a { position += 1 }
    let text = try plainText(start..<position)
    _ = take()
    return text
  }

  /// A text without quotes: one that would mean something else to YAML is refused.
  private func plainText(_ range: Range<Int>) throws(ForeignError) -> String {
    let part = bytes[range]
    guard let text = String(validating: part, as: UTF8.self) else { throw failure("text that isn't UTF-8") }
    if let first = part.first,
      "&*!|>%@`?{}[],#\"'".utf8.contains(first) || first == 0x2d && (part.count == 1 || part[range.lowerBound + 1] == 0x20)
    {
      throw failure("'\(shown(text))' is more of YAML than MLflow writes")
    }
    let bytes = Array(part)
    for index in bytes.indices.dropLast()
    where bytes[index] == 0x3a && bytes[index + 1] == 0x20 || bytes[index] == 0x20 && bytes[index + 1] == 0x23 {
      throw failure("'\(shown(text))' is more of YAML than MLflow writes")
    }
    return text
  }

  /// A text in single or double quotes, with its line breaks folded.
  private mutating func quoted() throws(ForeignError) -> String {
    let quote = take()
    let isDouble = quote == 0x22
    var text: [UInt8] = []
    /// Up to here spaces were written as escapes: folding leaves them.
    var kept = 0
    while let byte = take() {
      switch byte {
      case 0x27 where !isDouble:
        guard peek() == 0x27 else { return try string(text) }
        position += 1
        text.append(byte)
      case 0x22 where isDouble: return try string(text)
      case 0x5c where isDouble:
        if peek() == 0x0a {
          _ = take()
          position += bytes[position...].prefix { $0 == 0x20 || $0 == 0x09 }.count
        } else {
          try escape(into: &text)
        }
        kept = text.count
      case 0x0a:
        while text.count > kept, text.last == 0x20 || text.last == 0x09 { text.removeLast() }
        fold(into: &text)
        kept = text.count
      default: text.append(byte)
      }
    }
    throw failure("a quoted text has no end")
  }

  /// One break is a space; of several, all but the first are breaks.
  private mutating func fold(into text: inout [UInt8]) {
    var breaks = 1
    while true {
      position += bytes[position...].prefix { $0 == 0x20 || $0 == 0x09 }.count
      guard peek() == 0x0a else { break }
      _ = take()
      breaks += 1
    }
    if breaks == 1 { text.append(0x20) } else { text += repeatElement(0x0a, count: breaks - 1) }
  }

  private mutating func escape(into text: inout [UInt8]) throws(ForeignError) {
    guard let letter = take() else { throw failure("a quoted text has no end") }
    if let value = Self.escapes[letter] {
      text += Array(String(value).utf8)
      return
    }
    guard let count = [UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8][letter], bytes.count - position >= count else {
      throw failure("an unknown escape")
    }
    let digits = String(decoding: bytes[position..<position + count], as: UTF8.self)
    guard let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else { throw failure("an unknown escape") }
    position += count
    text += Array(String(scalar).utf8)
  }

  private static let escapes: [UInt8: Unicode.Scalar] = [
    0x30: "\0", 0x61: "\u{7}", 0x62: "\u{8}", 0x74: "\t", 0x09: "\t", 0x6e: "\n", 0x76: "\u{b}", 0x66: "\u{c}", 0x72: "\r", 0x65: "\u{1b}",
    0x20: " ", 0x22: "\"", 0x2f: "/", 0x5c: "\\", 0x4e: "\u{85}", 0x5f: "\u{a0}", 0x4c: "\u{2028}", 0x50: "\u{2029}",
  ]

  private func string(_ text: [UInt8]) throws(ForeignError) -> String {
    guard let string = String(validating: text, as: UTF8.self) else { throw failure("text that isn't UTF-8") }
    return string
  }
}
