/// Whether a text is meant as a date or a time, in whatever form; `DateReader` says which of them are read.
///
/// It is one when it has a day or a clock, and nothing else but weekdays, zones and blanks, in any order:
/// `Wed Jan 31 12:30:00 2024`, `31/Jan/2024:12:30:00 +0000`, `12.30.2024`, `24:00`.
struct DateLook {
  /// A number of at most two digits or of four, or the name of a month.
  private struct Piece {
    let value: Int
    let digits: Int
    var isMonth = false
    /// What stands before it: a mark, or 0 for blanks.
    let mark: UInt8
  }

  private let bytes: [UInt8]
  private var at = 0
  private var pieces: [Piece] = []
  /// Where the last piece ends.
  private var pieceEnd = -1
  private var mark: UInt8 = 0
  /// Eight digits that are a day.
  private var hasWholeDay = false
  private var hasClock = false
  private var hasOffset = false
  /// `T` stands before what comes next.
  private var isAfterT = false

  private static let longest = 128

  static func matches(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count <= longest, bytes.contains(where: isDigit), !bytes.allSatisfy(isDigit) else { return false }
    var look = DateLook(bytes: bytes)
    while look.at < bytes.count { guard look.take() else { return false } }
    return look.isDate
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// Takes what stands here; false for anything that no date has.
  private mutating func take() -> Bool {
    let byte = bytes[at]
    if Self.isDigit(byte) { return number() }
    if Self.isLetter(byte) { return word() }
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"): at += 1
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      let isAtPiece = pieceEnd == at && pieces.count < 3
      if hasClock || hasWholeDay || pieces.count == 3, !isAtPiece, next.map(Self.isDigit) ?? false { return offset() }
      return byte == UInt8(ascii: "-") && takeMark()
    case UInt8(ascii: ","), UInt8(ascii: "/"), UInt8(ascii: "."): return takeMark()
    case UInt8(ascii: ":"):
      // 31/Jan/2024:12:30:00, as web servers log it.
      guard pieces.last?.digits == 4, pieceEnd == at, next.map(Self.isDigit) ?? false else { return false }
      at += 1
    case UInt8(ascii: "("), UInt8(ascii: "["):
      let closing = byte == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: "]")
      guard hasClock, let end = bytes[at...].firstIndex(of: closing) else { return false }
      at = end + 1
    default: return false
    }
    return true
  }

  private mutating func takeMark() -> Bool {
    guard at > 0, mark == 0 || mark == UInt8(ascii: ".") else { return false }
    mark = bytes[at]
    at += 1
    return true
  }

  private mutating func number() -> Bool {
    let digits = self.digits()
    if digits.count <= 2, at < bytes.count, bytes[at] == UInt8(ascii: ":") { return clock(digits) }
    defer { isAfterT = false }
    switch digits.count {
    case 2 where isAfterT, 4 where isAfterT || hasWholeDay, 6 where isAfterT || hasWholeDay: return plainClock(digits)
    case 1, 2:
      if let end = ordinal() { at = end }
      append(Piece(value: Self.value(digits), digits: digits.count, mark: mark))
    case 4: append(Piece(value: Self.value(digits), digits: 4, mark: mark))
    case 8: return wholeDay(digits)
    case 12, 14: return wholeDay(digits.prefix(8)) && plainClock(digits.dropFirst(8))
    default: return false
    }
    return true
  }

  private mutating func append(_ piece: Piece) {
    pieces.append(piece)
    (pieceEnd, mark) = (at, 0)
  }

  private mutating func wholeDay(_ digits: ArraySlice<UInt8>) -> Bool {
    let number = Self.value(digits)
    guard !hasWholeDay, DateText.number(number / 10_000, number / 100 % 100, number % 100) != nil else { return false }
    hasWholeDay = true
    return true
  }

  /// `12:30`, `12:30:45.5`; 24:00 and a leap second too.
  private mutating func clock(_ hour: ArraySlice<UInt8>) -> Bool {
    isAfterT = false
    at += 1
    let minute = digits()
    guard minute.count == 2 else { return false }
    var second = bytes[at..<at]
    if at < bytes.count, bytes[at] == UInt8(ascii: ":") {
      at += 1
      second = digits()
      guard second.count == 2 else { return false }
      fraction()
    }
    return setClock(Self.value(hour), Self.value(minute), Self.value(second))
  }

  /// `12`, `1230`, `123045.5`.
  private mutating func plainClock(_ digits: ArraySlice<UInt8>) -> Bool {
    fraction()
    let parts = [digits.prefix(2), digits.dropFirst(2).prefix(2), digits.dropFirst(4)].map(Self.value)
    return setClock(parts[0], parts[1], parts[2])
  }

  private mutating func setClock(_ hour: Int, _ minute: Int, _ second: Int) -> Bool {
    guard !hasClock, hour < 24 || hour == 24 && minute == 0 && second == 0, minute < 60, second <= 60 else { return false }
    (hasClock, mark) = (true, 0)
    return true
  }

  private mutating func fraction() {
    guard at < bytes.count, ".,".utf8.contains(bytes[at]), next.map(Self.isDigit) ?? false else { return }
    at += 1
    _ = digits()
  }

  private mutating func offset() -> Bool {
    at += 1
    let hours = digits()
    guard !hasOffset, [1, 2, 4].contains(hours.count), Self.value(hours.prefix(2)) <= 14 else { return false }
    hasOffset = true
    // Behind a day alone, -05 may be anything.
    guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { return hasClock }
    at += 1
    return digits().count == 2
  }

  private mutating func word() -> Bool {
    let start = at
    while at < bytes.count, Self.isLetter(bytes[at]) { at += 1 }
    let letters = bytes[start..<at]
    let lower = letters.map { $0 | 0x20 }
    if let month = DateReader.month(lower) {
      append(Piece(value: month, digits: 0, isMonth: true, mark: mark))
      return true
    }
    if DateReader.isWeekday(lower) {
      mark = 0
      return true
    }
    switch String(decoding: lower, as: UTF8.self) {
    case "t" where at < bytes.count && Self.isDigit(bytes[at]):
      isAfterT = hasWholeDay || !pieces.isEmpty
      return true
    case "am", "pm":
      // 5 PM
      if !hasClock, let hour = pieces.popLast() { return hour.digits <= 2 && (1...12).contains(hour.value) && setClock(hour.value, 0, 0) }
      return hasClock
    case "of", "at": return !pieces.isEmpty
    case "z", "utc", "gmt": return hasClock || hasWholeDay || pieces.count == 3
    default:
      guard hasClock else { return false }
      // Europe/Berlin
      if at < bytes.count, bytes[at] == UInt8(ascii: "/") {
        while at < bytes.count, Self.isLetter(bytes[at]) || "/_".utf8.contains(bytes[at]) { at += 1 }
        return true
      }
      return letters.count <= 5 && letters.allSatisfy { $0 & 0x20 == 0 }
    }
  }

  private var isDate: Bool {
    guard mark == 0 else { return false }
    if hasWholeDay { return pieces.isEmpty }
    switch pieces.count {
    case 0: return hasClock
    case 2: return isMonthAndYear || hasClock && isMonthAndDay
    case 3: return isDay
    default: return false
    }
  }

  private var isMonthAndYear: Bool {
    guard !hasClock, let year = pieces.first(where: { $0.digits == 4 }), (1900...2100).contains(year.value) else { return false }
    return pieces.contains { $0.isMonth || $0.digits < 3 && (1...12).contains($0.value) && "-/".utf8.contains(pieces[1].mark) }
  }

  private var isMonthAndDay: Bool {
    guard let month = pieces.first(where: \.isMonth), let day = pieces.first(where: { !$0.isMonth }) else { return false }
    return day.digits <= 2 && DateText.number(2000, month.value, day.value) != nil
  }

  private var isDay: Bool {
    let numbers = pieces.filter { !$0.isMonth }
    if numbers.count == 2, let month = pieces.first(where: \.isMonth)?.value {
      return Self.isDay(numbers[1], month, numbers[0]) || Self.isDay(numbers[0], month, numbers[1])
    }
    guard numbers.count == 3, pieces[1].mark == pieces[2].mark, "-/.".utf8.contains(pieces[1].mark) else { return false }
    let (first, second, third) = (numbers[0], numbers[1], numbers[2])
    // 1.2.10 is the number of a program's version, and 13.1.24 a day.
    let isVersion = pieces[1].mark == UInt8(ascii: ".") && third.digits < 4 && first.digits + second.digits < 3
    if !isVersion, Self.isDay(third, second.value, first) || Self.isDay(third, first.value, second) { return true }
    return first.digits >= 2 && (first.digits == 4 || second.digits == 2 && third.digits == 2) && Self.isDay(first, second.value, third)
  }

  private static func isDay(_ year: Piece, _ month: Int, _ day: Piece) -> Bool {
    guard year.digits == 4 || year.digits == 2, day.digits <= 2 else { return false }
    return DateText.number(year.digits == 4 ? year.value : 2000, month, day.value) != nil
  }

  // MARK: Pieces

  private var next: UInt8? { at + 1 < bytes.count ? bytes[at + 1] : nil }

  private mutating func digits() -> ArraySlice<UInt8> {
    let start = at
    while at < bytes.count, Self.isDigit(bytes[at]) { at += 1 }
    return bytes[start..<at]
  }

  /// The end of `st`, `nd`, `rd` or `th`.
  private func ordinal() -> Int? {
    guard at + 2 <= bytes.count, at + 2 == bytes.count || !Self.isLetter(bytes[at + 2]) else { return nil }
    return ["st", "nd", "rd", "th"].contains(String(decoding: bytes[at..<at + 2].map { $0 | 0x20 }, as: UTF8.self)) ? at + 2 : nil
  }

  /// Of at most fourteen digits.
  private static func value(_ digits: ArraySlice<UInt8>) -> Int { digits.reduce(0) { $0 * 10 + Int($1 - 48) } }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 0x20) }
}
