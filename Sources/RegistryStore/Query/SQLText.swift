internal import SQLite

/// The little that is read of SQL that people wrote: where a name ends, and where a comma parts two terms.
enum SQLText {
  /// The column that SQLite doesn't know, as it names it.
  static func unknownColumn(in error: SQLiteError) -> String? {
    let prefix = "no such column: "
    return error.message.hasPrefix(prefix) ? String(error.message.dropFirst(prefix.count)) : nil
  }

  /// The table that SQLite doesn't know.
  static func unknownTable(in error: SQLiteError) -> String? {
    let prefix = "no such table: "
    return error.message.hasPrefix(prefix) ? String(error.message.dropFirst(prefix.count)) : nil
  }

  /// The function that SQLite doesn't know.
  static func unknownFunction(in error: SQLiteError) -> String? {
    let prefix = "no such function: "
    return error.message.hasPrefix(prefix) ? String(error.message.dropFirst(prefix.count)) : nil
  }

  /// Whether a name in double quotes begins at a byte.
  static func isDoubleQuoted(_ text: String, at offset: Int) -> Bool {
    offset >= 0 && offset < text.utf8.count && text.utf8[text.utf8.index(text.startIndex, offsetBy: offset)] == UInt8(ascii: "\"")
  }

  /// The range of a name with a dot in it, `params.x` or `params . "my key"`, which SQLite has found to begin at a byte.
  static func qualifiedName(in text: String, at offset: Int) -> Range<String.Index>? {
    guard offset >= 0, offset < text.utf8.count else { return nil }
    let start = text.utf8.index(text.startIndex, offsetBy: offset)
    guard let dot = skipBlanks(text, nameEnd(text, from: start)), text.unicodeScalars[dot] == ".",
      let key = skipBlanks(text, text.unicodeScalars.index(after: dot))
    else { return nil }
    let end = nameEnd(text, from: key)
    return end > key ? start..<end : nil
  }

  /// Where a name ends: after its closing quote, or where no letter of a plain one comes (SQLite takes all beyond ASCII for letters).
  private static func nameEnd(_ text: String, from start: String.Index) -> String.Index {
    let bytes = text.utf8
    guard start < bytes.endIndex else { return start }
    let quotes: [UInt8: UInt8] = [
      UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "`"): UInt8(ascii: "`"), UInt8(ascii: "["): UInt8(ascii: "]"),
      UInt8(ascii: "'"): UInt8(ascii: "'"),
    ]
    guard let quote = quotes[bytes[start]] else {
      return bytes[start...].firstIndex { !($0 >= 0x80 || $0 == UInt8(ascii: "$") || Character(Unicode.Scalar($0)).isWordLetter) }
        ?? bytes.endIndex
    }
    var index = bytes.index(after: start)
    while let end = bytes[index...].firstIndex(of: quote) {
      index = bytes.index(after: end)
      // Twice is the quote itself.
      guard quote != UInt8(ascii: "]"), index < bytes.endIndex, bytes[index] == quote else { return index }
      index = bytes.index(after: index)
    }
    return bytes.endIndex
  }

  /// The next place that is neither blank nor comment; nil at the end.
  private static func skipBlanks(_ text: String, _ start: String.Index) -> String.Index? {
    var rest = text[start...]
    while let first = rest.first {
      if first.isWhitespace {
        rest = rest.dropFirst()
      } else if rest.hasPrefix("--") {
        rest = rest.drop { !$0.isNewline }
      } else if rest.hasPrefix("/*") {
        guard let end = rest.dropFirst(2).firstRange(of: "*/") else { return nil }
        rest = rest[end.upperBound...]
      } else {
        return rest.startIndex
      }
    }
    return nil
  }

  /// The parts of a list between its commas, but for those in parentheses, quotes and comments.
  static func terms(of list: String) -> [Substring] {
    var terms: [Substring] = []
    var (start, depth) = (list.startIndex, 0)
    var index = list.startIndex
    while let next = skipBlanks(list, index) {
      index = next
      let character = list[index]
      if "'\"`[".contains(character) {
        index = nameEnd(list, from: index)
        continue
      }
      if "()".contains(character) { depth += character == "(" ? 1 : -1 }
      if character == ",", depth == 0 {
        terms.append(list[start..<index])
        start = list.index(after: index)
      }
      index = list.index(after: index)
    }
    return terms + [list[start...]]
  }
}

extension Character {
  fileprivate var isWordLetter: Bool { isASCII && (isLetter || isNumber || self == "_") }
}
