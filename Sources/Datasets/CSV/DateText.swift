/// A date or a time as people write it, as days since 1970-01-01 00:00 UTC.
///
/// Read are `2024-01-31`, `2024/01/31`, `2024.01.31`, `31.01.2024`, `31/01/2024` and `01/31/2024` (where only one of the two is a month),
/// `Jan 31, 2024`, `31 Jan 2024`, `31-Jan-2024`, all of these with a time behind them (`T12:30`, ` 12:30:45.5`, `12:30 PM`) and an offset
/// (`Z`, `UTC`, `+02:00`), and a time alone, which is a fraction of a day.  Without an offset it is UTC.
public enum DateText: Equatable, Sendable {
  /// Days since 1970-01-01; a time is a fraction.
  case days(Double)
  /// A year and a month, `2024-01`: a date by the user's word only, since a season is written in the same way.
  case month(Double)
  /// `01/02/2024` is the first of February or the second of January; `31.01.24` doesn't say the century.
  case ambiguous
  /// Anything else, a 30th of February too.
  case none

  public init(_ text: String) {
    var reader = Reader(Array(text.utf8.prefix(64)))
    self = text.utf8.count > 64 ? .none : reader.read()
  }

  /// The days that a text stands for in a column that is said to hold dates; nil when it stands for none.
  public static func days(_ text: String) -> Double? {
    switch DateText(text) {
    case .days(let days), .month(let days): days
    case .ambiguous, .none: nil
    }
  }

