/// What stands for a class or a series where it is a character.
let terminalMarks: [Character] = ["o", "x", "+", "*", "#", "@"]

func terminalMark(_ group: Int) -> Character { terminalMarks[group % terminalMarks.count] }

extension CurvePlot {
  /// For a terminal: curves in braille, told apart by colours and patterns; no line of the plot is wider than `width`.
  /// Titles, names and notes are as long as they are.
  public func terminal(width: Int, height: Int = 14) -> [TerminalLine] {
    var frame = TerminalFrame(width: width, height: height, x: xScale, y: yScale, integersOnX: hasIntegersOnX)
    for (index, curve) in curves.enumerated() where !curve.isPale {
      let positions = curve.points.map { point -> Point? in
        guard let x = frame.x.position(point.x), let y = frame.y.position(point.y) else { return nil }
        return Point(x: x, y: y)
      }
      if curve.style == .marks {
        for case .some(let position) in positions { frame.canvas.put(terminalMark(curve.group), at: position, colour: curve.colour) }
        continue
      }
      let kept = thinned(positions, columns: frame.canvas.dotColumns)
      for (point, next) in zip(kept, kept.dropFirst() + [nil]) {
        guard let point else { continue }
        let from = frame.canvas.place(point)
        frame.canvas.line(
          from: from, to: next.map(frame.canvas.place) ?? from, colour: curve.colour, pattern: pattern(index))
      }
    }
    for curve in curves {
      guard let best = curve.best, let x = frame.x.position(best.x), let y = frame.y.position(best.y) else { continue }
      frame.canvas.put(terminalMark(curve.group), at: Point(x: x, y: y), colour: curve.colour)
    }
    let legend = curves.indices.filter { !curves[$0].name.isEmpty }.map { index -> TerminalLine in
      let curve = curves[index]
      var sample = TerminalCanvas(width: 4, height: 1)
      if curve.style == .marks {
        sample.put(terminalMark(curve.group), column: 1, row: 0, colour: curve.colour)
      } else {
        sample.line(from: (0, 1), to: (7, 1), colour: curve.colour, pattern: pattern(index))
        if curve.best != nil { sample.put(terminalMark(curve.group), column: 1, row: 0, colour: curve.colour) }
      }
      return sample.row(0) + [TerminalSpan("  \(curve.name)")]
    }
    return text.head + frame.lines + legend + text.tail
  }

  /// Lines have their patterns in turn, whatever marks stand between them.
  private func pattern(_ index: Int) -> LinePattern {
    let number = curves[..<index].count { $0.style != .marks && !$0.isPale }
    return LinePattern.allCases[number % LinePattern.allCases.count]
  }
}

extension BoundaryPlot {
  /// For a terminal: a shade for each class, and the samples on it; those that were trained on aren't shown.
  public func terminal(width: Int, height: Int = 20) -> [TerminalLine] {
    var frame = TerminalFrame(
      width: width, height: height, x: Scale(from: xRange.lowerBound, to: xRange.upperBound),
      y: Scale(from: yRange.lowerBound, to: yRange.upperBound))
    let (columns, rows) = (frame.canvas.width, frame.canvas.height)
    for row in 0..<rows {
      for column in 0..<columns {
        guard let group = likeliest((Double(column) + 0.5) / Double(columns), 1 - (Double(row) + 0.5) / Double(rows)) else { continue }
        frame.canvas.put(Self.shade(group), column: column, row: row, colour: group % Palette.count)
      }
    }
    for sample in samples where !sample.isFaint {
      guard let x = frame.x.position(sample.point.x), let y = frame.y.position(sample.point.y) else { continue }
      frame.canvas.put(terminalMark(sample.group), at: Point(x: x, y: y), colour: sample.group % Palette.count)
    }
    let legend = classes.indices.map { group -> TerminalLine in
      let sign = String([Self.shade(group), terminalMark(group), Self.shade(group)])
      return [TerminalSpan(sign, colour: group % Palette.count), TerminalSpan("  \(classes[group])")]
    }
    return text.head + frame.lines + legend + text.tail
  }

  private static func shade(_ group: Int) -> Character { [" ", "░", "▒", "▓"][group % 4] }

  /// The likeliest class at a position from 0 to 1; nil where the net gives NaN.
  private func likeliest(_ x: Double, _ y: Double) -> Int? {
    guard let field = probabilities.first else { return nil }
    let index =
      Int((y * Double(field.rows - 1)).rounded()) * field.columns + Int((x * Double(field.columns - 1)).rounded())
    let values = probabilities.map { $0.values[index] }
    guard !values.contains(where: \.isNaN) else { return nil }
    return values.indices.max { values[$0] < values[$1] }
  }
}

extension ScatterPlot {
  /// For a terminal.
  public func terminal(width: Int, height: Int = 18) -> [TerminalLine] {
    let scale = scale
    var frame = TerminalFrame(width: width, height: height, x: scale, y: scale)
    let corner = (x: frame.canvas.dotColumns - 1, y: frame.canvas.dotRows - 1)
    frame.canvas.line(from: (0, corner.y), to: (corner.x, 0), colour: nil, pattern: .dotted)
    for point in points {
      guard let x = scale.position(point.x), let y = scale.position(point.y) else { continue }
      frame.canvas.put("o", at: Point(x: x, y: y), colour: 0)
    }
    return text.head + frame.lines + text.tail
  }
}

extension PlotText {
  /// The lines above a plot.
  var head: [TerminalLine] { [title, subtitle].filter { !$0.isEmpty }.map { [TerminalSpan($0)] } }
  /// The lines below it: what the axes are, and the notes.
  var tail: [TerminalLine] {
    let axes = xLabel.isEmpty || yLabel.isEmpty ? [] : ["\(yLabel) over \(xLabel)"]
    return (axes + notes).map { [TerminalSpan($0)] }
  }
}
