import ArgumentParser
import Datasets
import ModelRegistry
import Tensors
import Training

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predict with a stored version: a point, a CSV file, or the version's own test data.",
    discussion: """
      registry predict --version 3 -1 1
      registry predict --version 3 --point -1,1 --point 1,1
      registry predict --version cancer@champion --csv rows.csv --format csv
      registry predict --version 3
      """)

  @Option(parsing: .unconditional, help: "3, name/3, name@champion or latest.") var version = "latest"
  @Option(help: "The model that --version is looked for in.") var model: String?
  @Option(parsing: .unconditionalSingleValue, help: "A point, its features separated by commas; repeatable.") var point: [String] = []
  @Option(help: "A CSV file with a header (- is standard input).") var csv: String?
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption
  // Everything that is no option of ours, so that -1 isn't taken for one; `values` sorts out the misspelt ones.
  @Argument(parsing: .allUnrecognized, help: "The features of one point; negative numbers as they are.") var features: [String] = []

  func run() throws {
    let point = try values()
    let given = [point.isEmpty ? nil : "a point", self.point.isEmpty ? nil : "--point", csv == nil ? nil : "--csv"].compactMap(\.self)
    guard given.count <= 1 else { throw UsageError("\(given.joined(separator: " and ")) exclude each other.") }
    let registry = try database.open()
    let record = try registry.version(try versionName(version, model: model))
    let predictor = try registry.loadPredictor(record)
    if let csv {
      try predictCSV(csv, predictor)
    } else if given.isEmpty {
      try predictTestSplit(registry, record, predictor)
    } else {
      let points = point.isEmpty ? self.point.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } : [point]
      let x = try points.flatMap { try row($0, predictor.architecture) }
      var printer = PredictionPrinter(predictor, format.format)
      try printer.append(x)
      try printer.end()
    }
  }

  /// The features of the point in the arguments.
  private func values() throws -> [String] {
    // What stands behind the first -- is no option, whatever it looks like.
    let end = features.firstIndex(of: "--") ?? features.endIndex
    for text in features[..<end] where text.hasPrefix("-") && Double(text) == nil {
      throw UsageError("unknown option '\(text)'.", hint: "registry predict --help")
    }
    return Array(features[..<end] + features[end...].dropFirst())
  }

  /// The raw row that a point's texts stand for: numbers, and categories by their names.
  private func row(_ texts: [String], _ architecture: Architecture) throws -> [Double] {
    let columns = architecture.features.columns
    guard texts.count == columns.count else {
      let names = columns.prefix(6).map(\.name).joined(separator: ", ") + (columns.count > 6 ? ", …" : "")
      throw ErrorReport(
        "the point has \(texts.count) value\(texts.count == 1 ? "" : "s"), the version takes \(columns.count) (\(names)).", .badData)
    }
    return try zip(texts, columns).map { text, column in
      if let categories = column.categories {
        guard let index = categories.firstIndex(named: text) else {
          let known = categories.prefix(8).map { "'\($0)'" }.joined(separator: ", ") + (categories.count > 8 ? ", …" : "")
          throw ErrorReport("'\(text)' is no category of '\(column.name)' (\(known)).", .badData)
        }
        return Double(index)
      }
      guard let number = Double(text), number.isFinite else {
        throw ErrorReport("'\(text)' is no finite number, '\(column.name)' needs one.", .badData)
      }
      return number
    }
  }

  private func predictCSV(_ path: String, _ predictor: Predictor) throws {
    let input = path == "-" ? CSVInput.standardInput : .path(path)
    var rows = try FeatureRows.open(input, features: predictor.architecture.features.columns)
    var printer = PredictionPrinter(predictor, format.format)
    do {
      while let batch = try rows.next() { try printer.append(batch.x) }
    } catch let error as CSVError where error.reason == .missingCell {
      // Every row gets its answer: here none can be left out.
      throw ErrorReport("\(error.description).", hint: "fill it in: a prediction needs every feature", .badData)
    }
    try printer.end()
  }

  /// The test data that the version's own run kept: true against predicted.
  private func predictTestSplit(_ registry: Registry, _ record: VersionRecord, _ predictor: Predictor) throws {
    guard let dataset = try registry.dataset(ofRun: record.run) else {
      throw ErrorReport(
        "\(record.title) has no dataset of its own to predict on.",
        hint: "registry predict --version \(record.title.quotedForShell) --csv FILE", .badData)
    }
    // Throws unless the dataset's columns and classes are the version's.
    let samples = try Experiment.samples(dataset, .test, predictor.architecture)
    var printer = PredictionPrinter(predictor, format.format, hasActual: true)
    try printer.append(dataset.x(.test), actual: actual(dataset, predictor.architecture))
    try printer.end()
    guard format.format == .table else { return }
    let evaluation = Evaluation(of: predictor.net, predictor.architecture, on: samples)
    let accuracy = evaluation.accuracy.map { "accuracy \($0.shortText), " } ?? ""
    try Streams.prose("\(accuracy)loss \(evaluation.loss.shortText) on \(samples.count) test samples\n")
  }

  /// What was true of each test row: a class's name, or a number.
  private func actual(_ dataset: Dataset, _ architecture: Architecture) -> [Scalar] {
    guard architecture.task != .regression else { return dataset.numbers(.test).map { .real($0) } }
    return dataset.labels(.test).map { label in .text(architecture.classes[architecture.labelMap?[Int(label)] ?? Int(label)]) }
  }
}
