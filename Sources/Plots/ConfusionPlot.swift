/// How often each class was taken for each: rows are true, columns predicted; a cell is the darker the larger its share of its row.
public struct ConfusionPlot: Sendable {
  public var text: PlotText
  public var classes: [String]
  /// (true, predicted)
  public var counts: [[Int]]

  public init(_ text: PlotText, classes: [String], counts: [[Int]]) {
    precondition(counts.count == classes.count && counts.allSatisfy { $0.count == classes.count }, "the matrix has another size")
    self.text = text
    self.classes = classes
    self.counts = counts
  }

  /// A cell's share of its row, 0 in an empty one.
  public func share(_ row: Int, _ column: Int) -> Double {
    let total = counts[row].reduce(0, +)
    return total == 0 ? 0 : Double(counts[row][column]) / Double(total)
  }

  public func svg(width: Int = 480) -> String {
    let labelWidth = min(150, classes.map { TextMeasure.width($0) }.max() ?? 0)
    let left = PlotFrame.padding + 26 + labelWidth + 10
    let cellWidth = max(3, min(200, ((Double(width) - PlotFrame.padding - left) / Double(max(1, classes.count))).rounded(.down)))
    let cellHeight = min(cellWidth, 84)
    let (across, down) = (cellWidth * Double(classes.count), cellHeight * Double(classes.count))
    let isUpright = labelWidth > cellWidth - 6
    let top = text.subtitle.isEmpty ? 56.0 : 76
    let labelHeight = isUpright ? labelWidth + 14 : 24
    let height = Int(top + down + labelHeight + 26 + 18 * Double(text.notes.count) + PlotFrame.padding)
    let description =
      ([text.subtitle] + classes.indices.map { "\(classes[$0]): \(counts[$0].map(String.init).joined(separator: ", "))" } + text.notes)
      .filter { !$0.isEmpty }.joined(separator: "; ")
    var document = SVGDocument(width: width, height: height, title: text.title, description: description)
    _ = PlotFrame.drawHead(text, in: &document, width: Double(width) - 2 * PlotFrame.padding)
    for row in classes.indices {
      for column in classes.indices { drawCell(row, column, Area(x: left, y: top, width: cellWidth, height: cellHeight), in: &document) }
    }
    document.path(
      SVGPath.closed([
        Point(x: left, y: top), Point(x: left + across, y: top), Point(x: left + across, y: top + down), Point(x: left, y: top + down),
      ]), "axis")
    // Where the cells are lower than a line of text, not every class has its name.
    let every = max(1, Int((14 / cellHeight).rounded(.up)))
    for index in classes.indices where index % every == 0 {
      let middle = Point(x: left + (Double(index) + 0.5) * cellWidth, y: top + (Double(index) + 0.5) * cellHeight)
      let name = TextMeasure.fittedName(classes[index], to: labelWidth + 6)
      document.write(name, x: left - 8, y: middle.y + 4, "", .end)
      if isUpright {
        document.write(name, x: middle.x + 4, y: top + down + 8, "", .end, isUpright: true)
      } else {
        document.write(name, x: middle.x, y: top + down + 18, "", .middle)
      }
    }
    document.write(text.yLabel, x: PlotFrame.padding + 12, y: top + down / 2, "muted", .middle, isUpright: true)
    document.write(text.xLabel, x: left + across / 2, y: top + down + labelHeight + 16, "muted", .middle)
    for (index, note) in text.notes.enumerated() {
      let y = top + down + labelHeight + 26 + 18 * Double(index + 1)
      document.write(TextMeasure.fitted(note, to: Double(width) - 2 * PlotFrame.padding), x: PlotFrame.padding, y: y, "muted")
    }
    return document.text
  }

  private func drawCell(_ row: Int, _ column: Int, _ first: Area, in document: inout SVGDocument) {
    let share = share(row, column)
    let cell = Area(
      x: first.x + Double(column) * first.width, y: first.y + Double(row) * first.height, width: first.width, height: first.height)
    // More than 0.55 would take the contrast from the text, in the light or in the dark.
    if counts[row][column] > 0 { document.rectangle(cell, "f0", opacity: 0.05 + 0.5 * share) }
    let number = String(counts[row][column])
    guard TextMeasure.width(number, size: 15) < cell.width - 4, cell.height >= 18 else { return }
    let isTall = cell.height >= 52
    let middle = (x: cell.x + cell.width / 2, y: cell.y + cell.height / 2)
    document.write(number, x: middle.x, y: middle.y + (isTall ? 0 : 5), counts[row][column] == 0 ? "muted" : "value", .middle)
    if isTall, counts[row][column] > 0 {
      document.write("\(SVGDocument.number(share * 100)) %", x: middle.x, y: middle.y + 18, "", .middle)
    }
  }
}
