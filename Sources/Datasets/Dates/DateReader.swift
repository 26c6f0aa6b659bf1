/// Goes through the bytes of a date or a time once: what `DateText` reads.
struct DateReader {
  private let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// What must not change within a column of dates; of what is read.
  private(set) var form = DateForm.day

  private enum Day {
    case day(Int)
    /// The first day of a month or a week: no time stands behind it.
    case first(Int)
    /// Eight digits.
    case digits(Int)
    case ambiguous
  }

  mutating func read() -> DateText {
    if let seconds = clock() {
      form = .time
      guard let offset = offset(), isDone else { return .none }
      let days = (seconds - offset) / 86_400
      return .days(days - days.rounded(.down))
    }
    at = 0
    guard let date = date() else { return .none }
    var seconds = 0.0
    let hasTime = !isDone
    if hasTime {
      let hasMark = skip("T") || skip("t")
      if !hasMark {
        _ = skip(",")
        guard skipBlanks() > 0 else { return .none }
      }
      let start = at
      var time = clock()
      if time == nil, hasMark {
        at = start
        time = plainClock()
      }
      guard let time else { return .none }
      seconds = time
      guard let offset = offset(), isDone else { return .none }
      seconds -= offset
    }
    switch date {
    case .ambiguous: return .ambiguous
    case .first(let number): return hasTime ? .none : .days(Double(number))
    case .digits(let number) where !hasTime: return .digits(Double(number))
    case .day(let number), .digits(let number): return .days((Double(number) * 86_400 + seconds) / 86_400)
    }
  }

  private var isDone: Bool { at == bytes.count }

  private mutating func date() -> Day? {
    if let name = word() {
      // A weekday may stand in front: Wed, 31 Jan 2024.
      if Self.isWeekday(name) {
        _ = skip(",")
        guard skipBlanks() > 0 else { return nil }
        return date()
      }
      guard let month = Self.month(name) else { return nil }
      _ = skip(".")
      guard separator("-/ ") != nil, let day = number() else { return nil }
      if day.digits == 4, isDone { return Self.first(day.value, month) }
      guard day.digits <= 2 else { return nil }
      _ = skip(",")
      guard separator("-/ ") != nil, let year = number() else { return nil }
      return Self.day(year, month, day.value)
    }
    guard let first = number() else { return nil }
    if first.digits == 4 { return dateAfterYear(first.value) }
    if first.digits == 8, Self.years.contains(first.value / 10_000) {
      return DateText.number(first.value / 10_000, first.value / 100 % 100, first.value % 100).map { .digits($0) }
    }
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
    guard mark != UInt8(ascii: " "), let second = number() else { return nil }
    if mark == UInt8(ascii: "/"), second.digits == 4, isDone { return Self.first(second.value, first.value) }
    guard second.digits <= 2, skip(mark), let year = number() else { return nil }
    // 1.2.10 is the number of a program's version.
    let isDotted = mark == UInt8(ascii: ".")
    if isDotted, year.digits == 2, first.digits + second.digits < 4 { return nil }
    return day(year, first.value, second.value, isDayFirst: isDotted)
  }

  private mutating func dateAfterYear(_ year: Int) -> Day? {
    if skip("W") || skip("w") { return dateAfterWeek(year, isPlain: true) }
    guard let mark = separator("-/. ") else { return nil }
    if mark == UInt8(ascii: "-"), skip("W") || skip("w") { return dateAfterWeek(year, isPlain: false) }
    if let name = word() {
      guard let month = Self.month(name), skip(mark) else { return nil }
      _ = skipBlanks()
      guard let day = number(), day.digits <= 2 else { return nil }
      return DateText.number(year, month, day.value).map { .day($0) }
    }
    guard mark != UInt8(ascii: " "), let month = number() else { return nil }
    if mark == UInt8(ascii: "-"), month.digits == 3, isDone, Self.years.contains(year) { return Self.day(year, month.value) }
    guard month.digits <= 2 else { return nil }
    guard skip(mark) else {
      return isDone && month.digits == 2 && mark != UInt8(ascii: ".") ? Self.first(year, month.value) : nil
    }
    guard let day = number(), day.digits <= 2 else { return nil }
    return DateText.number(year, month.value, day.value).map { .day($0) }
  }

