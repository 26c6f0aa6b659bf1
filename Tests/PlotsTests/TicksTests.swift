import Testing

@testable import Plots

struct TicksTests {
  static let axes: [(Double, Double, Int, [String])] = [
    (0, 1, 5, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]), (0, 2000, 4, ["0", "500", "1000", "1500", "2000"]),
    (-1, 1, 4, ["−1.0", "−0.5", "0", "0.5", "1.0"]), (0.1, 0.3, 4, ["0.10", "0.15", "0.20", "0.25", "0.30"]),
    (0, 1e7, 5, ["0", "2e6", "4e6", "6e6", "8e6", "1e7"]),
    (0, 3e-7, 3, ["0", "1e-7", "2e-7", "3e-7"]), (100_000, 100_002, 2, ["100000", "100001", "100002"]),
    (-1e308, 1e308, 2, ["−1e308", "0", "1e308"]),
  ]

  @Test("ticks are round, and their labels exact", arguments: axes)
  func linear(low: Double, high: Double, count: Int, labels: [String]) {
    let ticks = Ticks.linear(from: low, to: high, count: count)
    #expect(Ticks.labels(ticks) == labels)
    let slack = (high / 2 - low / 2) * 1e-8
    #expect(ticks.allSatisfy { $0.value >= low - slack && $0.value <= high + slack })
  }

  @Test("epochs have no fractions")
  func integers() { #expect(Ticks.labels(Ticks.linear(from: 0, to: 2, count: 8, integersOnly: true)) == ["0", "1", "2"]) }

  static let logarithmic: [(Double, Double, [String])] = [
    (0.001, 10, ["0.001", "0.01", "0.1", "1", "10"]), (0.2, 3, ["0.2", "0.5", "1", "2"]),
    (1e-9, 1e-3, ["1e-9", "1e-8", "1e-7", "1e-6", "1e-5", "1e-4", "1e-3"]),
    (0.5, 0.56, ["0.50", "0.52", "0.54", "0.56"]),
  ]

  @Test("a logarithmic axis has powers of ten, and more where those are few", arguments: logarithmic)
  func log(low: Double, high: Double, labels: [String]) {
    #expect(Ticks.labels(Ticks.logarithmic(from: low, to: high, count: low == 0.5 ? 3 : 8)) == labels)
  }

  @Test("what is no range has no ticks", arguments: [(1.0, 1.0), (2, 1), (.nan, 1), (0, .infinity)])
  func nothing(low: Double, high: Double) { #expect(Ticks.linear(from: low, to: high, count: 5).isEmpty) }

  static let odd: [[Double]] = [
    [], [0], [.leastNonzeroMagnitude], [1e308], [-1e308, 1e308], [.nan, .infinity], [1, 1.nextUp], [1e16, 1e16 + 2], [-3, -3],
    [.leastNonzeroMagnitude, 2 * .leastNonzeroMagnitude], [0.7, 0.05],
  ]

  @Test("every scale has two ends in order and at most a few ticks, whatever the values", arguments: odd, [false, true])
  func scales(values: [Double], isLog: Bool) {
    let scale = Scale(holding: values, isLog: isLog, startsAtZero: true)
    #expect(scale.low < scale.high && scale.low.isFinite && scale.high.isFinite)
    #expect(scale.ticks(6).count <= 20)
    for value in values where value.isFinite && (!isLog || value > 0) {
      #expect(scale.position(value).map { (-1e-9...1 + 1e-9).contains($0) } == true, "\(value)")
    }
  }
}
