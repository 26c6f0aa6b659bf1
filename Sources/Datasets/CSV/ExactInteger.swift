/// Whether an integer's digits are what float64 holds of it.
enum ExactInteger {
  /// Above this float64 doesn't hold every integer.
  static let limit = 0x1p53

  /// Whether the bytes are an integer (a sign and digits, nothing else) that isn't `value`, its nearest float64.
  static func isRounded(_ bytes: Span<UInt8>, _ value: Double) -> Bool {
    guard value.magnitude >= limit, let text = integerText(bytes) else { return false }
    guard let written = Int128(text), let held = Int128(exactly: value) else { return true }
    return written != held
  }

  /// Whether the bytes are an integer that begins with a zero that means nothing to a number: `02134`.
  static func hasLeadingZero(_ bytes: some Collection<UInt8>) -> Bool {
    var digits = bytes[...]
    if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    return digits.count > 1 && digits.first == UInt8(ascii: "0") && digits.allSatisfy { (48...57).contains($0) }
  }

  private static func integerText(_ bytes: Span<UInt8>) -> String? {
    var text: [UInt8] = []
    for i in bytes.indices {
      let isSign = i == 0 && (bytes[i] == UInt8(ascii: "-") || bytes[i] == UInt8(ascii: "+"))
      guard isSign || (48...57).contains(bytes[i]) else { return nil }
      text.append(bytes[i])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
