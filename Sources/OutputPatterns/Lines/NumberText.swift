/// A number as it is written: `3`, `-0.25`, `1e-05`, `nan`, `-inf`.
struct NumberText {
  let value: Double
  /// Behind its last byte.
  let end: Int
  /// Whether it has neither point nor exponent.
  let isInteger: Bool

  /// The longest that is taken for a number.
  private static let longest = 64

  /// The number that begins at a place; nil when none does.
  init?(_ bytes: [UInt8], at start: Int) {
    var end = start
    func digits() -> Int {
      let first = end
      while end < bytes.count, bytes[end].isDigit { end += 1 }
      return end - first
    }
    func at(_ place: Int) -> UInt8 { place < bytes.count ? bytes[place] : 0 }
    if at(end) == UInt8(ascii: "-") || at(end) == UInt8(ascii: "+") { end += 1 }
    if let word = Self.word(bytes, at: end) {
      value = word.value * (at(start) == UInt8(ascii: "-") ? -1 : 1)
      self.end = word.end
      isInteger = false
      return
    }
    var isInteger = true
    var count = digits()
    if at(end) == UInt8(ascii: "."), at(end + 1).isDigit {
      isInteger = false
      end += 1
      count += digits()
    }
    guard count > 0 else { return nil }
    if at(end) | 0x20 == UInt8(ascii: "e") {
      let sign = at(end + 1) == UInt8(ascii: "-") || at(end + 1) == UInt8(ascii: "+") ? 1 : 0
      if at(end + 1 + sign).isDigit {
        isInteger = false
        end += 1 + sign
        _ = digits()
      }
    }
    guard end - start <= Self.longest, let value = Double(String(decoding: bytes[start..<end], as: UTF8.self)) else { return nil }
    (self.value, self.end, self.isInteger) = (value, end, isInteger)
  }

  /// `nan`, `inf` or `infinity` in any case, as a whole word.
  private static func word(_ bytes: [UInt8], at start: Int) -> (value: Double, end: Int)? {
    guard start < bytes.count, [UInt8(ascii: "n"), UInt8(ascii: "i")].contains(bytes[start] | 0x20) else { return nil }
    for (text, value) in [("infinity", Double.infinity), ("inf", .infinity), ("nan", .nan)] {
      let end = start + text.utf8.count
      guard end <= bytes.count, zip(bytes[start..<end], text.utf8).allSatisfy({ $0 | 0x20 == $1 }) else { continue }
      if end < bytes.count, bytes[end].isLetter || bytes[end].isDigit || bytes[end] == UInt8(ascii: "_") { continue }
      return (value, end)
    }
    return nil
  }
}

extension UInt8 {
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
  var isLetter: Bool { self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "z") }
  var isBlank: Bool { self == 0x20 || self == 0x09 }
  var lowercased: UInt8 { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self }
}
