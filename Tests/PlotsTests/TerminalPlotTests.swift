import Foundation
import Testing

@testable import Plots

struct TerminalPlotTests {
  private func lines(_ plot: [TerminalLine]) -> [String] { plot.map { $0.map(\.text).joined() } }

  private static let values: [[Double]] = [
    [], [1], [.nan], [1, 2, 3], [-1e308, 1e308], [1e-9, 2e-9], (0..<5000).map { 1 / Double($0 + 1) },
  ]

  @Test("no plot is wider than asked, down to a few columns", arguments: [6, 10, 20, 40, 80, 200], values)
  func width(width: Int, values: [Double]) {
    let text = PlotText(title: "t")
    let points = values.enumerated().map { Point(x: Double($0), y: $1) }
    let plots = [
      CurvePlot(text, curves: [.init(name: "", points: points), .init(name: "", points: points, style: .marks)]).terminal(width: width),
      CurvePlot(text, curves: [.init(name: "", points: points)], isLog: true).terminal(width: width),
      ScatterPlot(text, points: points).terminal(width: width), PictureTests.boundary().terminal(width: width),
    ]
    for plot in plots {
      // Notes are for whoever prints them to cut.
      for line in lines(plot) where !line.contains("left out") && !line.contains("there") && !line.contains("over") {
        #expect(line.count <= width)
      }
    }
  }

  @Test("the legend names what has a name, in the pattern of its curve")
  func legend() {
    let line = [Point(x: 0, y: 0), Point(x: 1, y: 1)]
    let plot = CurvePlot(
      PlotText(title: "t"),
      curves: [
        .init(name: "first", points: line), .init(name: "second", points: line, group: 1), .init(name: "", points: line, style: .marks),
      ])
    let text = lines(plot.terminal(width: 40)).suffix(2)
    #expect(text.map { String($0.suffix(6)) } == [" first", "second"])
    #expect(text.first?.prefix(4) != text.last?.prefix(4))
  }

  @Test("the samples of a boundary stand on the shade of the likeliest class")
  func boundary() {
    let text = lines(PictureTests.boundary().terminal(width: 42, height: 11)).joined(separator: "\n")
    #expect(text.contains("o") && text.contains("░"))
    // The class with the blank shade is at the left, the other at the right.
    let row = lines(PictureTests.boundary().terminal(width: 42, height: 11))[5]
    #expect(row.hasSuffix("░") && row.dropFirst(8).hasPrefix(" "))
  }

  @Test("what is drawn in a colour is in its own span")
  func colours() {
    let spans = CurvePlot(PlotText(title: "t"), curves: [.init(name: "a", points: [Point(x: 0, y: 1), Point(x: 1, y: 1)], group: 3)])
      .terminal(width: 30).flatMap(\.self)
    #expect(Set(spans.map(\.colour)) == [nil, 3])
  }

  @Test("thinning keeps first, lowest, highest and last of each column, and the gaps")
  func thinning() {
    var points: [Point?] = (0..<1000).map { Point(x: Double($0) / 999, y: 0.5) }
    points[333] = Point(x: 333.0 / 999, y: 1)
    points[334] = Point(x: 334.0 / 999, y: 0)
    for index in 700..<800 { points[index] = nil }
    let kept = thinned(points, columns: 10)
    #expect(kept.count <= 50)
    #expect(kept.compactMap { $0?.y }.max() == 1 && kept.compactMap { $0?.y }.min() == 0)
    #expect(kept.count { $0 == nil } == 1)
    #expect(kept.first == points.first && kept.last == points.last)
  }
}
