/// Why a text is no pattern.
public enum LinePatternError: Error, Equatable {
  /// It has no number with a name.
  case nothingNamed
  case unclosedBrace
  case strayBrace
  /// A name is empty or has other characters than letters, digits and `_ - . / @`.
  case illegalName(String)
  case twice(String)
  /// Two numbers without anything between them.
  case adjacentNumbers(String, String)
  case tooLong(limit: Int)
}

extension LinePatternError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .nothingNamed: "it names no number"
    case .unclosedBrace: "a '{' is not closed"
    case .strayBrace: "a '}' has no '{'; '}}' is a brace"
    case .illegalName(let name): "'{\(name)}' is no name: letters, digits and _ - . / @ make one"
    case .twice(let name): "'{\(name)}' stands in it twice"
    case .adjacentNumbers(let first, let second): "there is nothing between '{\(first)}' and '{\(second)}'"
    case .tooLong(let limit): "it is longer than \(limit) bytes"
    }
  }
}

extension LinePattern {
  /// The longest pattern, in bytes: what a line costs grows with it.
  public static let longest = 1000

  /// Reads a pattern.
  public init(_ text: String) throws(LinePatternError) {
    let bytes = Array(text.utf8)
    guard bytes.count <= Self.longest else { throw .tooLong(limit: Self.longest) }
    var (chunks, names): ([Chunk], [String]) = ([[]], [])
    func add(_ piece: Piece) { chunks[chunks.count - 1].append(piece) }
    func add(literal byte: UInt8) {
      if case .literal(let text)? = chunks[chunks.count - 1].last {
        chunks[chunks.count - 1][chunks[chunks.count - 1].count - 1] = .literal(text + [byte])
      } else {
        add(.literal([byte]))
      }
    }
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      let isDoubled = place + 1 < bytes.count && bytes[place + 1] == byte
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "}"):
        if isDoubled {
          add(literal: byte)
          place += 2
          continue
        }
        if byte == UInt8(ascii: "}") { throw .strayBrace }
        guard let end = bytes[place...].firstIndex(of: UInt8(ascii: "}")) else { throw .unclosedBrace }
        let name = String(decoding: bytes[place + 1..<end], as: UTF8.self)
        if bytes[place + 1..<end].elementsEqual("_".utf8) {
          chunks.append([])
        } else {
          guard Self.isName(bytes[place + 1..<end]) else { throw .illegalName(name) }
          if names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) { throw .twice(name) }
          if case .number(let last)? = chunks[chunks.count - 1].last { throw .adjacentNumbers(names[last], name) }
          add(.number(names.count))
          names.append(name)
        }
        place = end
      case 0x20, 0x09: if chunks[chunks.count - 1].last != .blanks { add(.blanks) }
      default: add(literal: byte)
      }
      place += 1
    }
    // Where it was found doesn't matter at its ends.
    guard !names.isEmpty else { throw .nothingNamed }
    (self.chunks, self.names) = (chunks, names)
  }

  private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy { $0.isDigit || $0.isLetter || "_-./@".utf8.contains($0) || $0 >= 0x80 }
  }
}
