/// Numbers and times as logs write them.
enum LogNumber {
  /// A number; NaN and the infinities in the spellings of Python, JSON's extensions and JavaScript.  Nil for what isn't one.
  static func value(_ text: String) -> Double? {
    guard let first = text.utf8.first else { return nil }
    // What Swift takes besides: hexadecimal numbers, which no log has.
    let isPlain = (0x30...0x39).contains(first) || first == 0x2d || first == 0x2b || first == 0x2e
    if isPlain, !text.utf8.contains(where: { $0 | 0x20 == 0x78 || $0 | 0x20 == 0x70 }) {
      if let number = Double(text) { return number }
    }
    switch text.lowercased() {
    case "nan", "+nan", "-nan": return .nan
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default: return nil
    }
  }

  /// A step: a whole number, which may be written as `12.0`.
  static func step(_ text: String) -> Int64? { Int64(text) ?? value(text).flatMap { Int64(exactly: $0) } }

  /// Milliseconds since 1970 of a number of seconds or of milliseconds, or of an ISO 8601 text.
  static func milliseconds(_ text: String) -> Int64? {
    guard let number = value(text) else { return isoMilliseconds(text) }
    return milliseconds(number)
  }

  /// A number above 10¹¹ is of milliseconds: in seconds it would be after the year 5000.
  static func milliseconds(_ number: Double) -> Int64? {
    guard number.isFinite, number >= 0, number < 253_402_300_800_000 else { return nil }
    return Int64((number < 100_000_000_000 ? number * 1000 : number).rounded())
  }

  /// `2026-03-01T12:00:30.250Z`, `2026-03-01 12:00:30`: UTC unless an offset stands behind it.
  private static func isoMilliseconds(_ text: String) -> Int64? {
    var rest = Array(text.utf8)[...]
    func number(_ digits: Int, _ range: ClosedRange<Int64>) -> Int64? {
      let found = rest.prefix(digits)
      guard found.count == digits, found.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      rest = rest.dropFirst(digits)
      let value = found.reduce(0) { 10 * $0 + Int64($1 - 0x30) }
      return range.contains(value) ? value : nil
    }
    func next(_ bytes: String) -> Bool {
      guard let first = rest.first, bytes.utf8.contains(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    guard let year = number(4, 1970...9999), next("-"), let month = number(2, 1...12), next("-"), let day = number(2, 1...31), next("T "),
      let hour = number(2, 0...23), next(":"), let minute = number(2, 0...59)
    else { return nil }
    var milliseconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60_000
    if next(":") {
      guard let second = number(2, 0...60) else { return nil }
      milliseconds += second * 1000
      if next(".,") {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        milliseconds += (Array(digits.prefix(3)) + [0x30, 0x30]).prefix(3).reduce(0) { 10 * $0 + Int64($1 - 0x30) }
      }
    }
    if next("Zz") { return rest.isEmpty ? milliseconds : nil }
    if let sign = rest.first, next("+-") {
      guard let hours = number(2, 0...14) else { return nil }
      _ = next(":")
      guard let minutes = number(2, 0...59) else { return nil }
      milliseconds -= (sign == 0x2b ? 1 : -1) * (hours * 60 + minutes) * 60_000
    }
    return rest.isEmpty ? milliseconds : nil
  }

  /// Days since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
  }
}
