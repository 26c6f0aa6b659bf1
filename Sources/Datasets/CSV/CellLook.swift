/// What a text in a cell seems to be, where it is no plain number: it must not become a category without a word.
public enum CellLook: Equatable, Sendable {
  case date
  /// `31/01/2024`: a date that others of its column may be read in two ways beside.
  case numericDate
  /// A date that is read in two ways.
  case ambiguousDate
  /// A date or a time in a form that isn't read: `Wed Jan 31 12:30:00 2024`.
  case unreadDate
  /// `$1,000`, `5 €`, `USD 5`.
  case money
  /// `5%`.
  case percentage
  /// `1,234,567` or `1'234'567`.
  case thousands
  /// `1,5`; `1,234` may be either.
  case decimalComma
  /// A word or a mark that some programs write for nothing: `?`, `-`, `missing`.
  case placeholder

  /// nil for an ordinary text or a plain number.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    let (date, form) = DateText.reading(text)
    switch date {
    case .days: self = if case .numbers = form { .numericDate } else { .date }
    case .ambiguous: self = .ambiguousDate
    case .digits, .none:
      if Self.placeholders.contains(text.lowercased()) {
        self = .placeholder
      } else if DateLook.matches(text) {
        self = .unreadDate
      } else if bytes.last == UInt8(ascii: "%"), Self.isWrittenNumber(text.dropLast()) {
        self = .percentage
      } else if let amount = Self.withoutCurrency(text), Self.isWrittenNumber(amount) {
        self = .money
      } else if let look = Self.commas(bytes) {
        self = look
      } else {
        return nil
      }
    }
  }

  /// Whether a column that begins with it is refused, instead of taken for one of categories.
  var isRefused: Bool { self != .placeholder }

  private static let placeholders: Set<String> = [
    "?", "-", "--", ".", "missing", "unknown", "nil", "undefined", "#value!", "#div/0!", "#ref!",
  ]
  private static let currencies = ["$", "€", "£", "¥", "₹", "USD", "EUR", "GBP", "JPY", "CHF", "INR"]

  private static func withoutCurrency(_ text: String) -> Substring? {
    var rest = text[...]
    var isNegative = false
    if rest.first == "-" || rest.first == "+" {
      rest = rest.dropFirst()
      isNegative = true
    }
    // Accounts write a loss in parentheses.
    if !isNegative, rest.first == "(", rest.last == ")" { rest = rest.dropFirst().dropLast() }
    for currency in currencies {
      if rest.hasPrefix(currency) { return rest.dropFirst(currency.count) }
      if rest.hasSuffix(currency) { return rest.dropLast(currency.count) }
    }
    return nil
  }

  /// The plain number that a text with separators, a currency or a per cent sign means: `1000.5` for `$1,000.5`.  Nil where that isn't sure.
  public static func plainNumber(_ text: String) -> String? {
    let currency = withoutCurrency(text)
    let amount = currency ?? (text.hasSuffix("%") ? text.dropLast() : text[...])
    guard isWrittenNumber(amount) else { return nil }
    var kept = trimmed(amount.map { $0 == "\u{a0}" || $0 == "\u{202f}" ? " " : $0 }[...])
    // Accounts write a loss in parentheses.
    let isBelow = text.hasPrefix("(") || text.hasPrefix("-")
    let sign = kept.first
    if sign == "-" || sign == "+" {
      if currency != nil, isBelow { return nil }
      kept = trimmed(kept.dropFirst())
    }
    let number = Array(String(kept).utf8)
    guard let decimal = decimalMark(number, isMoney: currency != nil) else { return nil }
    let parts = decimal == 0 ? [number[...]] : number.split(separator: decimal, omittingEmptySubsequences: false)
    guard let whole = withoutGroups(parts[0]), parts.count == 1 || parts.count == 2 && isDigits(parts[1]) else { return nil }
    let digits = whole + (parts.count == 2 ? [UInt8(ascii: ".")] + parts[1] : [])
    guard NumberParser.parse(digits.span) != .notANumber else { return nil }
    return (isBelow || sign == "-" ? "-" : "") + String(decoding: digits, as: UTF8.self)
  }

  private static func trimmed(_ text: ArraySlice<Character>) -> ArraySlice<Character> {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }

  /// The digits of a whole number, whose groups have one mark and three digits each; nil for others.
  private static func withoutGroups(_ number: ArraySlice<UInt8>) -> [UInt8]? {
    guard let mark = number.first(where: { !(48...57).contains($0) }) else { return Array(number) }
    let groups = number.split(separator: mark, omittingEmptySubsequences: false)
    let areThrees = (1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy { $0.count == 3 }
    guard "., '".utf8.contains(mark), areThrees, groups.allSatisfy(isDigits) else { return nil }
    return groups.flatMap { Array($0) }
  }

  /// The mark in front of the decimals, 0 where there is none; nil where it may be either.
  private static func decimalMark(_ number: [UInt8], isMoney: Bool) -> UInt8? {
    let (point, comma) = (UInt8(ascii: "."), UInt8(ascii: ","))
    let (points, commas) = (number.count { $0 == point }, number.count { $0 == comma })
    if points > 0, commas > 0 {
      let last = number.last { $0 == point || $0 == comma } ?? 0
      return (last == point ? points : commas) == 1 ? last : nil
    }
    guard points + commas == 1 else { return 0 }
    let mark = points == 1 ? point : comma
    guard number.split(separator: mark, omittingEmptySubsequences: false).last?.count == 3 else { return mark }
    // Three digits: $1,000 is grouped and 1.234 isn't; 1,234 and €1.000 may be either.
    return isMoney ? (mark == comma ? 0 : nil) : (mark == point ? point : nil)
  }

  /// Digits with points, commas, quotes, blanks and a sign: `1,000.50`.
  private static func isWrittenNumber(_ text: Substring) -> Bool {
    text.utf8.contains { (48...57).contains($0) }
      && text.utf8.allSatisfy { (48...57).contains($0) || "-+., '\u{a0}\u{202f}".utf8.contains($0) }
  }

  private static func commas(_ bytes: [UInt8]) -> CellLook? {
    var digits = bytes[...]
    if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    guard let first = digits.first, (48...57).contains(first) else { return nil }
    for mark in [UInt8(ascii: ","), UInt8(ascii: "'"), UInt8(ascii: " "), UInt8(ascii: ".")] {
      let groups = digits.split(separator: mark, omittingEmptySubsequences: false)
      guard groups.count > 1 else { continue }
      let isGrouped = groups.dropFirst().dropLast().allSatisfy { $0.count == 3 && isDigits($0) }
      guard isDigits(groups[0]), groups[0].count <= 3 || groups.count == 2, isGrouped, let last = groups.last else { continue }
      // 1.234.567 and 1.234,5: the point groups and the comma is decimal.
      let end = last.split(separator: mark == UInt8(ascii: ".") ? UInt8(ascii: ",") : UInt8(ascii: "."), omittingEmptySubsequences: false)
      guard end.count <= 2, end.allSatisfy({ isDigits($0) }) else { continue }
      if mark == UInt8(ascii: ","), groups.count == 2, end.count == 1 { return .decimalComma }
      if end[0].count == 3, groups.count > 2 || mark != UInt8(ascii: ".") || end.count == 2 { return .thousands }
    }
    return nil
  }

  private static func isDigits(_ bytes: ArraySlice<UInt8>) -> Bool { !bytes.isEmpty && bytes.allSatisfy { (48...57).contains($0) } }
}

extension CellLook {
  /// What the text is, for an error message.
  var words: String {
    switch self {
    case .date, .numericDate: "a date or a time"
    case .unreadDate: "a date or a time in a form that isn't read"
    case .ambiguousDate: "a date that can be read in two ways"
    case .money: "an amount of money, not a plain number"
    case .percentage: "a percentage, not a plain number"
    case .thousands: "a number with separators in it, not a plain number"
    case .decimalComma: "not a number"
    case .placeholder: "not a number"
    }
  }
}
