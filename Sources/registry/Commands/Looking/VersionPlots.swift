import Datasets
import ModelRegistry
import NeuralNets
import Plots
import Training

/// The plots of one version on a dataset, its own or another.
struct VersionPlots {
  private let record: VersionRecord
  private let predictor: Predictor
  private let data: Dataset
  private let dataset: String
  private let database: String

  /// Points each way of the plane of a boundary, and rows that are predicted at once.
  private static let gridSize = 160
  private static let batch = 8000
  /// More samples than this would be one blot, and a large file.
  private static let mostSamples = 2000

  init(_ registry: Registry, _ name: VersionName, dataset: String?) throws {
    database = registry.path
    record = try registry.version(name)
    predictor = try registry.loadPredictor(record)
    if let dataset {
      let found = try registry.datasetRecord(dataset)
      (data, self.dataset) = (try registry.dataset(found), found.title)
    } else {
      guard let own = try registry.dataset(ofRun: record.run) else {
        throw ErrorReport.noDataset(of: record.title, database: registry.path)
      }
      (data, self.dataset) = (own, try registry.run(record.run).dataset ?? "")
    }
  }

  private var architecture: Architecture { predictor.architecture }

  private func rows(_ part: Dataset.Part) throws -> LabelledRows { try LabelledRows(data, part, title: dataset, architecture) }

  private func refusal(_ kind: String, _ reason: String, instead other: String) -> ErrorReport {
    .wrongKind(kind, of: record.title, because: reason, instead: other, database: database)
  }

  func boundary() throws -> BoundaryPlot {
    let other = architecture.task == .regression ? "predicted" : "confusion"
    let columns = architecture.features.columns
    guard architecture.task != .regression else { throw refusal("boundary", "predicts numbers, not classes", instead: other) }
    guard columns.count == 2 else {
      throw refusal("boundary", "takes \(columns.count) feature\(columns.count == 1 ? "" : "s"), a plane has two", instead: other)
    }
    if let category = columns.first(where: { $0.categories != nil }) {
      throw refusal("boundary", "takes the categories of '\(category.name)'", instead: other)
    }
    var notes: [String] = []
    let samples = try samples(.train, isFaint: true) + samples(.test, isFaint: false)
    let shown = Self.thinned(samples)
    if shown.count < samples.count { notes.append("\(shown.count) of \(samples.count) samples are shown") }
    let xRange = BoundaryPlot.range(holding: samples.map(\.point.x))
    let yRange = BoundaryPlot.range(holding: samples.map(\.point.y))
    let fields = try probabilities(xRange, yRange)
    if fields[0].values.contains(where: \.isNaN) { notes.append("where there is no shade, the net gives nan") }
    let text = PlotText(
      title: "Decision boundary of \(record.title)", subtitle: "\(dataset): bold samples to test, thin ones to train",
      xLabel: columns[0].name, yLabel: columns[1].name, notes: notes)
    return BoundaryPlot(text, classes: architecture.classes, probabilities: fields, xRange: xRange, yRange: yRange, samples: shown)
  }

  private func samples(_ part: Dataset.Part, isFaint: Bool) throws -> [BoundaryPlot.Sample] {
    let rows = try rows(part)
    let x = architecture.features.filled(rows.x)
    return rows.classes.indices.map { row in
      BoundaryPlot.Sample(point: Point(x: x[2 * row], y: x[2 * row + 1]), group: rows.classes[row], isFaint: isFaint)
    }
  }

  /// Every so many of too many.
  private static func thinned<Element>(_ items: [Element]) -> [Element] {
    guard items.count > mostSamples else { return items }
    return (0..<mostSamples).map { items[$0 * items.count / mostSamples] }
  }

