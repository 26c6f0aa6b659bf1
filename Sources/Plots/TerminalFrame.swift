/// The axes of a plot in a terminal: labels at the left and below, so that all lines together are as wide as asked.
struct TerminalFrame {
  let x: Scale
  let y: Scale
  /// Where the data goes.
  var canvas: TerminalCanvas
  private let yLabels: [Int: String]
  private let xLabels: [(column: Int, text: String)]
  private let margin: Int

  /// `height` is that of the canvas; below it are two lines for the axis.
  init(width: Int, height: Int, x: Scale, y: Scale, integersOnX: Bool = false) {
    self.x = x
    self.y = y
    let height = max(2, height)
    let yTicks = y.ticks(max(2, height / 2))
    var labels: [Int: String] = [:]
    for (tick, text) in zip(yTicks, Ticks.labels(yTicks)) {
      guard let position = y.position(tick.value), (0...1).contains(position) else { continue }
      labels[min(height - 1, Int((1 - position) * Double(height)))] = text
    }
    // The labels may take a third of the width; a terminal that is narrower than that shows the data alone.
    let longest = labels.values.map(\.count).max() ?? 0
    margin = longest + 2 <= width / 3 ? longest : 0
    yLabels = margin > 0 ? labels : [:]
    let canvas = TerminalCanvas(width: max(1, width - (margin > 0 ? margin + 2 : 0)), height: height)
    let xTicks = x.ticks(max(2, canvas.width / 12), integersOnly: integersOnX)
    xLabels = zip(xTicks, Ticks.labels(xTicks)).compactMap { tick, text in
      x.position(tick.value).map { (min(canvas.width - 1, max(0, Int($0 * Double(canvas.width)))), text) }
    }
    self.canvas = canvas
  }

  /// The rows of the canvas with the axes around them.
  var lines: [TerminalLine] {
    let blank = String(repeating: " ", count: margin)
    var lines = (0..<canvas.height).map { row -> TerminalLine in
      guard margin > 0 else { return canvas.row(row) }
      let label = yLabels[row] ?? ""
      return [TerminalSpan(String(repeating: " ", count: margin - label.count) + label + (label.isEmpty ? " │" : " ┤"))] + canvas.row(row)
    }
    var axis = [Character](repeating: "─", count: canvas.width)
    var texts = [Character](repeating: " ", count: canvas.width)
    var end = -1
    for (column, text) in xLabels {
      // Centred on its tick as far as the edges let it be; one that would touch the one before is left out, tick and all.
      let start = max(0, min(column - text.count / 2, canvas.width - text.count))
      guard start > end, start + text.count <= canvas.width else { continue }
      axis[column] = "┬"
      for (offset, character) in text.enumerated() { texts[start + offset] = character }
      end = start + text.count
    }
    let corner = margin > 0 ? " └" : ""
    lines.append([TerminalSpan(blank + corner + String(axis))])
    lines.append([TerminalSpan(blank + (margin > 0 ? "  " : "") + String(texts))])
    return lines
  }
}
