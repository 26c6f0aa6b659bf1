import ArgumentParser
public import Datasets
import ModelRegistry
import Tensors
import Training

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a version on its own test data, a stored dataset or a CSV file.",
    discussion: """
      registry evaluate --version 3
      registry evaluate --version wine@champion --dataset wine-2026 --part train
      registry evaluate --version 3 --csv new.csv --format json

      With two classes, precision, recall and f1 are those of the second class, and precision_macro, recall_macro and f1_macro are the \
      means over both. With more classes, precision, recall and f1 are the means over the classes (macro).
      """)

  @Option(help: "3, name/3, name@champion or latest.") var version = "latest"
  @Option(help: .versionsModel) var model: String?
  @Option(help: "A stored dataset instead of the version's own.") var dataset: String?
  @Option(help: "The part of the dataset: test or train (default: test).") var part: Dataset.Part?
  @Option(help: "A CSV file with the target's column (- is standard input).") var csv: String?
  @OptionGroup var rows: RowOptions
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    if let csv, let dataset { throw UsageError("'--csv \(csv)' and '--dataset \(dataset)' exclude each other.") }
    if csv == nil, let option = rows.given.first {
      throw UsageError("'\(option)' needs a CSV file.", hint: "registry evaluate --csv FILE \(option)")
    }
    if let csv, let part { throw UsageError("'--csv \(csv)' and '--part \(part.rawValue)' exclude each other: all rows are taken.") }
    let registry = try database.open()
    let record = try registry.version(versionName(version, model: model, in: registry))
    var predictor = try registry.loadPredictor(record)
    predictor.unseen = rows.unseen
    let labelled =
      try csv.map { csv in
        try LabelledRows(csv: csv, predictor.architecture, rows, trainedOn: registry.datasetSource(ofRun: record.run))
      } ?? storedRows(registry, record, predictor.architecture)
    let report = try EvaluationReport(record.title, predictor, labelled)
    switch format.format {
    case .json: try Streams.output(report.json.pretty + "\n")
    case .csv: try Streams.output(csvText(columns: report.row.map(\.0), rows: [report.row.map(\.1)]))
    case .table: try Streams.output(report.text(width: Streams.terminalWidth))
    }
    // Remarks on what succeeded: an error stands alone.
    try NetRemarks.print(record, in: registry)
    if let answer = report.oneAnswer { Streams.note("Warning: \(answer.sentence).") }
  }

  private func storedRows(_ registry: Registry, _ record: VersionRecord, _ architecture: Architecture) throws -> LabelledRows {
    if let dataset {
      let found = try registry.datasetRecord(dataset)
      return try LabelledRows(try registry.dataset(found), part ?? .test, title: found.title, architecture)
    }
    guard let own = try registry.dataset(ofRun: record.run) else {
      throw ErrorReport(
        "\(record.title) has no dataset of its own.", hint: "registry evaluate --version \(record.title.quotedForShell) --csv FILE",
        .badData)
    }
    return try LabelledRows(own, part ?? .test, title: "its own data", architecture)
  }
}

extension Dataset.Part: ArgumentWord {}

/// Rows with what is true of them.
struct LabelledRows {
  let title: String
  /// Raw features, row-major.
  let x: [Double]
  /// The version's classes; empty for regression.
  let classes: [Int]
  /// The target's numbers; empty for classes.
  let numbers: [Double]
  /// How many rows of a file weren't taken as they are, where any were.
  var remarks: [(String, CellValue)] = []

  /// A part of a stored dataset, whose columns and classes must be the version's.
  init(_ dataset: Dataset, _ part: Dataset.Part, title: String, _ architecture: Architecture) throws {
    guard dataset.columns.features == architecture.features.columns else {
      throw FineTuneError.otherColumns(
        parent: architecture.features.columns.map(\.name), dataset: dataset.columns.features.map(\.name))
    }
    self.title = "\(title), \(part.rawValue) part"
    x = dataset.x(part)
    numbers = dataset.numbers(part)
    let names = dataset.columns.target.classes ?? []
    guard names.isEmpty == (architecture.task == .regression) else {
      throw TaskError.wrongTarget(task: architecture.task, column: dataset.columns.target)
    }
    let known = try names.indices.map { index in
      // The label map is for the very dataset's labels, and only where there are as many.
      if let map = architecture.labelMap, map.count == names.count { return map[index] }
      guard let own = architecture.classes.firstIndex(named: names[index]) else {
        throw FineTuneError.otherClasses(parent: architecture.classes, dataset: names)
      }
      return own
    }
    classes = dataset.labels(part).map { known[Int($0)] }
  }

  /// A CSV file with the columns of the version, the target's included.
  init(csv: String, _ architecture: Architecture, _ options: RowOptions, trainedOn source: DatasetSource?) throws {
    let target = TargetColumn(name: architecture.target, classes: architecture.task == .regression ? nil : architecture.classes)
    var rows = try options.open(csv, architecture, trainedOn: source, target: target)
    guard rows.hasTarget else {
      throw ErrorReport(
        "'\(csv)' has no column '\(architecture.target)' to compare with.", hint: "registry predict --csv \(csv.quotedForShell)", .badData)
    }
    var (x, classes, numbers): ([Double], [Int], [Double]) = ([], [], [])
    while let batch = try options.next(&rows, architecture) {
      x += batch.x
      classes += batch.labels.map { Int($0) }
      numbers += batch.numbers
    }
    RowOptions.note(rows, architecture)
    if x.isEmpty, rows.droppedRows > 0 { throw CSVError(file: csv, reason: .noRowLeft(dropped: rows.droppedRows)) }
    title = csv
    self.x = x
    self.classes = classes
    self.numbers = numbers
    let counts = [("dropped_rows", rows.droppedRows), ("imputed_rows", rows.incompleteRows), ("unseen_rows", rows.unseenRows)]
    remarks = counts.filter { $0.1 > 0 }.map { ($0.0, CellValue($0.1)) }
  }
}