  /// Days since 1970-01-01 of a day in the Gregorian calendar; nil when there is no such day.
  ///
  /// Source: H. Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
  static func number(_ year: Int, _ month: Int, _ day: Int) -> Int? {
    guard (1...12).contains(month), day >= 1 else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard day <= lengths[month - 1] else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The day and the time of a number of days in ISO 8601, in the fewest digits that read back as the same number:
  /// `2024-01-31`, `2024-01-31T12:30:00Z`.
  public static func iso(_ days: Double) -> String {
    guard days.magnitude < 3_000_000 else { return days.description }
    for (digits, unit) in [(0, 1.0), (3, 1e3), (6, 1e6), (9, 1e9)] {
      var day = days.rounded(.down)
      var ticks = ((days - day) * 86_400 * unit).rounded()
      if ticks >= 86_400 * unit { (day, ticks) = (day + 1, 0) }
      let text = iso(day: Int(day), ticks: Int(ticks), unit: Int(unit), digits: digits)
      if digits == 9 || Self.days(text) == days { return text }
    }
    return days.description
  }

  /// Source: H. Hinnant, as above, civil_from_days.
  private static func iso(day: Int, ticks: Int, unit: Int, digits: Int) -> String {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let position = (5 * dayOfYear + 2) / 153
    let month = position < 10 ? position + 3 : position - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfYear - (153 * position + 2) / 5 + 1, 2))"
    guard ticks != 0 || digits > 0 else { return date }
    let seconds = ticks / unit
    let fraction = digits == 0 ? "" : ".\(padded(ticks % unit, digits))"
    return "\(date)T\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))\(fraction)Z"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension DateText {
  /// Goes through the bytes of a text once.
  private struct Reader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private enum Day {
      case day(Int)
      case month(Int)
      case ambiguous
    }

    mutating func read() -> DateText {
      if let seconds = clock() { return isDone ? .days(seconds / 86_400) : .none }
      at = 0
      guard let date = date() else { return .none }
      var seconds = 0.0
      if !isDone {
        if !skip("T"), !skip("t") {
          _ = skip(",")
          guard skipBlanks() > 0 else { return .none }
        }
        guard let time = clock() else { return .none }
        seconds = time
        guard let offset = offset(), isDone else { return .none }
        seconds -= offset
      }
      switch date {
      case .ambiguous: return .ambiguous
      case .month(let number): return seconds == 0 ? .month(Double(number)) : .none
      case .day(let number): return .days((Double(number) * 86_400 + seconds) / 86_400)
      }
    }

    private var isDone: Bool { at == bytes.count }

    private mutating func date() -> Day? {
      if let name = word() {
        // A weekday may stand in front: Wed, 31 Jan 2024.
        if Self.month(name) == nil, Self.weekdays.contains(String(decoding: name.prefix(3), as: UTF8.self)) {
          _ = skip(",")
          guard skipBlanks() > 0 else { return nil }
          return date()
        }
        guard let month = Self.month(name) else { return nil }
        _ = skip(".")
        guard separator("-/ ") != nil, let day = number(), day.digits <= 2 else { return nil }
        _ = skip(",")
        guard separator("-/ ") != nil, let year = number() else { return nil }
        return Self.day(year, month, day.value)
      }
      guard let first = number() else { return nil }
      if first.digits == 4 { return dateAfterYear(first.value) }
      guard first.digits <= 2 else { return nil }
      let isOrdinal = skip(".")
      if isOrdinal, at < bytes.count, (48...57).contains(bytes[at]) { at -= 1 }
      guard let mark = separator("-/. ") else { return nil }
      if let name = word() {
        guard let month = Self.month(name) else { return nil }
        _ = skip(".")
        _ = skip(",")
        guard separator("-/ ") != nil, let year = number() else { return nil }
        return Self.day(year, month, first.value)
      }
      guard mark != UInt8(ascii: " "), let second = number(), second.digits <= 2, skip(mark), let year = number() else { return nil }
      // 1.2.10 is the number of a program's version.
      let isDotted = mark == UInt8(ascii: ".")
      if isDotted, year.digits == 2, first.digits + second.digits < 4 { return nil }
      return Self.day(year, first.value, second.value, isDayFirst: isDotted)
    }

    private mutating func dateAfterYear(_ year: Int) -> Day? {
      guard let mark = separator("-/."), let month = number(), month.digits <= 2 else { return nil }
      guard skip(mark) else {
        guard isDone, month.digits == 2, mark == UInt8(ascii: "-") else { return nil }
        return DateText.number(year, month.value, 1).map { .month($0) }
      }
      guard let day = number(), day.digits <= 2 else { return nil }
      return DateText.number(year, month.value, day.value).map { .day($0) }
    }

    private static func day(_ year: (value: Int, digits: Int), _ month: Int, _ day: Int) -> Day? {
      guard year.digits == 4 else { return year.digits == 2 && (1...31).contains(day) ? .ambiguous : nil }
      return DateText.number(year.value, month, day).map { .day($0) }
    }

    /// The day is the first of two numbers, or the month is where only one of them can be one.
    private static func day(_ year: (value: Int, digits: Int), _ first: Int, _ second: Int, isDayFirst: Bool) -> Day? {
      let (high, low) = (max(first, second), min(first, second))
      guard low >= 1, low <= 12, high <= 31 else { return nil }
      guard year.digits == 4 else { return year.digits == 2 ? .ambiguous : nil }
      if isDayFirst { return DateText.number(year.value, second, first).map { .day($0) } }
      if high <= 12, high != low { return .ambiguous }
      return DateText.number(year.value, low, high).map { .day($0) }
    }

    /// Seconds since midnight: `12:30`, `12:30:45.5`, `12:30 PM`.
    private mutating func clock() -> Double? {
      guard let hour = number(), hour.digits <= 2, skip(":"), let minute = number(), minute.digits == 2 else { return nil }
      var seconds = 0.0
      if skip(":") {
        guard let whole = number(), whole.digits == 2, whole.value < 60 else { return nil }
        seconds = Double(whole.value)
        if skip(".") || skip(",") {
          guard let fraction = number(), fraction.digits <= 9 else { return nil }
          seconds += Double(fraction.value) / (0..<fraction.digits).reduce(1.0) { power, _ in power * 10 }
        }
      }
      var hours = hour.value
      let beforeHalf = at
      _ = skipBlanks()
      if let half = word() {
        switch String(decoding: half, as: UTF8.self) {
        case "am" where (1...12).contains(hours): hours = hours % 12
        case "pm" where (1...12).contains(hours): hours = hours % 12 + 12
        default: at = beforeHalf
        }
      } else {
        at = beforeHalf
      }
      guard hours < 24, minute.value < 60 else { return nil }
      return Double(hours * 3600 + minute.value * 60) + seconds
    }

    /// Seconds east of UTC; nil when nothing of the kind stands here.
    private mutating func offset() -> Double? {
      if isDone { return 0 }
      _ = skipBlanks()
      if let zone = word() { return ["z", "utc", "gmt"].contains(String(decoding: zone, as: UTF8.self)) ? 0 : nil }
      let isWest = skip("-")
      guard isWest || skip("+"), var hours = number() else { return nil }
      var minutes = 0
      if hours.digits == 4 {
        (hours.value, minutes) = (hours.value / 100, hours.value % 100)
      } else if hours.digits == 2, skip(":") {
        guard let rest = number(), rest.digits == 2 else { return nil }
        minutes = rest.value
      } else if hours.digits != 2 {
        return nil
      }
      guard hours.value <= 14, minutes < 60 else { return nil }
      return Double((hours.value * 60 + minutes) * 60) * (isWest ? -1 : 1)
    }

    // MARK: Pieces

    private mutating func number() -> (value: Int, digits: Int)? {
      let start = at
      var value = 0
      while at < bytes.count, (48...57).contains(bytes[at]), at - start < 10 {
        value = value * 10 + Int(bytes[at] - 48)
        at += 1
      }
      return at == start ? nil : (value, at - start)
    }

    /// Letters, in lower case.
    private mutating func word() -> [UInt8]? {
      let start = at
      while at < bytes.count, (97...122).contains(bytes[at] | 0x20) { at += 1 }
      return at == start ? nil : bytes[start..<at].map { $0 | 0x20 }
    }

    private mutating func skip(_ character: Character) -> Bool { character.asciiValue.map { skip($0) } ?? false }

    private mutating func skip(_ byte: UInt8) -> Bool {
      guard at < bytes.count, bytes[at] == byte else { return false }
      at += 1
      return true
    }

    private mutating func skipBlanks() -> Int {
      let start = at
      while skip(" ") {}
      return at - start
    }

    /// One of the marks, and the blanks behind it; nil when none stands here.
    private mutating func separator(_ marks: String) -> UInt8? {
      guard at < bytes.count, marks.utf8.contains(bytes[at]) else { return nil }
      defer { _ = skipBlanks() }
      at += 1
      return bytes[at - 1]
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let longMonths = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
    ]
    private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    private static func month(_ name: [UInt8]) -> Int? {
      let text = String(decoding: name, as: UTF8.self)
      if text == "sept" { return 9 }
      return (months.firstIndex(of: text) ?? longMonths.firstIndex(of: text)).map { $0 + 1 }
    }
  }
}