  /// The probability of each class over the plane.
  private func probabilities(_ xRange: ClosedRange<Double>, _ yRange: ClosedRange<Double>) throws -> [Field] {
    let size = Self.gridSize
    func coordinate(_ index: Int, _ range: ClosedRange<Double>) -> Double {
      let share = Double(index) / Double(size - 1)
      return range.lowerBound * (1 - share) + range.upperBound * share
    }
    var values = [[Double]](repeating: [], count: architecture.classes.count)
    var start = 0
    while start < size * size {
      let points = start..<min(start + Self.batch, size * size)
      let outputs = try predictor.outputs(points.flatMap { [coordinate($0 % size, xRange), coordinate($0 / size, yRange)] })
      for sample in 0..<outputs.samples {
        if architecture.task == .binary {
          let p = Double(outputs[0, sample])
          values[0].append(1 - p)
          values[1].append(p)
        } else {
          for group in values.indices { values[group].append(Double(outputs[group, sample])) }
        }
      }
      start = points.upperBound
    }
    return values.map { Field(columns: size, rows: size, values: $0) }
  }

  func predicted() throws -> ScatterPlot {
    guard architecture.task == .regression else {
      throw refusal("predicted", "predicts classes, not numbers", instead: "confusion")
    }
    let rows = try rows(.test)
    let values = try predictor(rows.x).map { if case .regression(let value) = $0 { value } else { Double.nan } }
    let metrics = RegressionMetrics(actual: rows.numbers, predicted: values)
    let measured = [metrics.r2.map { "R² \($0.shortText)" }, "mean absolute error \(metrics.meanAbsoluteError.shortText)"]
    let points = zip(rows.numbers, values).map { Point(x: $0, y: $1) }
    let shown = Self.thinned(points)
    let notes = shown.count < points.count ? ["\(shown.count) of \(points.count) rows are shown"] : []
    let text = PlotText(
      title: "Predicted and true \(architecture.target) of \(record.title)",
      subtitle: "\(rows.title): \(measured.compactMap(\.self).joined(separator: ", "))", xLabel: "true \(architecture.target)",
      yLabel: "predicted \(architecture.target)", notes: notes)
    return ScatterPlot(text, points: shown)
  }

  func confusion() throws -> ConfusionPlot {
    guard architecture.task != .regression else {
      throw refusal("confusion", "predicts numbers, not classes", instead: "predicted")
    }
    let rows = try rows(.test)
    let metrics = ClassificationMetrics(
      actual: rows.classes, predicted: try predictor(rows.x).map(\.classIndex), classCount: architecture.classes.count)
    let notes = metrics.undecided == 0 ? [] : ["\(metrics.undecided.counted("row")) got no class: the probabilities are nan"]
    let text = PlotText(
      title: "Confusion matrix of \(record.title)",
      subtitle: "\(rows.title): \(rows.classes.count) rows, accuracy \(metrics.accuracy.shortText)", xLabel: "predicted", yLabel: "true",
      notes: notes)
    return ConfusionPlot(text, classes: architecture.classes, counts: metrics.confusionMatrix)
  }
}

extension ConfusionPlot {
  /// A table for a terminal, each count with a block as dense as its share of its row.
  func terminal(width: Int) -> [TerminalLine] {
    let digits = counts.joined().map { String($0).count }.max() ?? 1
    func cell(_ row: Int, _ column: Int) -> CellValue {
      let shades: [Character] = [" ", "░", "▒", "▓", "█"]
      let shade = shades[counts[row][column] == 0 ? 0 : 1 + min(3, Int(share(row, column) * 4))]
      return .text(String(repeating: shade, count: 3) + " " + String(counts[row][column]).padded(to: digits, right: true))
    }
    let table = Table(
      columns: [.names("true")]
        + classes.map { Table.Column(name: $0.singleLine.truncatedInMiddle(to: 24), narrowest: max(8, 4 + digits), isName: true) },
      rows: classes.indices.map { row in [.text(classes[row])] + classes.indices.map { cell(row, $0) } })
    let (shown, omitted) = table.render(width: width)
    let lines = shown.split(separator: "\n").map(String.init)
    let note = Table.note(omitted, hint: "registry evaluate --format json") ?? ""
    return ([text.title, text.subtitle, "columns: predicted"] + lines + [note] + text.notes).filter { !$0.isEmpty }.map {
      [TerminalSpan($0)]
    }
  }
}
