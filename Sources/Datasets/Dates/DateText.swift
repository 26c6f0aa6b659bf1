/// A date or a time as people write it, as days since 1970-01-01 00:00 UTC.
///
/// Read are ISO 8601 (`2024-01-31`, `2024-031`, `2024-W05-3`, `20240131T123000`; a month or a week alone is its first day), `2024/01/31`,
/// `2024.01.31`, `31.01.2024`, `31/01/2024` and `01/31/2024` (where only one of the two is a month), `Jan 31, 2024`, `31 Jan 2024`,
/// `31-Jan-2024`, `01/2024`, `Jan 2024`, days with a time behind them (`T12:30`, ` 12:30:45.5`, `12:30 PM`) and an offset
/// (`Z`, `UTC`, `+02:00`), and a time alone, which is a fraction of a day.  Without an offset it is UTC.
public enum DateText: Equatable, Sendable {
  /// Days since 1970-01-01; a time is a fraction.
  case days(Double)
  /// `20240131`: a date by the user's word only, since it is a number as well.
  case digits(Double)
  /// `01/02/2024` is the first of February or the second of January; `31.01.24` doesn't say the century.
  case ambiguous
  /// Anything else, a 30th of February too.
  case none

  public init(_ text: String) { self = Self.reading(text).date }

  /// What a text is, and the form that it has if it is a date.
  static func reading(_ text: String) -> (date: DateText, form: DateForm) {
    guard text.utf8.count <= 64 else { return (.none, .day) }
    var reader = DateReader(Array(text.utf8))
    let date = reader.read()
    return (date, reader.form)
  }

  /// The days that a text stands for in a column that is said to hold dates; nil when it stands for none.
  public static func days(_ text: String) -> Double? {
    switch DateText(text) {
    case .days(let days), .digits(let days): days
    case .ambiguous, .none: nil
    }
  }

  /// Whether a number is a day written as eight digits, of the years from 1900 to 2100: `20240131`.
  static func isDay(_ number: Double) -> Bool {
    guard (19_000_101...21_001_231).contains(number), let digits = Int(exactly: number) else { return false }
    return self.number(digits / 10_000, digits / 100 % 100, digits % 100) != nil
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

  /// A fraction of a day as a time, in the fewest digits that read back as the same number: `12:30:00`.
  public static func time(_ days: Double) -> String {
    let text = iso(days)
    guard let start = text.firstIndex(of: "T"), days > 0, days < 1 else { return days == 0 ? "00:00:00" : text }
    return String(text[text.index(after: start)...].dropLast())
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
