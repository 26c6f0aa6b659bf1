/// How many columns of a terminal a text takes.
///
/// After Unicode's East Asian Width and what terminals make of emoji; where they differ, the larger, so that no line is wider than it is
/// taken for.
extension String {
  /// Two for wide East Asian characters and most emoji, none for marks that combine, else one.
  var displayWidth: Int { isPlain ? utf8.count : reduce(0) { $0 + $1.displayWidth } }

  /// Whether it is printable ASCII throughout, where a byte is a column.
  var isPlain: Bool { utf8.allSatisfy { (0x20..<0x7f).contains($0) } }
}

extension Character {
  var displayWidth: Int {
    var scalars = unicodeScalars.makeIterator()
    guard let first = scalars.next() else { return 0 }
    var width = first.displayWidth
    while let scalar = scalars.next() {
      // Sequences that make one picture: with a joiner, a colour of skin, a keycap, or told to be one.
      if [0x200d, 0xfe0f, 0x20e3].contains(scalar.value) || scalar.properties.isEmojiModifier { return 2 }
      width += scalar.displayWidth
    }
    return width
  }
}

extension Unicode.Scalar {
  fileprivate var displayWidth: Int {
    guard value >= 0x300 else { return 1 }
    // Korean letters that join the one before; flags are two letters of one column each.
    if (0x1160...0x11ff).contains(value) { return 0 }
    if (0x1f1e6...0x1f1ff).contains(value) { return 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return isWide || properties.isEmojiPresentation ? 2 : 1
    }
  }

  /// Wide or Fullwidth in EastAsianWidth.txt (Unicode 16), in whole blocks; emoji are told by their own property.
  private var isWide: Bool {
    switch value {
    case 0x1100...0x115f, 0x2329...0x232a, 0x2e80...0x303e, 0x3041...0x4dbf, 0x4dc0...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3,
      0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6f, 0xff01...0xff60, 0xffe0...0xffe6, 0x16fe0...0x18dff, 0x1aff0...0x1b2ff,
      0x1d300...0x1d376, 0x1f200...0x1f2ff, 0x20000...0x3fffd:
      true
    default: false
    }
  }
}
