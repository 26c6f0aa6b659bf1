/// How often the marks that may separate cells stand in a record, outside of quotes.
struct DelimiterMarks {
  private var commas = 0
  private var semicolons = 0
  private var tabs = 0
  /// Commas between two digits, and commas before a blank.
  private var decimalCommas = 0
  private var spacedCommas = 0

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
      case UInt8(ascii: ";") where !isQuoted: marks.semicolons += 1
      case UInt8(ascii: "\t") where !isQuoted: marks.tabs += 1
      default: break
      }
    }
    return isAtEnd && !isBlank ? records + [marks] : records
  }

  /// What separates the cells of these records.
  static func delimiter(_ records: [DelimiterMarks]) -> UInt8 {
    guard let first = records.first else { return UInt8(ascii: ",") }
    // 0,25;0,5 and 17;Berlin, Mitte: commas of numbers alone, or of sentences alone, separate nothing where another mark does.
    let hasOther = records.allSatisfy { $0.semicolons + $0.tabs > 0 }
    let separatesNothing =
      hasOther && (records.allSatisfy { $0.commas == $0.decimalCommas } || records.allSatisfy { $0.commas == $0.spacedCommas })
    var found = first
    if separatesNothing { found.commas = 0 }
    // A mark that every record has as often is meant; one that they have unequally stands in texts.
    if let second = records.dropFirst().first {
      let equal = DelimiterMarks(
        commas: found.commas == second.commas ? found.commas : 0, semicolons: found.semicolons == second.semicolons ? found.semicolons : 0,
        tabs: found.tabs == second.tabs ? found.tabs : 0)
      if equal.commas + equal.semicolons + equal.tabs > 0 { found = equal }
    }
    // The first of those that occur most.
    return found.commas >= max(found.semicolons, found.tabs)
      ? UInt8(ascii: ",") : found.semicolons >= found.tabs ? UInt8(ascii: ";") : UInt8(ascii: "\t")
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
