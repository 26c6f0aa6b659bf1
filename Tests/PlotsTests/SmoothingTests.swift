import Testing

@testable import Plots

@Suite("smoothing")
struct SmoothingTests {
  @Test("is TensorBoard's: the first value stays, and what follows is the debiased average")
  func average() {
    let values = [1.0, 0.5, 0.25, 0.125]
    // Reckoned by hand: s₂ = (0.9·0.1·1 + 0.1·0.5) / (1 − 0.81) and so on.
    let expected = [1.0, 0.14 / 0.19, (0.14 * 0.9 + 0.025) / 0.271, ((0.14 * 0.9 + 0.025) * 0.9 + 0.0125) / 0.3439]
    for (found, wanted) in zip(smoothed(values, weight: 0.9), expected) { #expect(abs(found - wanted) < 1e-12) }
    #expect(smoothed(values, weight: 0) == values && smoothed([], weight: 0.9).isEmpty)
  }

  @Test("a constant stays what it is, and what isn't finite counts for nothing")
  func edges() {
    for value in smoothed([Double](repeating: 3, count: 1000), weight: 0.999) { #expect(abs(value - 3) < 1e-9) }
    let found = smoothed([.nan, 1, .infinity, 1, .nan], weight: 0.5)
    #expect(found[0].isNaN && found[1] == 1 && found[2] == .infinity && found[3] == 1 && found[4].isNaN)
  }

  @Test("of a smoothed curve both are in the picture, the raw one pale, and the best point is marked there and in the legend")
  func picture() {
    let points = (0..<50).map { Point(x: Double($0), y: Double(($0 * 37) % 50)) }
    var raw = CurvePlot.Curve(name: "", points: points)
    raw.isPale = true
    var curve = CurvePlot.Curve(
      name: "loss", points: zip(points, smoothed(points.map(\.y), weight: 0.9)).map { Point(x: $0.x, y: $1) })
    curve.best = points.min { $0.y < $1.y }
    let plot = CurvePlot(PlotText(title: "t"), curves: [raw, curve])
    let svg = plot.svg()
    #expect(svg.contains("class=\"curve s0 pale\"") && svg.contains("class=\"curve s0\""))
    #expect(svg.matches(of: /class="mark best s0"/).count == 2, "one at the point, one in the legend")
    let terminal = plot.terminal(width: 60)
    let marks = terminal.map { $0.map(\.text).joined() }.filter { $0.contains("o") && !$0.contains("over") }
    #expect(marks.count == 2, "\(marks)")
  }

  @Test("a value that can't be drawn is counted once, however often its curve stands there")
  func counted() {
    var raw = CurvePlot.Curve(name: "", points: [Point(x: 0, y: .nan), Point(x: 1, y: 1)])
    raw.isPale = true
    var curve = raw
    curve.isPale = false
    #expect(CurvePlot(PlotText(title: ""), curves: [raw, curve]).text.notes == ["1 value is NaN or infinite and left out"])
  }
}
