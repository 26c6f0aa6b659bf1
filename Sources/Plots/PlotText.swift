/// What stands around any plot.
public struct PlotText: Sendable, Hashable {
  /// What is shown: the model, its version.
  public var title: String
  /// More of that: the dataset, a measure.
  public var subtitle: String
  public var xLabel: String
  public var yLabel: String
  /// What is left out, and the like; a line each, below the plot.
  public var notes: [String]

  public init(title: String, subtitle: String = "", xLabel: String = "", yLabel: String = "", notes: [String] = []) {
    self.title = title
    self.subtitle = subtitle
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.notes = notes
  }
}

/// What one line of a legend is about.
struct LegendItem {
  enum Sign {
    /// With the mark of a point on it.
    case line(isDashed: Bool, mark: Int? = nil)
    case mark(shape: Int)
    case dot
  }

  let name: String
  let sign: Sign
  /// An index into the palette.
  let colour: Int
}
