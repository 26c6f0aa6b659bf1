/// Which texts of a column were met both bare and with blanks around them, which are left out: they have become one.
struct SpellingMarks {
  /// By the number of the text: 1 where it was met bare, 2 with blanks, 3 both.
  private var marks: [UInt8] = []

  /// Takes a text's number, given out in order.
  @inline(__always)
  mutating func note(_ code: Int, hasBlanks: Bool) {
    if code == marks.count { marks.append(0) }
    marks[code] |= hasBlanks ? 2 : 1
  }

  /// What a column of these texts may not be meant to be; of one that the user called categorical, the blanks alone.
  func remark(_ texts: [[UInt8]], column: String, isAsked: Bool) -> ReadingRemark? {
    if let merged = marks.firstIndex(of: 3) { return .blanks(column: column, example: String(decoding: texts[merged], as: UTF8.self)) }
    guard !isAsked else { return nil }
    let names = texts.map { String(decoding: $0, as: UTF8.self) }
    if CellLook.haveUnit(texts) { return .units(column: column, example: names[0]) }
    return names.first { CellLook($0) == .placeholder }.map { .placeholder(column: column, example: $0) }
  }
}

/// What the reading of a CSV file made of a column without refusing it, and may not be meant.
public enum ReadingRemark: Equatable, Sendable {
  /// Numbers written with zeros in front, `02134`: the first of them.
  case leadingZeros(column: String, example: String)
  /// Texts that differ only in blanks around them became one: the first of them.
  case blanks(column: String, example: String)
  /// Numbers with a unit became categories or classes, `5 kg`: the first of them.
  case units(column: String, example: String)
  /// A word that some write for nothing is a category or a class, `?` or `unknown`: the first of them.
  case placeholder(column: String, example: String)
}
