import Foundation
import TestSupport
import Testing

@testable import Plots

/// SVG as whole pictures: read by an XML parser, looked through for what must and mustn't be in them.
struct PictureTests {
  static let hostile = "<script>alert('x')</script> & \"q\" \u{1}\u{202e}\u{ffff}"

  private static func curve(_ values: [Double], style: CurvePlot.Curve.Style = .line, name: String = "loss") -> CurvePlot.Curve {
    .init(name: name, points: values.enumerated().map { Point(x: Double($0), y: $1) }, style: style)
  }

  private static func curves(_ values: [Double], isLog: Bool = false) -> CurvePlot {
    CurvePlot(PlotText(title: "t", xLabel: "epoch", yLabel: "loss"), curves: [curve(values)], isLog: isLog)
  }

  static func boundary(_ title: String = "t", classes: [String] = ["a", "b"]) -> BoundaryPlot {
    let size = 40
    let p = (0..<size * size).map { 1 / (1 + exp(Double($0 % size - 20) / 3)) }
    return BoundaryPlot(
      PlotText(title: title, xLabel: "x0", yLabel: "x1"), classes: classes,
      probabilities: [Field(columns: size, rows: size, values: p), Field(columns: size, rows: size, values: p.map { 1 - $0 })],
      xRange: -1...1, yRange: -2...2,
      samples: [.init(point: Point(x: -0.5, y: 0), group: 0), .init(point: Point(x: 0.5, y: 1), group: 1, isFaint: true)])
  }

  /// The tags and classes of a picture's elements as Python's own parser finds them; throws where it isn't well-formed.
  private func elements(_ svg: String) throws -> [String] {
    let script = """
      import sys, xml.etree.ElementTree as tree
      for e in tree.fromstring(sys.stdin.buffer.read()).iter(): print(e.tag.split('}')[1] + '.' + (e.get('class') or ''))
      """
    let result = try run("python3", ["-c", script], input: svg)
    try #require(result.status == 0, "\(result.stderr)")
    return result.lines
  }

  private static let all: [String: String] = [
    "loss": curves([3, 2, 1]).svg(), "boundary": boundary().svg(),
    "scatter": ScatterPlot(PlotText(title: "t", xLabel: "x", yLabel: "y"), points: [Point(x: 1, y: 2), Point(x: 2, y: 2)]).svg(),
    "confusion": ConfusionPlot(PlotText(title: "t", xLabel: "x", yLabel: "y"), classes: ["a", "b"], counts: [[3, 1], [0, 0]]).svg(),
  ]

  @Test(
    "a picture is well-formed, says what it is, has both colour schemes, and takes nothing from elsewhere",
    arguments: ["loss", "boundary", "scatter", "confusion"])
  func standsAlone(name: String) throws {
    let svg = try #require(Self.all[name])
    let elements = try elements(svg)
    #expect(elements.prefix(4) == ["svg.registry-plot", "title.", "desc.", "style."])
    #expect(svg.contains("viewBox=") && svg.contains("prefers-color-scheme:dark") && svg.contains("role=\"img\""))
    #expect(!svg.contains("href") && !svg.contains("url(") && !svg.contains("@import") && !svg.contains("<script"))
    #expect(svg.split(separator: "http").count == 2, "the name of the SVG namespace alone")
  }

  @Test("names from strangers are text, never markup")
  func escapes() throws {
    let text = PlotText(title: Self.hostile, subtitle: Self.hostile, xLabel: Self.hostile, yLabel: Self.hostile, notes: [Self.hostile])
    let pictures = [
      CurvePlot(text, curves: [Self.curve([1, 2], name: Self.hostile)]).svg(),
      Self.boundary(Self.hostile, classes: [Self.hostile, "&"]).svg(),
      ScatterPlot(text, points: []).svg(), ConfusionPlot(text, classes: [Self.hostile], counts: [[1]]).svg(),
    ]
    for picture in pictures {
      #expect(try elements(picture).allSatisfy { !$0.hasPrefix("script") })
      #expect(!picture.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }
  }

  static let odd: [[Double]] = [
    [], [1], [.nan], [.nan, .infinity, -.infinity], [1, .nan, 2], [0, 0, 0], [Double.leastNonzeroMagnitude, 1e308], [-1e308, 1e308],
    [1e-300, 2e-300],
    [.infinity, 1, 2], [0.1, 0.1 + 1e-17],
  ]

  @Test("no series, however odd, puts a number into the picture that isn't finite", arguments: odd, [false, true])
  func finite(values: [Double], isLog: Bool) throws {
    let svg = Self.curves(values, isLog: isLog).svg()
    _ = try elements(svg)
    for attribute in svg.split(separator: "<style>")[1].matches(of: /(?:d|x|y|x1|x2|y1|y2|cx|cy)="([^"]*)"/) {
      #expect(!attribute.1.lowercased().contains("nan") && !attribute.1.lowercased().contains("inf"))
    }
    let left = values.count { !$0.isFinite || (isLog && $0 <= 0) }
    #expect(svg.contains("left out") == (left > 0))
  }

  @Test("100,000 epochs give a small file that still has its highest spike, and the same bytes each time")
  func large() throws {
    var values = (0..<100_000).map { epoch -> Double in
      let noise = Double((epoch * 7919) % 101) / 1000
      return 1000 / (1000 + Double(epoch)) + noise
    }
    values[54_321] = 7
    let svg = Self.curves(values).svg()
    #expect(svg.utf8.count < 100_000)
    #expect(svg == Self.curves(values).svg())
    values[54_321] = 1
    #expect(svg != Self.curves(values).svg())
  }

  @Test("a gap stays a gap, and a single point is a dot")
  func gaps() {
    let plot = Self.curves([1, 2, .nan, 3, .nan, .nan, 4, 5])
    let path = plot.svg().split(separator: "<path class=\"curve s0\" d=\"").last?.prefix { $0 != "\"" } ?? ""
    #expect(path.count { $0 == "M" } == 3)
    #expect(path.contains("h0"))
  }

  @Test("many classes fit into the width", arguments: [1, 2, 10, 60])
  func confusion(count: Int) throws {
    let names = (0..<count).map { "a rather long class name \($0)" }
    let counts = (0..<count).map { row in (0..<count).map { row == $0 ? 100_000 : 1 } }
    let svg = ConfusionPlot(PlotText(title: "t", xLabel: "predicted", yLabel: "true"), classes: names, counts: counts).svg()
    #expect(try elements(svg).count { $0 == "rect.f0" } == count * count)
    for rect in svg.matches(of: /<rect class="f0" x="([0-9.]+)" y="[0-9.]+" width="([0-9.]+)"/) {
      let (x, width) = (try #require(Double(rect.1)), try #require(Double(rect.2)))
      #expect(x + width <= 480)
    }
  }
}
