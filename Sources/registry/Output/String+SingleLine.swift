#if canImport(Glibc)
import Glibc
#endif

extension String {
  /// On one line, whatever it holds: `⏎` for a line's end, `⇥` for a tab, `·` for other control characters, so that a cell stays in its
  /// row and no text of a stranger's file steers the terminal.
  var singleLine: String {
    guard !isPlain, unicodeScalars.contains(where: \.isControl) else { return self }
    var result = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": result.append("⏎")
      case "\t": result.append("⇥")
      default: result.append(scalar.isControl ? "·" : scalar)
      }
      previous = scalar
    }
    return String(result)
  }

  /// The same line by line: a text that may have several.
  var plainLines: String {
    split(omittingEmptySubsequences: false) { $0.isNewline }.map { String($0).singleLine }.joined(separator: "\n")
  }

  /// As one of several on a line: in quotes where it couldn't be told where it ends.
  var quotedInList: String {
    guard contains(where: { $0.isWhitespace || ",='\"".contains($0) }) else { return self }
    return "'\(split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
  }

  /// At most so many columns, the last one `…` where something was cut.
  func truncated(to width: Int) -> String {
    guard displayWidth > width else { return self }
    var result = ""
    var used = 0
    for character in self {
      guard used + character.displayWidth < width else { break }
      result.append(character)
      used += character.displayWidth
    }
    return result + "…"
  }

  /// At most so many columns, with `…` where something was cut: of names, whose ends tell more than their beginnings, the middle.
  func truncatedInMiddle(to width: Int) -> String {
    guard displayWidth > width else { return self }
    func taken(_ characters: some Sequence<Character>, _ room: Int) -> [Character] {
      var rest = room
      return Array(
        characters.prefix {
          rest -= $0.displayWidth
          return rest >= 0
        })
    }
    let head = taken(self, max(0, width - 1) / 3)
    let tail = taken(reversed(), width - 1 - head.reduce(0) { $0 + $1.displayWidth })
    return String(head) + "…" + String(tail.reversed())
  }

  func padded(to width: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - displayWidth))
    return right ? space + self : self + space
  }

  /// Every line moved to the right by two.
  var indented: String { split(separator: "\n").map { "  \($0)\n" }.joined() }

  var trimmingTrailingSpaces: String { String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)]) }
}

extension Unicode.Scalar {
  var isControl: Bool {
    value < 0x20 || (0x7f...0x9f).contains(value) || (0x2028...0x202e).contains(value) || (0x2066...0x2069).contains(value)
  }
}

extension Double {
  /// At most six significant digits, for tables: `0.0550367`, `1.5e-07`; `nan`, `inf` and `-inf`, as Python and PyTorch print them.
  var shortText: String {
    guard isFinite else { return isNaN ? "nan" : self > 0 ? "inf" : "-inf" }
    var buffer = [CChar](repeating: 0, count: 32)
    let count = withVaList([self]) { vsnprintf(&buffer, buffer.count, "%.6g", $0) }
    return String(decoding: buffer.prefix(max(0, Int(count))).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

extension Int {
  /// So many of something whose plural has an s: `1 row`, `20 rows`.
  func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
