/// A curve in braille characters: each holds 2 × 4 dots.
public struct TerminalChart: Sendable {
  /// The characters of the curve, without the axis.
  public var width: Int
  public var height: Int

  public init(width: Int = 60, height: Int = 6) {
    self.width = max(1, width)
    self.height = max(1, height)
  }

  /// The lines of a chart of `values` over their index, the largest value and the smallest written at the left.
  /// Values that aren't finite leave a gap; nothing comes of a series without a finite one.
  public func lines(_ values: [Double]) -> [String] {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return [] }
    let dots = dots(values, low: low, high: high)
    let labels = [Self.label(high), Self.label(low)]
    let margin = max(labels[0].count, labels[1].count)
    return (0..<height).map { line in
      let label = line == 0 ? labels[0] : line == height - 1 ? labels[1] : ""
      let cells = (0..<width).map { Character(Unicode.Scalar(0x2800 + dots[line * width + $0]) ?? " ") }
      return String(repeating: " ", count: margin - label.count) + label + " ┤" + String(cells)
    }
  }

  /// The dots of each character, row by row: every column of dots is filled from its smallest value to its largest.
  private func dots(_ values: [Double], low: Double, high: Double) -> [UInt32] {
    var cells = [UInt32](repeating: 0, count: width * height)
    let columns = width * 2
    let rows = height * 4
    // The span of values near the ends of Double overflows: then all is halved.
    let unit = (high - low).isFinite ? 1 : 0.5
    let span = high > low ? high * unit - low * unit : 1
    var previous: Int?
    for column in 0..<columns {
      // Each column stands for a stretch of the series; a short series leaves some without a value.
      let from = column * values.count / columns
      let to = max(from + 1, (column + 1) * values.count / columns)
      let stretch = values[min(from, values.count - 1)..<min(to, values.count)].filter(\.isFinite)
      guard let least = stretch.min(), let most = stretch.max() else {
        previous = nil
        continue
      }
      func row(_ value: Double) -> Int { Int(((high * unit - value * unit) / span * Double(rows - 1)).rounded()) }
      var (top, bottom) = (row(most), row(least))
      if let previous {
        top = min(top, max(previous, top))
        if previous < top { top = previous + 1 <= bottom ? min(previous + 1, top) : top }
        if previous > bottom { bottom = previous - 1 }
      }
      for dot in top...max(top, bottom) { cells[dot / 4 * width + column / 2] |= Self.bit(column % 2, dot % 4) }
      previous = row(stretch[stretch.endIndex - 1])
    }
    return cells
  }

  /// The bit of a dot in a braille character: Unicode 16.0, chapter 21.
  private static func bit(_ x: Int, _ y: Int) -> UInt32 {
    [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]][x][y]
  }

  private static func label(_ value: Double) -> String {
    let magnitude = value == 0 ? 1 : abs(value)
    guard magnitude < 1e5, magnitude >= 1e-3 else { return scientific(value) }
    let scale = magnitude >= 100 ? 10.0 : magnitude >= 1 ? 100 : 10_000
    return "\((value * scale).rounded() / scale)"
  }

  /// Four digits and a power of ten: `2.711e-5`.
  private static func scientific(_ value: Double) -> String {
    var (mantissa, exponent) = (value, 0)
    while abs(mantissa) >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while abs(mantissa) < 1 {
      mantissa *= 10
      exponent -= 1
    }
    return "\((mantissa * 1000).rounded() / 1000)e\(exponent)"
  }
}
