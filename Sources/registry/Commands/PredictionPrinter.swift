import Datasets
import ModelRegistry
import Training

/// Prints predictions batch by batch, as a table, a JSON array or CSV.
struct PredictionPrinter {
  private let predictor: Predictor
  private let format: OutputFormat
  private var count = 0
  private var hasActual = false

  /// A table shows the features of up to so many columns, else the row's number.
  private static let shownFeatures = 8

  init(_ predictor: Predictor, _ format: OutputFormat) {
    self.predictor = predictor
    self.format = format
  }

  /// Predicts raw rows, row-major, and prints them; `actual` is empty or has what was true of each.
  mutating func append(_ x: [Double], actual: [Scalar]) throws {
    let width = predictor.architecture.features.columns.count
    let predictions = try predictor(x)
    hasActual = !actual.isEmpty
    switch format {
    case .json:
      var text = ""
      for (row, prediction) in predictions.enumerated() {
        text += count + row == 0 ? "[\n  " : ",\n  "
        text += json(raw(x, row, width), prediction, actual.isEmpty ? nil : actual[row]).spaced
      }
      try Streams.output(text)
    case .csv, .table:
      let rows = predictions.indices.map { row in
        let features: [Scalar] =
          format == .csv || width <= Self.shownFeatures ? raw(x, row, width) : [Scalar(count + row + 1)]
        return features + (actual.isEmpty ? [] : [actual[row]]) + cells(predictions[row])
      }
      try printRows(rows)
    }
    count += predictions.count
  }

  /// Ends the output; without any row it is an empty array, or a header.
  func end() throws {
    switch format {
    case .json: try Streams.output(count == 0 ? "[]\n" : "\n]\n")
    case .csv, .table: if count == 0 { try printRows([]) }
    }
  }

  private func printRows(_ rows: [[Scalar]]) throws {
    let names = columns
    if format == .csv {
      try printOnceHeaded(csvText(columns: names, rows: rows))
    } else {
      let features = names.count - (hasActual ? 1 : 0) - outputNames.count
      let table = Table(columns: names.enumerated().map { Table.Column(name: $1, rank: $0 < features && features > 1 ? features - $0 : 0) }, rows: rows)
      let (text, omitted) = table.render(width: Streams.terminalWidth)
      try printOnceHeaded(text)
      if count == 0, !omitted.isEmpty { Streams.note("(not shown for lack of width: \(omitted.joined(separator: ", ")))") }
    }
  }

  /// Prints lines, the header among them the first time only.
  private func printOnceHeaded(_ text: String) throws {
    try Streams.output(count == 0 ? text : String(text[text.index(after: text.firstIndex(of: "\n") ?? text.startIndex)...]))
  }

  private var columns: [String] {
    let features = predictor.architecture.features.columns.map(\.name)
    let shown = format == .csv || features.count <= Self.shownFeatures ? features : ["row"]
    return shown + (hasActual ? ["y"] : []) + outputNames
  }

  private var outputNames: [String] {
    switch predictor.architecture.task {
    case .binary: ["probability", "label"]
    case .multiclass: predictor.architecture.classes.map { "p(\($0))" } + ["label"]
    case .regression: ["value"]
    }
  }

  /// The raw features of a row: numbers, and categories by their names.
  private func raw(_ x: [Double], _ row: Int, _ width: Int) -> [Scalar] {
    predictor.architecture.features.columns.enumerated().map { index, column in
      let value = x[row * width + index]
      return column.categories.map { .text($0[Int(value)]) } ?? .real(value)
    }
  }

  private func label(_ prediction: Predictor.Prediction) -> Scalar {
    Scalar(prediction.classIndex.map { predictor.architecture.classes[$0] })
  }

  private func cells(_ prediction: Predictor.Prediction) -> [Scalar] {
    switch prediction {
    case .binary(let probability, _): [.real(Double(probability)), label(prediction)]
    case .multiclass(let probabilities, _): probabilities.map { .real(Double($0)) } + [label(prediction)]
    case .regression(let value): [.real(value)]
    }
  }

  private func json(_ x: [Scalar], _ prediction: Predictor.Prediction, _ actual: Scalar?) -> JSONValue {
    var pairs: [(String, JSONValue)] = [("x", .array(x.map(JSONValue.init)))]
    switch prediction {
    case .binary(let probability, _): pairs += [("probability", .real(Double(probability))), ("label", JSONValue(label(prediction)))]
    case .multiclass(let probabilities, let index):
      pairs += [
        ("probabilities", .array(probabilities.map { .real(Double($0)) })), ("class", index.map { JSONValue($0) } ?? .null),
        ("label", JSONValue(label(prediction))),
      ]
    case .regression(let value): pairs.append(("value", .real(value)))
    }
    if let actual { pairs.append(("y", JSONValue(actual))) }
    return .object(pairs)
  }
}
