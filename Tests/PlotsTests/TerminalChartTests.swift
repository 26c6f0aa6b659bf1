import Plots
import Testing

struct TerminalChartTests {
  /// The dots of a chart as rows of booleans: each braille character holds 2 × 4.
  private func dots(_ lines: [String]) -> [[Bool]] {
    let order: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    return lines.flatMap { line -> [[Bool]] in
      let cells = line.unicodeScalars.filter { (0x2800...0x28ff).contains($0.value) }
      return order.map { bits -> [Bool] in cells.flatMap { cell in bits.map { (cell.value - 0x2800) & $0 != 0 } } }
    }
  }

  /// The topmost dot of each column, nil where it is empty.
  private func tops(_ lines: [String]) -> [Int?] {
    let dots = dots(lines)
    return dots[0].indices.map { column in dots.firstIndex { $0[column] } }
  }

  @Test("a chart is as wide and as high as asked", arguments: [(60, 6), (1, 1), (10, 2), (3, 20)])
  func size(width: Int, height: Int) {
    let lines = TerminalChart(width: width, height: height).lines([3, 1, 4, 1, 5, 9, 2, 6])
    #expect(lines.count == height)
    for line in lines { #expect(line.unicodeScalars.count { (0x2800...0x28ff).contains($0.value) } == width) }
    #expect(Set(lines.map(\.count)).count == 1, "the axis stands in one column")
  }

  @Test("a size below 1 is 1", arguments: [0, -5])
  func smallest(size: Int) {
    #expect(TerminalChart(width: size, height: size).lines([1, 2]).map(\.count) == TerminalChart(width: 1, height: 1).lines([1, 2]).map(\.count))
  }

  @Test("the largest value stands at the top left, the smallest at the bottom left")
  func labels() {
    let lines = TerminalChart(width: 8, height: 3).lines([0.71903, 0.5, 0.0504])
    #expect(lines[0].hasPrefix(" 0.719 ┤"))
    #expect(lines[1].hasPrefix("      ┤"))
    #expect(lines[2].hasPrefix("0.0504 ┤"))
  }

  @Test("a falling series falls: every column's dots are at or below those before")
  func falling() {
    let tops = tops(TerminalChart(width: 20, height: 4).lines((0..<200).map { 1 / Double($0 + 1) })).compactMap(\.self)
    #expect(tops.count == 40)
    #expect(tops.first == 0)
    #expect(tops.last == 15)
    #expect(zip(tops, tops.dropFirst()).allSatisfy { $0 <= $1 })
  }

  private static let rising = (0..<40).map { Double($0) }
  private static let zigzag = (0..<40).map { Double($0 % 2) }
  private static let noise = (0..<400).map { Double(($0 * 7919) % 101) }
  static let curves: [[Double]] = [rising, rising.reversed(), zigzag, noise, [0, 0, 0, 100, 0, 0]]

  @Test("the curve is in one piece: neighbouring columns touch, whatever it does", arguments: curves)
  func connected(values: [Double]) {
    let dots = dots(TerminalChart(width: 20, height: 5).lines(values))
    for column in 1..<40 {
      func rows(_ column: Int) -> [Int] { dots.indices.filter { dots[$0][column] } }
      let touches = rows(column - 1).contains { before in rows(column).contains { abs($0 - before) <= 1 } }
      #expect(touches, "columns \(column - 1) and \(column)")
    }
  }

  @Test("each column reaches from its smallest value to its largest")
  func extremes() {
    // One value stands out of a thousand: it must be seen.
    var values = [Double](repeating: 0, count: 1000)
    values[500] = 10
    let dots = dots(TerminalChart(width: 10, height: 3).lines(values))
    #expect(dots[0].count { $0 } == 1)
    #expect(dots[11].allSatisfy { $0 })
  }

  @Test("a constant series is a straight line", arguments: [0.0, 1, -3, 1e300])
  func constant(value: Double) {
    let dots = dots(TerminalChart(width: 5, height: 2).lines(Array(repeating: value, count: 30)))
    #expect(dots.count { $0.contains(true) } == 1)
    #expect(dots.first { $0.contains(true) }?.contains(false) == false)
  }

  @Test("values that aren't finite leave a gap", arguments: [Double.nan, .infinity, -.infinity])
  func gap(value: Double) {
    let tops = tops(TerminalChart(width: 5, height: 2).lines([1, 1, 1, value, value, value, value, 2, 2, 2]))
    #expect(tops.map { $0 != nil } == [true, true, true, false, false, false, false, true, true, true])
  }

  @Test("no finite value, no chart", arguments: [[], [.nan], [.infinity, .nan, -.infinity]] as [[Double]])
  func nothing(values: [Double]) { #expect(TerminalChart().lines(values).isEmpty) }

  @Test("one value is a line; values whose span overflows are drawn", arguments: [[1.0], [-Double.greatestFiniteMagnitude, Double.greatestFiniteMagnitude]])
  func extremesOfDouble(values: [Double]) {
    let lines = TerminalChart(width: 4, height: 2).lines(values)
    #expect(lines.count == 2)
    #expect(tops(lines).allSatisfy { $0 != nil })
  }
}
