/// What a classifier of two features says of every point of a plane, and the samples on it.
public struct BoundaryPlot: Sendable {
  public struct Sample: Sendable, Hashable {
    public var point: Point
    /// An index into the classes.
    public var group: Int
    /// Drawn thinner: a sample that was trained on.
    public var isFaint: Bool

    public init(point: Point, group: Int, isFaint: Bool = false) {
      self.point = point
      self.group = group
      self.isFaint = isFaint
    }
  }

  public var text: PlotText
  public var classes: [String]
  /// The probability of each class over the plane.
  public var probabilities: [Field]
  public var xRange: ClosedRange<Double>
  public var yRange: ClosedRange<Double>
  public var samples: [Sample]

  /// The probabilities' corners are those of the ranges.
  public init(
    _ text: PlotText, classes: [String], probabilities: [Field], xRange: ClosedRange<Double>, yRange: ClosedRange<Double>, samples: [Sample]
  ) {
    precondition(classes.count == probabilities.count, "\(classes.count) classes with \(probabilities.count) fields")
    self.text = text
    self.classes = classes
    self.probabilities = probabilities
    self.xRange = xRange
    self.yRange = yRange
    self.samples = samples
  }

  /// A range that holds all of the values with some space around; one that has a width, whatever they are.
  public static func range(holding values: some Sequence<Double>) -> ClosedRange<Double> {
    let scale = Scale(holding: values, margin: 0.1)
    return scale.low...scale.high
  }

  /// By how much a class's probability is above that of all others; it is the likeliest where that isn't negative.
  private func lead(of group: Int) -> Field {
    let own = probabilities[group]
    var values = own.values
    for index in values.indices {
      var best = -Double.infinity
      for other in probabilities.indices where other != group { best = max(best, probabilities[other].values[index]) }
      values[index] -= best
    }
    return Field(columns: own.columns, rows: own.rows, values: values)
  }

  /// As SVG.  Darker bands are where a class has 0.75 and 0.9; the line is where two are equally likely.
  public func svg(width: Int = 640, height: Int = 640) -> String {
    let legend = classes.enumerated().map { LegendItem(name: $1, sign: .mark(shape: $0), colour: $0 % Palette.count) }
    var frame = PlotFrame(
      text, width: width, height: height, x: Scale(from: xRange.lowerBound, to: xRange.upperBound),
      y: Scale(from: yRange.lowerBound, to: yRange.upperBound), legend: legend, isSquare: true)
    let leads = classes.indices.map(lead)
    for group in classes.indices {
      let regions = [Contour(of: leads[group], at: 0)] + [0.75, 0.9].map { Contour(of: probabilities[group], at: $0) }
      for region in regions {
        let outline = region.loops.map { SVGPath.closed($0.map(frame.place)) }.joined()
        frame.document.path(outline, "region f\(group % Palette.count)")
      }
    }
    // Of two classes one outline is the other's.
    for group in classes.count == 2 ? 0..<1 : classes.indices {
      let lines = Contour(of: leads[group], at: 0).lines.map { SVGPath.lines($0.map(frame.place)) }.joined()
      frame.document.path(lines, "guide")
    }
    for sample in samples.filter(\.isFaint) + samples.filter({ !$0.isFaint }) {
      guard let position = frame.position(sample.point) else { continue }
      let place = frame.place(position)
      frame.document.mark(
        sample.group, x: place.x, y: place.y, radius: sample.isFaint ? 3.5 : 4.5,
        "mark s\(sample.group % Palette.count)\(sample.isFaint ? " faint" : "")")
    }
    return frame.document.text
  }
}
