#if canImport(Glibc)
internal import Glibc
#endif

/// A place on an axis that gets a label: `digits × 10^exponent`, so that the label is exact and not what a sum of doubles makes of it.
struct Tick: Equatable {
  let digits: Int
  let exponent: Int

  var value: Double { Double("\(digits)e\(exponent)") ?? 0 }
}

/// Round numbers on an axis: steps of 1, 2 and 5 times a power of ten.
enum Ticks {
  /// About `count` ticks from `low` to `high`; none when there is nothing between them.
  static func linear(from low: Double, to high: Double, count: Int, integersOnly: Bool = false) -> [Tick] {
    // The span of values near the ends of Double overflows: halves don't.
    let needed = (high / 2 - low / 2) / Double(max(1, count)) * 2
    guard needed > 0, needed.isFinite else { return [] }
    var (digits, exponent) = roundStep(atLeast: needed)
    if integersOnly, exponent < 0 { (digits, exponent) = (1, 0) }
    let step = Tick(digits: digits, exponent: exponent).value
    // What misses the end by rounding alone is in.
    let first = (low / step - 1e-9).rounded(.up)
    let last = (high / step + 1e-9).rounded(.down)
    guard first <= last, abs(first) < 1e15, abs(last) < 1e15 else { return [] }
    return (Int(first)...Int(last)).map { Tick(digits: $0 * digits, exponent: exponent) }
  }

  /// Powers of ten, every one or every few; where there are under three, 1, 2 and 5 times each; else as on a linear axis.
  static func logarithmic(from low: Double, to high: Double, count: Int) -> [Tick] {
    guard low > 0, high >= low, high.isFinite else { return [] }
    let range = (low * (1 - 1e-9))...max(low, high * (1 + 1e-9))
    let exponents = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    let powers = exponents.map { Tick(digits: 1, exponent: $0) }.filter { range.contains($0.value) }
    if powers.count >= 3 {
      let every = (powers.count + max(2, count) - 1) / max(2, count)
      return powers.filter { $0.exponent % every == 0 }
    }
    let multiples = exponents.flatMap { exponent in [1, 2, 5].map { Tick(digits: $0, exponent: exponent) } }
      .filter { range.contains($0.value) }
    return multiples.count >= 2 ? multiples : linear(from: low, to: high, count: count).filter { $0.digits > 0 }
  }

  /// The labels of an axis's ticks, all in one form: `0.25`, or where the numbers are very large or small `2.5e-7`.
  static func labels(_ ticks: [Tick]) -> [String] {
    // On a logarithmic axis each tick has its own power of ten.
    let isUniform = Set(ticks.map(\.exponent)).count <= 1
    let magnitudes = ticks.filter { $0.digits != 0 }.map { String($0.digits.magnitude).count - 1 + $0.exponent }
    let (least, most) = (magnitudes.min() ?? 0, magnitudes.max() ?? 0)
    let isPlain = most < 6 && (isUniform ? most > -4 : least > -4)
    return ticks.map { tick in
      if tick.digits == 0 { return "0" }
      let sign = tick.digits < 0 ? "−" : ""
      let digits = String(tick.digits.magnitude)
      if isPlain { return sign + shifted(digits, by: tick.exponent) }
      let power = digits.count - 1 + tick.exponent
      return "\(sign)\(trimmed(shifted(digits, by: tick.exponent - power)))e\(power)"
    }
  }

  /// The smallest of 1, 2 and 5 times a power of ten that isn't under a number.
  private static func roundStep(atLeast needed: Double) -> (digits: Int, exponent: Int) {
    let exponent = Int(log10(needed).rounded(.down))
    for digits in [1, 2, 5] where Tick(digits: digits, exponent: exponent).value >= needed * (1 - 1e-9) { return (digits, exponent) }
    return (1, exponent + 1)
  }

  /// A row of digits with its point moved: ("25", -2) is 0.25.
  private static func shifted(_ digits: String, by exponent: Int) -> String {
    if exponent >= 0 { return digits + String(repeating: "0", count: exponent) }
    let padded = String(repeating: "0", count: max(0, 1 - exponent - digits.count)) + digits
    let point = padded.index(padded.endIndex, offsetBy: exponent)
    return "\(padded[..<point]).\(padded[point...])"
  }

  /// Without the zeros at the end of its fraction.
  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    let end = text.lastIndex { $0 != "0" } ?? text.startIndex
    return String(text[end] == "." ? text[..<end] : text[...end])
  }
}
