/// How often the marks that may separate cells stand in a record, outside of quotes.
struct DelimiterMarks {
  private var commas = 0
  private var semicolons = 0
  private var tabs = 0
  /// Commas between two digits, and commas before a blank.
  private var decimalCommas = 0
  private var spacedCommas = 0
  private var spacedSemicolons = 0

  /// The marks of the first two records that aren't blank; fewer where the bytes end before.
  static func records(_ bytes: Span<UInt8>, isAtEnd: Bool) -> [DelimiterMarks] {
    var records: [DelimiterMarks] = []
    var marks = DelimiterMarks()
    var (isQuoted, isBlank) = (false, true)
    for position in bytes.indices {
      let byte = bytes[position]
      if !isQuoted, byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        if isBlank { continue }
        records.append(marks)
        if records.count == 2 { return records }
        (marks, isBlank) = (DelimiterMarks(), true)
        continue
      }
      isBlank = false
      switch byte {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted:
        marks.commas += 1
        let next = position + 1 < bytes.count ? bytes[position + 1] : 0
        if next == UInt8(ascii: " ") { marks.spacedCommas += 1 }
        if position > 0, isDigit(next), isDigit(bytes[position - 1]) { marks.decimalCommas += 1 }
      case UInt8(ascii: ";") where !isQuoted:
        marks.semicolons += 1
        if position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: " ") { marks.spacedSemicolons += 1 }
      case UInt8(ascii: "\t") where !isQuoted: marks.tabs += 1
      default: break
      }
    }
    return isAtEnd && !isBlank ? records + [marks] : records
  }

  /// What separates the cells of these records.
  static func delimiter(_ records: [DelimiterMarks]) -> UInt8 {
    guard let first = records.first else { return UInt8(ascii: ",") }
    // 0,25;0,5: commas of numbers alone separate nothing where another mark does.
    let hasOther = records.allSatisfy { $0.semicolons + $0.tabs > 0 }
    var found = first
    if hasOther, records.allSatisfy({ $0.commas == $0.decimalCommas }) { found.commas = 0 }
    // x; y; z,0: nor do semicolons of lists.
    let isOfLists = records.allSatisfy { $0.semicolons == $0.spacedSemicolons && $0.commas > 0 }
    if isOfLists, !records.allSatisfy({ $0.commas == $0.spacedCommas }) { found.semicolons = 0 }
    // A mark that both records have as often is meant; one that they have unequally stands in texts.
    if let second = records.dropFirst().first {
      let equal = DelimiterMarks(
        commas: found.commas == second.commas ? found.commas : 0, semicolons: found.semicolons == second.semicolons ? found.semicolons : 0,
        tabs: found.tabs == second.tabs ? found.tabs : 0)
      if equal.commas + equal.semicolons + equal.tabs > 0 { found = equal }
    }
    // The first of those that occur most; 17;Berlin, Mitte;no has as many commas, of sentences.
    let others = max(found.semicolons, found.tabs)
    let isOfSentences = records.allSatisfy { $0.commas == $0.spacedCommas }
    if found.commas > others || found.commas == others && !(isOfSentences && others > 0) { return UInt8(ascii: ",") }
    return found.semicolons >= found.tabs ? UInt8(ascii: ";") : UInt8(ascii: "\t")
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
