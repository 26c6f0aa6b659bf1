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
      registry predict --version cancer@champion --csv rows.csv --keep id --unseen ignore
      registry predict --version 3

      Of two classes the probability is that of the second one, whatever the label says.
      """)

  @Option(parsing: .unconditional, help: "3, name/3, name@champion or latest.") var version = "latest"
  @Option(help: .versionsModel) var model: String?
  @Option(parsing: .unconditionalSingleValue, help: "A point, its features separated by commas; repeatable.") var point: [String] = []
  @Option(help: "A CSV file with a header (- is standard input).") var csv: String?
  @Option(help: "Columns of the CSV file to carry through to the output, as they are: id, id,name or '\"a, b\",id'; repeatable.") var keep:
    [String] = []
  @OptionGroup var rows: RowOptions
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption
  // Everything that is no option of ours, so that -1 isn't taken for one; `values` sorts out the misspelt ones.
  @Argument(parsing: .allUnrecognized, help: "The features of one point; negative numbers as they are.") var features: [String] = []

  func run() throws {
    let point = try values()
    let given = [point.isEmpty ? nil : "a point", self.point.isEmpty ? nil : "--point", csv == nil ? nil : "--csv"].compactMap(\.self)
    guard given.count <= 1 else { throw UsageError("\(given.joined(separator: " and ")) exclude each other.") }
    // Of a point --unseen says something, too.
    let ofFile = (keep.isEmpty ? [] : ["--keep"]) + rows.given.filter { given.isEmpty || !$0.hasPrefix("--unseen") }
    if csv == nil, let option = ofFile.first {
      throw UsageError("'\(option)' needs a CSV file.", hint: "registry predict --csv FILE")
    }
    let registry = try database.open()
    let record = try record(in: registry)
    var predictor = try registry.loadPredictor(record)
    predictor.unseen = rows.unseen
    if let csv {
      try predictCSV(csv, predictor, trainedOn: registry.datasetSource(ofRun: record.run))
    } else if given.isEmpty {
      try predictTestSplit(registry, record, predictor)
    } else {
      let points = point.isEmpty ? self.point.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } : [point]
      var extras = PredictionPrinter.Extras()
      let x = try points.flatMap { try row($0, predictor.architecture) }
      let columns = predictor.architecture.features.columns
      for (place, text) in points.joined().enumerated() where columns[place % columns.count].categories != nil {
        if x[place] == FeatureEncoder.unseenCategory { extras.unseen[place] = text }
      }
      var printer = PredictionPrinter(predictor, format.format)
      try printer.append(x, extras: extras)
      try printer.end()
      notePoints(x, extras, predictor.architecture.features)
    }
    // A remark on what succeeded: an error stands alone.
    try NetRemarks.print(record, in: registry)
  }

  /// The version; where its name is among the values, that is what is wrong.
  private func record(in registry: Registry) throws -> VersionRecord {
    do {
      return try registry.version(versionName(version, model: model, in: registry))
    } catch let error as StoreError where meant != nil {
      let report = ErrorReport(error)
      throw ErrorReport(report.message, hint: meant, report.code)
    }
  }

  /// The command with its first value as the version, where that looks like one: `lin/1`, `lin@champion`.
  private var meant: String? {
    guard version.hasSameBytes(as: "latest"), let first = features.first else { return nil }
    let parts = first.split(separator: "/", omittingEmptySubsequences: false)
    let isNumbered = parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty && parts[1].allSatisfy { ("0"..."9").contains($0) }
    let isAlias = first.split(separator: "@", omittingEmptySubsequences: false).count == 2 && !first.hasPrefix("@") && !first.hasSuffix("@")
    guard isNumbered || isAlias else { return nil }
    return (["registry predict --version", first.quotedForShell] + features.dropFirst().map(\.quotedForShell)).joined(separator: " ")
  }

  /// Says what of the points wasn't taken as it is.
  private func notePoints(_ x: [Double], _ extras: PredictionPrinter.Extras, _ features: FeatureEncoder) {
    let width = features.columns.count
    let filled = Set(x.indices.filter { x[$0].isNaN }.map { $0 % width }).sorted()
    if !filled.isEmpty { Streams.note("Filled in, as the version was trained: \(FilledCells.words(filled, features))".singleLine) }
    for (place, text) in extras.unseen.sorted(by: { $0.key < $1.key }) {
      let name = features.columns[place % width].name
      Streams.note("'\(text)' is a category of '\(name)' that training didn't have: all its one-hot inputs are 0".singleLine)
    }
  }

  /// The features of the point in the arguments.
  private func values() throws -> [String] {
    // What stands behind the first -- is no option, whatever it looks like.
    let end = features.firstIndex(of: "--") ?? features.endIndex
    for text in features[..<end] where text.hasPrefix("-") && Double(text) == nil {
      throw RootCommand.unknownOption(String(text.prefix { $0 != "=" }), of: Self._commandName)
    }
    return Array(features[..<end] + features[end...].dropFirst())
  }

  /// A cell without the blanks around it, as a CSV file's is.
  private static func trimmed(_ cell: String) -> String { String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }

  /// The raw row that a point's texts stand for: numbers, categories by their names, and what the version fills in where it does.
  private func row(_ texts: [String], _ architecture: Architecture) throws -> [Double] {
    let columns = architecture.features.columns
    guard texts.count == columns.count else {
      let names = columns.prefix(6).map(\.name).joined(separator: ", ") + (columns.count > 6 ? ", …" : "")
      throw ErrorReport(
        "the point has \(texts.count) value\(texts.count == 1 ? "" : "s"), the version takes \(columns.count) (\(names)).",
        hint: meant, .badData)
    }
    return try columns.indices.map { index in
      let column = columns[index]
      // A category may have blanks of its own.
      let isExact = column.categories?.contains(named: texts[index]) ?? false
      let text = isExact ? texts[index] : Self.trimmed(texts[index])
      let isMissing = isMissingCell(text)
      if isMissing, architecture.features.imputations[index] != nil { return Dataset.missingCell }
      if let categories = column.categories {
        guard let index = categories.firstIndex(named: text) else {
          if rows.unseen == .ignore, !isMissing { return FeatureEncoder.unseenCategory }
          let known = categories.prefix(8).map { "'\($0)'" }.joined(separator: ", ") + (categories.count > 8 ? ", …" : "")
          let hint = isMissing ? "a version trained with --impute fills it in" : "--unseen ignore sets its one-hot inputs to 0"
          throw ErrorReport("'\(text)' isn't a category of '\(column.name)' (\(known)).", hint: hint, .badData)
        }
        return Double(index)
      }
      if column.isDate {
        guard let days = column.days(text) else {
          let (kind, example) = column.isTime ? ("time", "12:30:00") : ("date", "2024-01-31")
          throw ErrorReport("'\(text)' isn't a \(kind) that is read, '\(column.name)' needs one.", hint: example, .badData)
        }
        return days
      }
      guard let number = Double(text), number.isFinite, !text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }) else {
        throw ErrorReport("'\(text)' isn't a finite number, '\(column.name)' needs one.", hint: meant, .badData)
      }
      // As in a CSV file.
      if ExactInteger.isRounded(text, number) {
        throw ErrorReport("'\(text)' is an integer that float64 doesn't hold: '\(column.name)' would get another number.", .badData)
      }
      return number
    }
  }

  private func predictCSV(_ path: String, _ predictor: Predictor, trainedOn source: DatasetSource?) throws {
    var rows = try rows.open(path, predictor.architecture, trainedOn: source, keep: keep)
    let columns = rows.kept
    try PredictionPrinter.checkKept(columns, predictor)
    var printer = PredictionPrinter(predictor, format.format, kept: columns, showsRow: self.rows.dropMissing, isByOrder: rows.isRenamed)
    while let batch = try self.rows.next(&rows, predictor.architecture) {
      try printer.append(batch.x, extras: PredictionPrinter.Extras(batch))
    }
    try printer.end()
    RowOptions.note(rows, predictor.architecture)
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
  private func actual(_ dataset: Dataset, _ architecture: Architecture) -> [CellValue] {
    guard architecture.task != .regression else { return dataset.numbers(.test).map { .real($0) } }
    return dataset.labels(.test).map { label in .text(architecture.classes[architecture.labelMap?[Int(label)] ?? Int(label)]) }
  }
}
