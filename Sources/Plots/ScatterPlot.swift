/// Predicted numbers against true ones: what is right lies on the diagonal.
public struct ScatterPlot: Sendable {
  public var text: PlotText
  /// x is true, y is predicted.
  public var points: [Point]

  public init(_ text: PlotText, points: [Point]) {
    self.text = text
    self.points = points
    let omitted = points.count { !$0.isFinite }
    if omitted > 0 { self.text.notes.append("\(omitted) \(omitted == 1 ? "point is" : "points are") NaN or infinite and left out") }
    if omitted == points.count { self.text.notes.append("there is nothing to draw") }
  }

  /// One scale for both axes.
  var scale: Scale {
    let finite = points.filter(\.isFinite)
    return Scale(holding: finite.map(\.x) + finite.map(\.y))
  }

  public func svg(width: Int = 560, height: Int = 600) -> String {
    let scale = scale
    var frame = PlotFrame(text, width: width, height: height, x: scale, y: scale, legend: [], isSquare: true)
    let area = frame.area
    frame.document.line(area.x, area.bottom, area.right, area.y, "guide diagonal")
    for point in points {
      guard let position = frame.position(point) else { continue }
      let place = frame.place(position)
      frame.document.mark(0, x: place.x, y: place.y, radius: 4, "dot f0")
    }
    return frame.document.text
  }
}
