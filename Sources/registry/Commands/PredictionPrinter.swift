import Datasets
import ModelRegistry
import Training

/// Prints predictions batch by batch, as a table, a JSON array or CSV.
///
/// Tables and CSV show the features of a row where they are few, else its number, counted from 1; JSON has them always.
struct PredictionPrinter {
  private let predictor: Predictor
  private let format: OutputFormat
  /// Whether what was true is known and printed, as `y`.
  private let hasActual: Bool
  private var count = 0
  /// The first rows' table, whose columns the later ones keep.
  private var layout: Table.Layout?

  private static let shownFeatures = 8

  init(_ predictor: Predictor, _ format: OutputFormat, hasActual: Bool = false) {
    self.predictor = predictor
    self.format = format
    self.hasActual = hasActual
  }

  private var features: [FeatureColumn] { predictor.architecture.features.columns }
  private var classes: [String] { predictor.architecture.classes }
  private var showsFeatures: Bool { features.count <= Self.shownFeatures }

  /// Predicts raw rows, row-major, and prints them; `actual` has what was true of each, or nothing.
  mutating func append(_ x: [Double], actual: [Scalar] = []) throws {
    let predictions = try predictor(x)
    switch format {
    case .json: try Streams.output(json(x, predictions, actual))
    case .csv: try Streams.output(csv(x, predictions, actual))
    case .table: try printTable(x, predictions, actual)
    }
    count += predictions.count
  }

  /// Ends the output; without any row it is an empty array, or a header.
  mutating func end() throws {
    switch format {
    case .json: try Streams.output(count == 0 ? "[]\n" : "\n]\n")
    case .csv: if count == 0 { try Streams.output(csv([], [], [])) }
    case .table: if count == 0 { try printTable([], [], []) }
    }
  }

  /// What of an imported net is a guess: each row of JSON and CSV says it.
  private var guessed: [String] { predictor.architecture.guessed }

  private var columns: [String] {
    (showsFeatures ? features.map(\.name) : ["row"]) + (hasActual ? ["y"] : []) + outputNames
  }

  private var outputNames: [String] {
    switch predictor.architecture.task {
    case .binary: ["probability", "label"]
    case .multiclass: classes.map { "p(\($0))" } + ["label"]
    case .regression: ["value"]
    }
  }

  private mutating func printTable(_ x: [Double], _ predictions: [Predictor.Prediction], _ actual: [Scalar]) throws {
    let rows = predictions.indices.map { row in
      leading(x, row) + (hasActual ? [actual[row]] : []) + outputs(predictions[row])
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
  /// classes; the answer and what was true stay.
  private var titles: [Table.Column] {
    let features = columns.count - outputNames.count - (hasActual ? 1 : 0)
    let firstOutput = columns.count - outputNames.count
    return columns.enumerated().map { index, name in
      let isProbability = index >= firstOutput && index < columns.count - 1 && outputNames.count > 2
      let rank = index < features ? (index == 0 ? 1 : 10_000 + index) : isProbability ? 2 + index : 0
      return .names(name.singleLine, rank: rank)
    }
  }

  /// The features of a row, or its number.
  private func leading(_ x: [Double], _ row: Int) -> [Scalar] {
    guard showsFeatures else { return [Scalar(count + row + 1)] }
    return features.enumerated().map { index, column in
      let value = x[row * features.count + index]
      return column.categories.map { .text($0[Int(value)]) } ?? .real(value)
    }
  }

  private func outputs(_ prediction: Predictor.Prediction) -> [Scalar] {
    let label = Scalar(prediction.classIndex.map { classes[$0] })
    switch prediction {
    case .binary(let probability, _): return [.real(Double(probability)), label]
    case .multiclass(let probabilities, _): return probabilities.map { .real(Double($0)) } + [label]
    case .regression(let value): return [.real(value)]
    }
  }
}

// Text for a million rows: written straight away, without a value for each cell.
extension PredictionPrinter {
  private func csv(_ x: [Double], _ predictions: [Predictor.Prediction], _ actual: [Scalar]) -> [UInt8] {
    var writer = CSVWriter()
    if count == 0 {
      for name in columns + (guessed.isEmpty ? [] : ["guessed"]) { writer.append(name) }
      writer.endRecord()
    }
    let guess = guessed.joined(separator: " ")
    func append(_ value: Float) { value.isFinite ? writer.append(Double(value)) : writer.append(Double(value).shortText) }
    for (row, prediction) in predictions.enumerated() {
      if showsFeatures {
        for (index, column) in features.enumerated() {
          let value = x[row * features.count + index]
          if let categories = column.categories { writer.append(categories[Int(value)]) } else { writer.append(value) }
        }
      } else {
        writer.append(String(count + row + 1))
      }
      if hasActual {
        switch actual[row] {
        case .real(let number): writer.append(number)
        case .text(let name): writer.append(name)
        default: writer.append("")
        }
      }
      switch prediction {
      case .binary(let probability, _): append(probability)
      case .multiclass(let probabilities, _): for probability in probabilities { append(probability) }
      case .regression(let value): value.isFinite ? writer.append(value) : writer.append(value.shortText)
      }
      if predictor.architecture.task != .regression { writer.append(prediction.classIndex.map { classes[$0] } ?? "") }
      if !guessed.isEmpty { writer.append(guess) }
      writer.endRecord()
    }
    return writer.take()
  }

  private func json(_ x: [Double], _ predictions: [Predictor.Prediction], _ actual: [Scalar]) -> [UInt8] {
    let labels = classes.map { Array(JSONValue.string($0).text.utf8) }
    let categories = features.map { $0.categories.map { $0.map { Array(JSONValue.string($0).text.utf8) } } }
    let guess = guessed.isEmpty ? [] : Array(", \"guessed\": \(JSONValue.array(guessed.map { .string($0) }).text)".utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(predictions.count * (24 * features.count + 64))
    func append(_ text: StaticString) {
      unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
    func append(_ number: Double) {
      if number.isFinite { bytes += number.description.utf8 } else { bytes += JSONValue.real(number).text.utf8 }
    }
    func append(label: Int?) {
      append(", \"label\": ")
      if let label { bytes += labels[label] } else { append("null") }
    }
    for (row, prediction) in predictions.enumerated() {
      append(count + row == 0 ? "[\n  {\"x\": [" : ",\n  {\"x\": [")
      for index in features.indices {
        if index > 0 { append(", ") }
        let value = x[row * features.count + index]
        if let names = categories[index] { bytes += names[Int(value)] } else { append(value) }
      }
      append("]")
      switch prediction {
      case .binary(let probability, let index):
        append(", \"probability\": ")
        append(Double(probability))
        append(label: index)
      case .multiclass(let probabilities, let index):
        append(", \"probabilities\": [")
        for (position, probability) in probabilities.enumerated() {
          if position > 0 { append(", ") }
          append(Double(probability))
        }
        append("], \"class\": ")
        if let index { bytes += String(index).utf8 } else { append("null") }
        append(label: index)
      case .regression(let value):
        append(", \"value\": ")
        append(value)
      }
      if hasActual {
        append(", \"y\": ")
        bytes += JSONValue(actual[row]).text.utf8
      }
      bytes += guess
      append("}")
    }
    return bytes
  }
}
