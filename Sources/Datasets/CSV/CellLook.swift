internal import Tensors

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
  /// `−4` with a minus of typesetters, `(12.5)` and `12.5-` as accounts write a loss.
  case otherMarks
  /// A word or a mark that some programs write for nothing: `?`, `-`, `missing`.
  case placeholder

  /// nil for an ordinary text or a plain number.
  public init?(_ text: String) {
    let (date, form) = DateText.reading(text)
    let ascii = Self.inASCII(text)
    let bytes = Array(ascii.utf8)
    switch date {
    case .days: self = if case .numbers = form { .numericDate } else { .date }
    case .ambiguous: self = .ambiguousDate
    case .digits, .none:
      if Self.placeholders.contains(text.lowercased()) {
        self = .placeholder
      } else if Self.isUnreadDate(text, ascii) {
        self = .unreadDate
      } else if bytes.last == UInt8(ascii: "%"), Self.isWrittenNumber(ascii.dropLast()) {
        self = .percentage
      } else if let amount = Self.withoutCurrency(ascii), Self.isAmount(amount) || Self.isAmount(Self.withoutFactor(amount)) {
        self = .money
      } else if let mantissa = Self.mantissa(ascii), Self.commas(Array(mantissa.utf8)) == .decimalComma {
        self = .decimalComma
      } else if bytes.last == UInt8(ascii: "-"), bytes.contains(UInt8(ascii: ".")),
        NumberParser.parse(Array(bytes.dropLast()).span) != .notANumber
      {
        self = .otherMarks
      } else if let look = Self.commas(bytes) {
        // Where the comma isn't the only mark, a command that changes commas mends nothing.
        self = look == .decimalComma && !ascii.hasSameBytes(as: text) ? .otherMarks : look
      } else if !ascii.hasSameBytes(as: text), NumberParser.parse(bytes.span) != .notANumber {
        self = .otherMarks
      } else {
        return nil
      }
    }
  }

  /// Whether a column that begins with it is refused, instead of taken for one of categories.
  var isRefused: Bool { self != .placeholder }

  private static let placeholders: Set<String> = [
    "?", "-", "--", ".", "*", "missing", "unknown", "nil", "undefined", "nat", "(null)", "\\n", "n.a.", "tbd", "#na", "#value!", "#div/0!",
    "#ref!", "1.#ind", "-1.#ind",
  ]
  /// Besides the signs that Unicode has for currencies, alone or behind letters: €, US$, R$.
  private static let currencies = [
    "zł", "Rs.", "Rs", "Kč", "лв", "kr.", "kr", "Fr.", "USD", "EUR", "GBP", "JPY", "CHF", "INR", "CNY", "CAD", "AUD", "SEK",
    "NOK", "DKK", "PLN", "BRL", "MXN", "KRW", "CZK", "HUF", "ILS", "THB", "ZAR", "SGD", "HKD", "NZD", "RUB", "UAH", "VND",
    "PHP", "IDR", "AED", "SAR",
  ]

  /// Whether it is a date in a form that isn't read: in another language's words, with typesetters' marks, or from one day to another.
  private static func isUnreadDate(_ text: String, _ ascii: String) -> Bool {
    if DateLook.matches(ascii) || DateWords.inEnglish(text).map(DateLook.matches) ?? false { return true }
    let ends = text.split(separator: "/", omittingEmptySubsequences: false)
    return ends.count == 2
      && ends.allSatisfy { if case .days = DateText.reading(String($0)).0 { $0.utf8.count >= 8 } else { false } }
  }

  private static func withoutCurrency(_ text: String) -> Substring? {
    var rest = text[...]
    var isNegative = false
    if rest.first == "-" || rest.first == "+" {
      rest = rest.dropFirst()
      isNegative = true
    }
    // Accounts write a loss in parentheses.
    if !isNegative, rest.first == "(", rest.last == ")" { rest = rest.dropFirst().dropLast() }
    func isSign(_ character: Character) -> Bool { character.unicodeScalars.first?.properties.generalCategory == .currencySymbol }
    let letters = rest.prefix { $0.isASCII && $0.isLetter }
    if letters.count <= 3, let sign = rest.dropFirst(letters.count).first, isSign(sign) { return rest.dropFirst(letters.count + 1) }
    if let sign = rest.last, isSign(sign) {
      let amount = rest.dropLast()
      let letters = amount.reversed().prefix { $0.isASCII && $0.isLetter }
      return letters.count <= 3 ? amount.dropLast(letters.count) : nil
    }
    for currency in currencies {
      if rest.hasPrefix(currency) { return rest.dropFirst(currency.count) }
      if rest.hasSuffix(currency) { return rest.dropLast(currency.count) }
    }
    return nil
  }

  /// An amount without the letters of a factor: `5` of `5k`, `1.2` of `1.2bn`.
  private static func withoutFactor(_ amount: Substring) -> Substring {
    let factor = ["bn", "mn", "mio", "k", "m", "b", "t"].first { amount.lowercased().hasSuffix($0) }
    return factor.map { amount.dropLast($0.count) } ?? amount
  }

  /// What stands in front of the exponent: `4,5` of `4,5e-1`; nil where there is none.
  private static func mantissa(_ text: String) -> Substring? {
    guard let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }) else { return nil }
    var exponent = text[text.index(after: mark)...]
    if exponent.first == "-" || exponent.first == "+" { exponent = exponent.dropFirst() }
    return isDigits(Array(exponent.utf8)[...]) ? text[..<mark] : nil
  }

  /// The text with the marks of numbers that ASCII has: a minus, blanks between groups, and no parentheses around a loss.
  private static func inASCII(_ text: String) -> String {
    // A cell may have megabytes, and a number that people write hasn't.
    guard text.utf8.count <= 64 else { return text }
    let marks: [Character: Character] = ["\u{a0}": " ", "\u{202f}": " ", "\u{2009}": " ", "\u{2212}": "-", "\u{2019}": "'"]
    var rest = trimmed(text.map { marks[$0] ?? $0 }[...])
    // Between two numbers it is another dash.
    if rest.first == "\u{2013}" { rest[rest.startIndex] = "-" }
    let ascii = String(rest)
    guard rest.first == "(", rest.last == ")" else { return ascii }
    let inner = ascii.dropFirst().dropLast()
    guard isWrittenNumber(inner.last == "%" ? inner.dropLast() : inner) else { return ascii }
    return (inner.first == "-" ? "" : "-") + inner
  }

  /// Whether the texts are numbers with a unit, the same one, or with factors: `5 kg`, `1.5k`, `2M`; not `1st`.
  public static func haveUnit(_ texts: [[UInt8]]) -> Bool {
    // Two texts are more often names than measurements.
    guard texts.count > 2 else { return false }
    var units: Set<Name> = []
    for text in texts {
      guard let unit = unit(String(decoding: text, as: UTF8.self)) else { return false }
      units.insert(Name(unit))
    }
    return units.count == 1 || units.isSubset(of: ["k", "m", "g", "b", "t"].map { Name($0) })
  }

  private static func unit(_ text: String) -> String? {
    let unit = text.drop { $0.isASCII && ($0.isNumber || "+-.".contains($0)) }
    let word = (unit.first == " " || unit.first == "\u{a0}" ? unit.dropFirst() : unit).lowercased()
    let number = Array(text[..<unit.startIndex].utf8)
    guard (1...5).contains(word.count), word.allSatisfy({ $0.isLetter || $0 == "°" }), NumberParser.parse(number.span) != .notANumber else {
      return nil
    }
    return ["st", "nd", "rd", "th"].contains { $0.hasSameBytes(as: word) } ? nil : word
  }

  /// The plain number that a text with separators, a currency, a per cent sign, another minus or parentheses means: `1000.5` for
  /// `$1,000.5`, `-12.5` for `(12.5)`.  Nil where that isn't sure: `(2020)` may be a year.
  public static func plainNumber(_ text: String) -> String? {
    if text.hasPrefix("("), text.dropFirst().dropLast().utf8.allSatisfy({ (48...57).contains($0) || $0 >= 0x80 || $0 == UInt8(ascii: "-") })
    {
      return nil
    }
    let text = inASCII(text)
    let currency = withoutCurrency(text)
    let amount = currency ?? (text.hasSuffix("%") ? text.dropLast() : text[...])
    guard isWrittenNumber(amount) else { return nil }
    var kept = trimmed(Array(amount)[...])
    // Accounts write a loss in parentheses.
    let isBelow = text.hasPrefix("(") || text.hasPrefix("-")
    let sign = kept.first
    if sign == "-" || sign == "+" {
      if currency != nil, isBelow { return nil }
      kept = trimmed(kept.dropFirst())
    }
    let number = Array(String(kept).utf8)
    // Where the currency stands behind, 1,234 € may be either.
    let isInFront = currency.map { text.hasSuffix($0) || text.hasSuffix("\($0))") } ?? false
    guard let decimal = decimalMark(number, isMoney: currency != nil, groupsByComma: isInFront) else { return nil }
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
    // As India counts: 12,34,567.
    let areTwos =
      mark == UInt8(ascii: ",") && groups.count > 2 && (1...2).contains(groups[0].count) && groups.last?.count == 3
      && groups.dropFirst().dropLast().allSatisfy { $0.count == 2 }
    guard "., '_".utf8.contains(mark), areThrees || areTwos, groups.allSatisfy(isDigits) else { return nil }
    return groups.flatMap { Array($0) }
  }

  /// The mark in front of the decimals, 0 where there is none; nil where it may be either.
  private static func decimalMark(_ number: [UInt8], isMoney: Bool, groupsByComma: Bool) -> UInt8? {
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
    return isMoney ? (mark == comma && groupsByComma ? 0 : nil) : (mark == point ? point : nil)
  }

  /// The same, with a sign in front alone: `0-10` is a range.
  private static func isAmount(_ text: Substring) -> Bool {
    let unsigned = text.drop { "-+ ".contains($0) }
    return isWrittenNumber(text) && !unsigned.contains { "-+".contains($0) }
  }

  /// Digits with points, commas, quotes, blanks and a sign: `1,000.50`.
  private static func isWrittenNumber(_ text: Substring) -> Bool {
    text.utf8.contains { (48...57).contains($0) }
      && text.utf8.allSatisfy { (48...57).contains($0) || "-+., '_".utf8.contains($0) }
  }

  private static func commas(_ bytes: [UInt8]) -> CellLook? {
    var digits = bytes[...]
    if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    guard let first = digits.first, (48...57).contains(first) else { return nil }
    for mark in [UInt8(ascii: ","), UInt8(ascii: "'"), UInt8(ascii: " "), UInt8(ascii: "_"), UInt8(ascii: ".")] {
      let groups = digits.split(separator: mark, omittingEmptySubsequences: false)
      guard groups.count > 1 else { continue }
      let middle = groups.dropFirst().dropLast()
      let isGrouped =
        middle.allSatisfy { $0.count == 3 && isDigits($0) }
        || mark == UInt8(ascii: ",") && groups[0].count <= 2 && middle.allSatisfy { $0.count == 2 && isDigits($0) }
      guard isDigits(groups[0]), groups[0].count <= 3 || groups.count == 2, isGrouped, let last = groups.last else { continue }
      // 1.234.567 and 1.234,5: the point groups and the comma is decimal, as it may be in 1 234,5.
      let hasComma = mark != UInt8(ascii: ",") && (mark == UInt8(ascii: ".") || last.contains(UInt8(ascii: ",")))
      let end = last.split(separator: UInt8(ascii: hasComma ? "," : "."), omittingEmptySubsequences: false)
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
    case .otherMarks: "a number with marks that aren't read, not a plain number"
    case .placeholder: "not a number"
    }
  }
}
