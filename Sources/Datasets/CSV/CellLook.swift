/// What a text in a cell seems to be, where it is no plain number: it must not become a category without a word.
public enum CellLook: Equatable, Sendable {
  case date
  /// A date that is read in two ways.
  case ambiguousDate
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
    switch DateText(text) {
    case .days: self = .date
    case .ambiguous: self = .ambiguousDate
    case .month, .none:
      if Self.placeholders.contains(text.lowercased()) {
        self = .placeholder
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
    case .date: "a date or a time"
    case .ambiguousDate: "a date that can be read in two ways"
    case .money: "an amount of money, not a plain number"
    case .percentage: "a percentage, not a plain number"
    case .thousands: "a number with separators in it, not a plain number"
    case .decimalComma: "not a number"
    case .placeholder: "not a number"
    }
  }
}
