/// The picture around a plot's data: title, legend, axes with round numbers, notes.
struct PlotFrame {
  /// The picture so far; the data is drawn into it.
  var document: SVGDocument
  /// Where the data goes.
  let area: Area
  let x: Scale
  let y: Scale

  static let padding = 20.0
  private static let lineHeight = 18.0

  /// `isSquare` gives both axes one length, as large as fits.
  init(
    _ text: PlotText, width: Int, height: Int, x: Scale, y: Scale, legend: [LegendItem], integersOnX: Bool = false, isSquare: Bool = false
  ) {
    self.x = x
    self.y = y
    var document = SVGDocument(width: width, height: height, title: text.title, description: Self.description(text, legend))
    let inner = Double(width) - 2 * Self.padding
    var top = Self.drawHead(text, in: &document, width: inner)
    top = Self.draw(legend, in: &document, from: top, width: inner)

    var bottom = Double(height) - Self.padding + 6
    for note in text.notes.reversed() {
      document.write(TextMeasure.fitted(note, to: inner), x: Self.padding, y: bottom - 4, "muted")
      bottom -= Self.lineHeight
    }
    if !text.notes.isEmpty { bottom -= 4 }
    let yTicks = y.ticks(max(2, Int((bottom - top) / (isSquare ? 65 : 55))))
    let yTexts = Ticks.labels(yTicks)
    let left = Self.padding + 20 + (yTexts.map { TextMeasure.width($0) }.max() ?? 0) + 8
    var area = Area(x: left, y: top, width: Double(width) - Self.padding - 8 - left, height: bottom - 42 - top)
    if isSquare {
      let side = min(area.width, area.height)
      area.x += ((area.width - side) / 2).rounded()
      (area.width, area.height) = (side, side)
    }
    self.area = area
    let xTicks = x.ticks(isSquare ? max(2, Int((bottom - top) / 65)) : max(2, Int(area.width / 75)), integersOnly: integersOnX)
    self.document = document
    drawAxes(xTicks, yTicks, yTexts)
    self.document.write(
      TextMeasure.fittedName(text.xLabel, to: area.width), x: area.x + area.width / 2, y: area.bottom + 38, "muted", .middle)
    self.document.write(
      TextMeasure.fittedName(text.yLabel, to: area.height), x: area.x - (yTexts.map { TextMeasure.width($0) }.max() ?? 0) - 18,
      y: area.y + area.height / 2, "muted", .middle, isUpright: true)
  }

  /// Title and subtitle; gives the y below them.
  static func drawHead(_ text: PlotText, in document: inout SVGDocument, width: Double) -> Double {
    document.write(TextMeasure.fittedName(text.title, to: width, size: 18), x: padding, y: 34, "title")
    guard !text.subtitle.isEmpty else { return 52 }
    document.write(TextMeasure.fittedName(text.subtitle, to: width), x: padding, y: 54, "muted")
    return 72
  }

  private static func description(_ text: PlotText, _ legend: [LegendItem]) -> String {
    let axes = text.xLabel.isEmpty ? "" : "\(text.yLabel) over \(text.xLabel)"
    return ([text.subtitle, axes] + legend.map(\.name) + text.notes).filter { !$0.isEmpty }.joined(separator: "; ")
  }

  /// The legend in as many rows as it needs; gives the y below it.
  private static func draw(_ legend: [LegendItem], in document: inout SVGDocument, from top: Double, width: Double) -> Double {
    guard !legend.isEmpty else { return top }
    var (x, y) = (padding, top + 4)
    for item in legend {
      let name = TextMeasure.fittedName(item.name, to: width - 40)
      var sample = 28.0
      if case .line(_, _?) = item.sign { sample = 42 }
      let needed = sample + 2 + TextMeasure.width(name)
      if x > padding, x + needed > padding + width { (x, y) = (padding, y + lineHeight) }
      switch item.sign {
      case .line(let isDashed, let mark):
        // Long enough to see the dashes at both sides of a mark.
        document.line(x + 1, y - 4, x + (mark == nil ? 21 : 35), y - 4, "curve s\(item.colour)\(isDashed ? " dashed" : "")")
        if let mark { document.mark(mark, x: x + 18, y: y - 4, radius: 4, "mark best s\(item.colour)") }
      case .mark(let shape): document.mark(shape, x: x + 11, y: y - 4, radius: 4, "mark s\(item.colour)")
      case .dot: document.mark(0, x: x + 11, y: y - 4, radius: 4, "dot f\(item.colour)")
      }
      document.write(name, x: x + sample, y: y, "")
      x += needed + 20
    }
    return y + 16
  }

  private mutating func drawAxes(_ xTicks: [Tick], _ yTicks: [Tick], _ yTexts: [String]) {
    for (tick, text) in zip(yTicks, yTexts) {
      guard let at = y.position(tick.value) else { continue }
      let line = area.bottom - at * area.height
      document.line(area.x, line, area.right, line, "grid")
      document.write(text, x: area.x - 8, y: line + 4, "muted", .end)
    }
    for (tick, text) in zip(xTicks, Ticks.labels(xTicks)) {
      guard let at = x.position(tick.value) else { continue }
      let line = area.x + at * area.width
      document.line(line, area.bottom, line, area.bottom + 5, "axis")
      document.write(text, x: line, y: area.bottom + 19, "muted", .middle)
    }
    document.line(area.x, area.bottom, area.right, area.bottom, "axis")
  }

  /// Where a point stands, 0 to 1 on both axes from the lower left; nil for one that can't be shown.
  func position(_ point: Point) -> Point? {
    guard let x = x.position(point.x), let y = y.position(point.y) else { return nil }
    return Point(x: x, y: y)
  }

  /// From a position to the picture.
  func place(_ position: Point) -> Point { Point(x: area.x + position.x * area.width, y: area.bottom - position.y * area.height) }
}
