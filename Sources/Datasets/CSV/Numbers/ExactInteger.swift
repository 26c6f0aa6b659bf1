/// Whether an integer's digits are what float64 holds of it.
package enum ExactInteger {
  /// Above this float64 doesn't hold every integer.
  static let limit = 0x1p53

  /// Whether the bytes are an integer that isn't `value`, its nearest float64.  Written with an exponent it may be a measurement: then
  /// `value` has to have the digits that are written, up to 2^127.
  static func isRounded(_ bytes: Span<UInt8>, _ value: Double) -> Bool {
    guard value.magnitude >= limit else { return false }
    if let end = bytes.indices.first(where: { bytes[$0] | 0x20 == UInt8(ascii: "e") }) {
      return isRounded(mantissa: bytes.extracting(0..<end), exponent: bytes.extracting(end + 1..<bytes.count), value)
    }
    guard let text = integerText(bytes) else { return false }
    guard let written = Int128(text), let held = Int128(exactly: value) else { return true }
    return written != held
  }

  /// The same of a text.
  package static func isRounded(_ text: String, _ value: Double) -> Bool { isRounded(Array(text.utf8).span, value) }

  private static func isRounded(mantissa: Span<UInt8>, exponent: Span<UInt8>, _ value: Double) -> Bool {
    guard let held = Int128(exactly: value), var power = Int(text(exponent)) else { return false }
    var digits = Array(text(mantissa).utf8)
    if let point = digits.firstIndex(of: UInt8(ascii: ".")) {
      power -= digits.count - point - 1
      digits.remove(at: point)
    }
    while digits.last == UInt8(ascii: "0") {
      digits.removeLast()
      power += 1
    }
    guard power >= 0 else { return false }
    guard let written = Int128(String(decoding: digits, as: UTF8.self)) else { return true }
    let unit = (0..<min(power, 38)).reduce(1 as Int128) { unit, _ in unit * 10 }
    let (integer, isBeyond) = written.multipliedReportingOverflow(by: unit)
    return isBeyond || 2 * (integer - held).magnitude > UInt128(unit)
  }

  private static func text(_ bytes: Span<UInt8>) -> String { String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) }

  /// Whether the bytes are an integer that begins with a zero that means nothing to a number: `02134`.
  static func hasLeadingZero(_ bytes: some Collection<UInt8>) -> Bool {
    var digits = bytes[...]
    if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    return digits.count > 1 && digits.first == UInt8(ascii: "0") && digits.allSatisfy { (48...57).contains($0) }
  }

  /// The same of a cell, without a copy of it.
  @inline(__always)
  static func hasLeadingZero(_ bytes: Span<UInt8>) -> Bool {
    let start = !bytes.isEmpty && (bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+")) ? 1 : 0
    guard bytes.count > start + 1, bytes[start] == UInt8(ascii: "0"), (48...57).contains(bytes[start + 1]) else { return false }
    for i in start..<bytes.count where !(48...57).contains(bytes[i]) { return false }
    return true
  }

  private static func integerText(_ bytes: Span<UInt8>) -> String? {
    var text: [UInt8] = []
    for i in bytes.indices {
      if bytes[i] == UInt8(ascii: "."), !text.isEmpty {
        for place in i + 1..<bytes.count where bytes[place] != UInt8(ascii: "0") { return nil }
        break
      }
      let isSign = i == 0 && (bytes[i] == UInt8(ascii: "-") || bytes[i] == UInt8(ascii: "+"))
      guard isSign || (48...57).contains(bytes[i]) else { return nil }
      text.append(bytes[i])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
