internal import FoundationEssentials

/// A time as the registry stores it: UTC, to the millisecond.
public struct Timestamp: Sendable, Hashable {
  /// ISO 8601: `2026-03-01T12:00:00.000Z`.  These compare as texts.
  public let text: String

  /// Reads a time as people write it: `2026-03-01`, `2026-03-01T12:00`, `2026-03-01 12:00:30.250`.
  ///
  /// All are UTC unless `Z` or an offset such as `+09:00` stands behind the time.  What isn't said is zero: a day alone is its beginning.
  /// Throws for a text that is no time between the years 0000 and 9999.
  public init(_ text: String) throws(StoreError) {
    guard let milliseconds = Self.milliseconds(of: text), let stored = Self.text(milliseconds) else { throw .illegalTimestamp(text) }
    self.text = stored
  }

  /// So many seconds ago.
  init(before seconds: Double) {
    // A clock of after the year 9999 has no such text.
    text = Self.text(Int((Date.now.timeIntervalSince1970 - seconds) * 1000)) ?? "9999-12-31T23:59:59.999Z"
  }

  /// So long from now.
  init(after duration: Duration) {
    self.init(before: -Double(duration.components.seconds) - Double(duration.components.attoseconds) * 1e-18)
  }

  static var now: Timestamp { Timestamp(before: 0) }

  /// Unix time in milliseconds, as metrics have it.
  static func milliseconds() -> Int64 { Int64(Date.now.timeIntervalSince1970 * 1000) }

  private static let millisecondsOfDay = 86_400_000

  /// Milliseconds since 1970, nil for what is no moment.
  private static func milliseconds(of text: String) -> Int? {
    var rest = Array(text.utf8)[...]
    func next(_ byte: Character) -> Bool {
      guard rest.first == byte.asciiValue else { return false }
      rest.removeFirst()
      return true
    }
    /// A number of just so many digits.
    func number(_ digits: Int, _ range: ClosedRange<Int>) -> Int? {
      let found = rest.prefix(digits)
      guard found.count == digits, found.allSatisfy({ (48...57).contains($0) }) else { return nil }
      rest.removeFirst(digits)
      let value = found.reduce(0) { 10 * $0 + Int($1) - 48 }
      return range.contains(value) ? value : nil
    }
    guard let year = number(4, 0...9999), next("-"), let month = number(2, 1...12), next("-"),
      let day = number(2, 1...daysOfMonth(month, year))
    else { return nil }
    let midnight = days(year, month, day) * millisecondsOfDay
    guard !rest.isEmpty else { return midnight }
    guard next("T") || next("t") || next(" "), let hour = number(2, 0...23), next(":"), let minute = number(2, 0...59) else { return nil }
    var time = (hour * 60 + minute) * 60_000
    if next(":") {
      guard let second = number(2, 0...59) else { return nil }
      time += second * 1000
      if next(".") {
        // Further digits are below what is stored.
        let fraction = rest.prefix { (48...57).contains($0) }
        guard !fraction.isEmpty else { return nil }
        rest.removeFirst(fraction.count)
        time += (Array(fraction.prefix(3)) + [48, 48]).prefix(3).reduce(0) { 10 * $0 + Int($1) - 48 }
      }
    }
    if next("Z") || next("z") { return rest.isEmpty ? midnight + time : nil }
    if let sign = rest.first, sign == 43 || sign == 45 {
      rest.removeFirst()
      guard let hours = number(2, 0...14), next(":"), let minutes = number(2, 0...59) else { return nil }
      time -= (sign == 43 ? 1 : -1) * (hours * 60 + minutes) * 60_000
    }
    return rest.isEmpty ? midnight + time : nil
  }

  /// So many milliseconds after 1970 began; nil before the year 0000 and after 9999.
  static func text(_ milliseconds: Int) -> String? {
    guard (-62_167_219_200_000...253_402_300_799_999).contains(milliseconds) else { return nil }
    let time = ((milliseconds % millisecondsOfDay) + millisecondsOfDay) % millisecondsOfDay
    let (year, month, day) = date((milliseconds - time) / millisecondsOfDay)
    guard (0...9999).contains(year) else { return nil }
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    let minutes = "\(padded(time / 3_600_000, 2)):\(padded(time / 60_000 % 60, 2))"
    return "\(date)T\(minutes):\(padded(time / 1000 % 60, 2)).\(padded(time % 1000, 3))Z"
  }

  private static func daysOfMonth(_ month: Int, _ year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// Days since 1970-01-01 of a date in the Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    // Years begin with March, so that the leap day is the last; 400 years have 146,097 days.
    let year = (month <= 2 ? year - 1 : year) + 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468 - 146_097
  }

  /// The date that is so many days after 1970-01-01: the inverse of `days`.
  private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468 + 146_097
    let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + 400 * (era - 1)
    return (month <= 2 ? year + 1 : year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}
