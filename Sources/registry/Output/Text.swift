#if canImport(Glibc)
import Glibc
#endif

extension String {
  /// How many columns of a terminal the text takes: two for wide East Asian characters and most emoji, none for marks that
  /// combine.
  var displayWidth: Int { isPlain ? utf8.count : reduce(0) { $0 + $1.displayWidth } }

  /// Whether it is printable ASCII throughout, where a byte is a column.
  private var isPlain: Bool { utf8.allSatisfy { (0x20..<0x7f).contains($0) } }

  /// Control characters as `·`, so that a cell stays on its line and no text of a stranger's file steers the terminal.
  var singleLine: String {
    guard !isPlain, unicodeScalars.contains(where: \.isControl) else { return self }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars { result.append(scalar.isControl ? "·" : scalar) }
    return String(result)
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
    value < 0x20 || (0x7f...0x9f).contains(value) || (0x202a...0x202e).contains(value) || (0x2066...0x2069).contains(value)
  }
}

extension Character {
  fileprivate var displayWidth: Int {
    guard let first = unicodeScalars.first else { return 0 }
    switch first.value {
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
      0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
      return 2
    case 0x300...0x36f: return 0
    default: return 1
    }
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
