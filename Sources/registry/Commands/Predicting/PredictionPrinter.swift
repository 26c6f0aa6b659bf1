import Datasets
import ModelRegistry
import Tensors
import Training

/// Prints predictions batch by batch, as a table, a JSON array or CSV.
///
/// Tables and CSV show the features of a row where they are few, else its number, counted from 1; JSON has them always.  Columns
/// that are carried along stand before them.
struct PredictionPrinter {
  let predictor: Predictor
  private let format: OutputFormat
  /// Whether what was true is known and printed, as `y`.
  let hasActual: Bool
  /// The columns that are carried along.
  let kept: [String]
  /// Whether each row's number is shown: where rows are left out, the order doesn't tell it.
  let showsRow: Bool
  /// Whether the file's columns were taken for the features by their order alone.
  let isByOrder: Bool
  private(set) var count = 0
  /// The features that tables and CSV show: not those that are carried along already.
  let shown: [Int]
  /// The first rows' table, whose columns the later ones keep.
  private var layout: Table.Layout?

  private static let shownFeatures = 8
  /// What a row of the JSON can have beside the answers.
  private static let ownKeys = ["row", "x", "y", "probabilities", "class", "imputed", "unseen"]

  init(
    _ predictor: Predictor, _ format: OutputFormat, hasActual: Bool = false, kept: [String] = [], showsRow: Bool = false,
    isByOrder: Bool = false
  ) {
    self.isByOrder = isByOrder
    self.predictor = predictor
    self.format = format
    self.hasActual = hasActual
    self.kept = kept
    let features = predictor.architecture.features.columns
    let isShort = features.count <= Self.shownFeatures
    self.showsRow = showsRow || !isShort && format != .json
    shown = isShort ? features.indices.filter { !kept.contains(named: features[$0].name) } : []
  }

  var features: [FeatureColumn] { predictor.architecture.features.columns }
  var classes: [String] { predictor.architecture.classes }

  /// What a row has beside its features.
  struct Extras {
    /// The rows' numbers; none where they follow each other.
    var positions: [Int] = []
    /// The texts of the kept columns, (rows, kept columns).
    var kept: [String] = []
    /// The texts of unseen categories by their place in `x`.
    var unseen: [Int: String] = [:]

    init() {}

    init(_ batch: FeatureRows.Batch) { (positions, kept, unseen) = (batch.positions, batch.kept, batch.unseen) }
  }

  /// Rows with what the net says of them.
  struct Batch {
    let x: [Double]
    let predictions: [Predictor.Prediction]
    /// What was true of each, or nothing.
    let actual: [CellValue]
    let extras: Extras
  }

  /// Predicts raw rows, row-major, and prints them; `actual` has what was true of each, or nothing.
  mutating func append(_ x: [Double], actual: [CellValue] = [], extras: Extras = Extras()) throws {
    let batch = Batch(x: x, predictions: try predictor(x), actual: actual, extras: extras)
    switch format {
    case .json: try Streams.output(json(batch))
    case .csv: try Streams.output(csv(batch))
    case .table: try printTable(batch)
    }
    count += batch.predictions.count
  }

  /// Ends the output; without any row it is an empty array, or a header.
  mutating func end() throws {
    switch format {
    case .json: try Streams.output(count == 0 ? "[]\n" : "\n]\n")
    case .csv: if count == 0 { try Streams.output(csv(Batch(x: [], predictions: [], actual: [], extras: Extras()))) }
    case .table: if count == 0 { try printTable(Batch(x: [], predictions: [], actual: [], extras: Extras())) }
    }
  }

  /// What of an imported net is a guess: each row of JSON and CSV says it.
  var guessed: [String] { predictor.architecture.guessed }

  var columns: [String] {
    (showsRow ? ["row"] : []) + kept + shown.map { features[$0].name } + (hasActual ? ["y"] : []) + outputNames
  }

  /// Throws for a column to keep that is named twice, or that the answers have.
  static func checkKept(_ names: [String], _ predictor: Predictor) throws {
    let guessed = predictor.architecture.guessed.isEmpty ? [] : ["guessed"]
    let answers = PredictionPrinter(predictor, .csv, hasActual: true).outputNames + Self.ownKeys + guessed
    if let name = names.firstRepeatedName() { throw UsageError("'--keep' has '\(name)' twice.") }
    if let name = names.first(where: answers.contains(named:)) {
      throw UsageError("'--keep \(name)': the output has a column of that name itself.", hint: "rename it in the file's header")
    }
  }

  private var outputNames: [String] {
    switch predictor.architecture.task {
    case .binary: ["probability", "label"]
    case .multiclass: classes.map { "p(\($0))" } + ["label"]
    case .regression: ["value"]
    }
  }

  private mutating func printTable(_ batch: Batch) throws {
    let rows = batch.predictions.indices.map { row in
      leading(batch, row) + (hasActual ? [batch.actual[row]] : []) + outputs(batch.predictions[row])
    }
    let table = Table(columns: titles, rows: rows)
    let width = Streams.terminalWidth
    guard let layout = layout.map({ table.widened($0, width: width) }) else {
      let layout = table.layout(width: width)
      self.layout = layout
      try Streams.output(table.header(layout, width: width, isColored: Streams.outputIsColored) + table.body(layout, width: width))
      if let note = Table.note(table.omitted(layout), hint: "--format csv") { Streams.note(note) }
      return
    }
    self.layout = layout
    try Streams.output(table.body(layout, width: width))
  }

  /// The headings.  Where the terminal is narrow, features but the first go first, the last one ahead; then the probabilities of
  /// classes; the answer, what was true and what was asked to be kept stay.
  private var titles: [Table.Column] {
    let features = columns.count - outputNames.count - (hasActual ? 1 : 0)
    let firstOutput = columns.count - outputNames.count
    return columns.enumerated().map { index, name in
      let isProbability = index >= firstOutput && index < columns.count - 1 && outputNames.count > 2
      let isKept = index >= (showsRow ? 1 : 0) && index < (showsRow ? 1 : 0) + kept.count
      let rank = isKept ? 0 : index < features ? (index == 0 ? 1 : 10_000 + index) : isProbability ? 2 + index : 0
      return .names(name.singleLine, rank: rank)
    }
  }

  /// The number of a row, what is carried along, and its features, as far as they are shown.
  private func leading(_ batch: Batch, _ row: Int) -> [CellValue] {
    let number: [CellValue] = showsRow ? [CellValue(position(batch, row))] : []
    let carried = batch.extras.kept[row * kept.count..<(row + 1) * kept.count].map { CellValue.text($0) }
    return number + carried
      + shown.map { index in
        let place = row * features.count + index
        let value = batch.x[place]
        if value.isNaN { return .null }
        if features[index].isDate { return .text(features[index].dateText(value)) }
        guard let categories = features[index].categories else { return .real(value) }
        return .text(batch.extras.unseen[place] ?? categories[Int(value)])
      }
  }

  /// The number of a row in its file, from 1.
  func position(_ batch: Batch, _ row: Int) -> Int { batch.extras.positions.isEmpty ? count + row + 1 : batch.extras.positions[row] }

  private func outputs(_ prediction: Predictor.Prediction) -> [CellValue] {
    let label = CellValue(prediction.classIndex.map { classes[$0] })
    switch prediction {
    case .binary(let probability, _): return [.real(Double(probability)), label]
    case .multiclass(let probabilities, _): return probabilities.map { .real(Double($0)) } + [label]
    case .regression(let value): return [.real(value)]
    }
  }
}
