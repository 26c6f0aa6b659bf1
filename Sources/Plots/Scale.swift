#if canImport(Glibc)
internal import Glibc
#endif

/// From values to the length of an axis, linear or logarithmic.
///
/// Invariant: `low` < `high`, both finite; on a logarithmic scale both above 0.
struct Scale {
  let low: Double
  let high: Double
  let isLog: Bool

  /// A scale of just these ends, or a little more where they are too near to be told apart.
  init(from low: Double, to high: Double, isLog: Bool = false) {
    self.isLog = isLog
    var (low, high) = (max(low, -.greatestFiniteMagnitude), min(high, .greatestFiniteMagnitude))
    let size = max(abs(low), abs(high))
    if isLog {
      if high / low < 1.0001 { (low, high) = (max(low / 1.5, .leastNonzeroMagnitude), min(high * 1.5, .greatestFiniteMagnitude)) }
      if !(low < high) { (low, high) = (low, low * 2) }
    } else if !(high / 2 - low / 2 > size * 1e-9) {
      let margin = size == 0 ? 1 : max(size * 0.1, 1e-300)
      (low, high) = (max(low - margin, -.greatestFiniteMagnitude), min(high + margin, .greatestFiniteMagnitude))
    }
    self.low = low
    self.high = high
  }

  /// A scale that holds all of the values it can show, with `margin` of its length free at either end; a linear one begins at 0 where
  /// that is near.  Without a value it goes from 0 (or 0.1) to 1.
  init(holding values: some Sequence<Double>, isLog: Bool = false, margin: Double = 0.05, startsAtZero: Bool = false) {
    var (least, most) = (Double.infinity, -Double.infinity)
    for value in values where value.isFinite && (!isLog || value > 0) {
      least = min(least, value)
      most = max(most, value)
    }
    guard least <= most else {
      self.init(from: isLog ? 0.1 : 0, to: 1, isLog: isLog)
      return
    }
    let exact = Scale(from: least, to: most, isLog: isLog)
    if isLog {
      let factor = exp((log(exact.high) - log(exact.low)) * margin)
      self.init(from: max(exact.low / factor, .leastNonzeroMagnitude), to: exact.high * factor, isLog: true)
      return
    }
    let space = (exact.high / 2 - exact.low / 2) * margin * 2
    let reachesZero = startsAtZero && least >= 0 && least < most / 2
    self.init(from: reachesZero ? 0 : exact.low - space, to: exact.high + space)
  }

  /// Where a value stands, 0 at `low` and 1 at `high`; nil for one that can't be shown: NaN, infinite, or on a logarithmic scale not
  /// above 0.
  func position(_ value: Double) -> Double? {
    guard value.isFinite, !isLog || value > 0 else { return nil }
    let position =
      isLog
      ? (log(value) - log(low)) / (log(high) - log(low))
      : (value / 2 - low / 2) / (high / 2 - low / 2)
    return position.isFinite ? position : nil
  }

  /// The value at a position.
  func value(at position: Double) -> Double {
    isLog ? exp(log(low) + (log(high) - log(low)) * position) : low * (1 - position) + high * position
  }

  /// Round numbers on the scale.
  func ticks(_ count: Int, integersOnly: Bool = false) -> [Tick] {
    isLog
      ? Ticks.logarithmic(from: low, to: high, count: count)
      : Ticks.linear(from: low, to: high, count: count, integersOnly: integersOnly)
  }
}