  /// `05`, `05-3`, or without marks `053`.  Source: ISO 8601: week 1 has the year's first Thursday, and Monday is day 1.
  private mutating func dateAfterWeek(_ year: Int, isPlain: Bool) -> Day? {
    guard let number = number(), let fourth = DateText.number(year, 1, 4), let next = DateText.number(year + 1, 1, 4) else { return nil }
    var (week, day) = (number.value, 1)
    if isPlain, number.digits == 3 {
      (week, day) = (number.value / 10, number.value % 10)
    } else if number.digits != 2 {
      return nil
    }
    var isWeek = number.digits == 2
    if isWeek, !isPlain, skip("-") {
      guard let weekday = self.number(), weekday.digits == 1 else { return nil }
      (day, isWeek) = (weekday.value, false)
    }
    guard week >= 1, (1...7).contains(day) else { return nil }
    // 1970-01-01 was a Thursday.
    func monday(_ date: Int) -> Int { date - ((date + 3) % 7 + 7) % 7 }
    let start = monday(fourth) + 7 * (week - 1)
    guard start < monday(next) else { return nil }
    return isWeek ? .first(start) : .day(start + day - 1)
  }

  /// The years of a text that is a date or a number of something: `2024-031`, `01/2024`, `20240131`.
  private static let years = 1900...2100

  /// The first day of a month.
  private static func first(_ year: Int, _ month: Int) -> Day? {
    years.contains(year) ? DateText.number(year, month, 1).map { .first($0) } : nil
  }

  /// A day by its number in the year.
  private static func day(_ year: Int, _ number: Int) -> Day? {
    guard let start = DateText.number(year, 1, 1), let next = DateText.number(year + 1, 1, 1) else { return nil }
    return number >= 1 && start + number - 1 < next ? .day(start + number - 1) : nil
  }

  private static func day(_ year: (value: Int, digits: Int), _ month: Int, _ day: Int) -> Day? {
    guard year.digits == 4 else { return year.digits == 2 && (1...31).contains(day) ? .ambiguous : nil }
    return DateText.number(year.value, month, day).map { .day($0) }
  }

  /// The day is the first of two numbers, or the month is where only one of them can be one.
  private mutating func day(_ year: (value: Int, digits: Int), _ first: Int, _ second: Int, isDayFirst: Bool) -> Day? {
    let (high, low) = (max(first, second), min(first, second))
    guard low >= 1, low <= 12, high <= 31 else { return nil }
    guard year.digits == 4 else { return year.digits == 2 ? .ambiguous : nil }
    if isDayFirst { return DateText.number(year.value, second, first).map { .day($0) } }
    form = .numbers(isDayFirst: high == low ? nil : first == high)
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

  /// Seconds since midnight as ISO 8601 has them without marks: `12`, `1230`, `123045`.
  private mutating func plainClock() -> Double? {
    guard let digits = number(), [2, 4, 6].contains(digits.digits) else { return nil }
    let (hour, minute, second) =
      switch digits.digits {
      case 2: (digits.value, 0, 0)
      case 4: (digits.value / 100, digits.value % 100, 0)
      default: (digits.value / 10_000, digits.value / 100 % 100, digits.value % 100)
      }
    return hour < 24 && minute < 60 && second < 60 ? Double(hour * 3600 + minute * 60 + second) : nil
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
  private static let weekdays = [
    "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]

  /// Whether letters in lower case are the name of a weekday.
  static func isWeekday(_ name: [UInt8]) -> Bool { weekdays.contains(String(decoding: name, as: UTF8.self)) }

  /// The month that letters in lower case name.
  static func month(_ name: [UInt8]) -> Int? {
    let text = String(decoding: name, as: UTF8.self)
    if text == "sept" { return 9 }
    return (months.firstIndex(of: text) ?? longMonths.firstIndex(of: text)).map { $0 + 1 }
  }
}
