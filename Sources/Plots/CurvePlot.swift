/// Curves over a common x: the losses, or any metrics, of one or several runs.
public struct CurvePlot: Sendable {
  public struct Curve: Sendable {
    public enum Style: Sendable { case line, dashed, marks }

    /// Stands in the legend; an empty one doesn't.
    public var name: String
    /// In the order of their x.
    public var points: [Point]
    public var style: Style
    /// An index into the palette and the marks; the same for curves that belong together.
    public var group: Int
    /// Whether it stands behind another: what was measured, behind its moving average.  A terminal leaves it out.
    public var isPale = false
    /// A point that is marked, in the picture and in the legend: the best one.
    public var best: Point?

    public init(name: String, points: [Point], style: Style = .line, group: Int = 0) {
      self.name = name
      self.points = points
      self.style = style
      self.group = group
    }

    var colour: Int { group % Palette.count }
  }

  public var text: PlotText
  public var curves: [Curve]
  /// Whether y is logarithmic; values not above 0 can't be shown then.
  public var isLog: Bool
  /// Whether x counts something.
  public var hasIntegersOnX: Bool

  public init(_ text: PlotText, curves: [Curve], isLog: Bool = false, hasIntegersOnX: Bool = true) {
    self.curves = curves
    self.isLog = isLog
    self.hasIntegersOnX = hasIntegersOnX
    self.text = text
    // What is behind another curve is left out where that is.
    let y = curves.filter { !$0.isPale }.flatMap(\.points).map(\.y)
    let notFinite = y.count { !$0.isFinite }
    let notPositive = isLog ? y.count { $0.isFinite && $0 <= 0 } : 0
    func say(_ count: Int, _ what: String) {
      if count > 0 { self.text.notes.append("\(count) \(count == 1 ? "value is" : "values are") \(what) and left out") }
    }
    say(notFinite, "NaN or infinite")
    say(notPositive, "not above 0 (the axis is logarithmic)")
    if !y.isEmpty, y.count == notFinite + notPositive { self.text.notes.append("there is nothing to draw") }
    if y.isEmpty { self.text.notes.append("there are no values") }
  }

  /// The ends of x are those of the data.
  var xScale: Scale { Scale(holding: curves.lazy.flatMap(\.points).map(\.x), margin: 0) }
  var yScale: Scale { Scale(holding: curves.lazy.flatMap(\.points).map(\.y), isLog: isLog, startsAtZero: true) }

  /// As SVG: 720 × 440 is made for a page's column.
  public func svg(width: Int = 720, height: Int = 440) -> String {
    let legend = curves.filter { !$0.name.isEmpty }.map { curve in
      let sign: LegendItem.Sign =
        switch curve.style {
        case .line: .line(isDashed: false, mark: curve.best.map { _ in curve.group })
        case .dashed: .line(isDashed: true, mark: curve.best.map { _ in curve.group })
        case .marks: .mark(shape: curve.group)
        }
      return LegendItem(name: curve.name, sign: sign, colour: curve.colour)
    }
    var frame = PlotFrame(text, width: width, height: height, x: xScale, y: yScale, legend: legend, integersOnX: hasIntegersOnX)
    // Many curves share the room that a few may take.
    let columns = max(60, min(Int(frame.area.width), 8000 / max(1, curves.count)))
    for curve in curves {
      let positions = curve.points.map(frame.position)
      switch curve.style {
      case .line, .dashed:
        let path = SVGPath.lines(thinned(positions, columns: columns).map { $0.map(frame.place) })
        let style = (curve.style == .dashed ? " dashed" : "") + (curve.isPale ? " pale" : "")
        frame.document.path(path, "curve s\(curve.colour)\(style)")
      case .marks:
        for case .some(let position) in positions {
          let place = frame.place(position)
          frame.document.mark(curve.group, x: place.x, y: place.y, radius: 5, "mark s\(curve.colour)")
        }
      }
    }
    // Over all curves.
    for curve in curves {
      guard let best = curve.best.flatMap(frame.position) else { continue }
      let place = frame.place(best)
      frame.document.mark(curve.group, x: place.x, y: place.y, radius: 5, "mark best s\(curve.colour)")
    }
    return frame.document.text
  }
}
