import ArgumentParser
import Datasets
import ModelRegistry

struct DatasetShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a dataset's columns, classes, source and the runs that used it.",
    discussion: "registry dataset show wine")

  @Argument(help: "The dataset's name, or the beginning of its digest.") var name: String
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let registry = try database.open()
    let record = try registry.datasetRecord(name)
    let report = DatasetReport(record: record, dataset: try registry.dataset(record))
    switch format.format {
    case .json: try Streams.output(report.json.pretty + "\n")
    case .csv: try Streams.output(csvText(columns: report.columnNames, rows: report.columnRows))
    case .table: try Streams.output(report.text(width: Streams.terminalWidth))
    }
  }
}

/// Everything about a dataset.
struct DatasetReport {
  let record: DatasetRecord
  let dataset: Dataset

  /// Where no cell is missing, nothing is said of it.
  var columnNames: [String] { ["column", "type", "min", "mean", "max"] + (hasMissing ? ["missing"] : []) }
  private let missing: [Int]
  private var hasMissing: Bool { missing.contains { $0 > 0 } }

  init(record: DatasetRecord, dataset: Dataset) {
    self.record = record
    self.dataset = dataset
    missing = dataset.missingCounts
  }

  private var summary: [(String, CellValue)] {
    [
      ("names", .text(record.names.map(\.quotedInList).joined(separator: ", "))), ("digest", .text(record.digest)),
      ("created_at", .text(record.createdAt)),
      ("train_rows", CellValue(dataset.trainCount)), ("test_rows", CellValue(dataset.testCount)),
      ("features", CellValue(dataset.featureCount)),
      ("source", .text(dataset.source.json)), ("note", CellValue(record.note)),
    ]
  }

  /// A row per column, the target last: its type and, of numbers, smallest, mean and largest over both parts.
  var columnRows: [[CellValue]] {
    let parts = Dataset.Part.allCases
    let x = parts.map(dataset.x)
    let width = dataset.featureCount
    var rows = dataset.columns.features.enumerated().map { index, feature -> [CellValue] in
      if let categories = feature.categories {
        return [.text(feature.name), .text("category (\(categories.count))"), .null, .null, .null] + count(index)
      }
      var range = Range()
      for values in x { for i in stride(from: index, to: values.count, by: width) where !values[i].isNaN { range.add(values[i]) } }
      return [.text(feature.name), .text(feature.isTime ? "time" : feature.isDate ? "date" : "number")]
        + (feature.isDate ? range.dates(feature) : range.scalars)
        + count(index)
    }
    let target = dataset.columns.target
    if let classes = target.classes {
      rows.append([.text(target.name), .text("target, class (\(classes.count))"), .null, .null, .null] + count(nil))
    } else {
      var range = Range()
      for part in parts { for number in dataset.numbers(part) { range.add(number) } }
      rows.append([.text(target.name), .text("target, number")] + range.scalars + count(nil))
    }
    for name in dataset.droppedColumns { rows.append([.text(name), .text("dropped"), .null, .null, .null] + count(nil)) }
    return rows
  }

  /// The missing cells of a feature, or of the target, which has none; nothing where none at all is missing.
  private func count(_ feature: Int?) -> [CellValue] { hasMissing ? [CellValue(feature.map { missing[$0] } ?? 0)] : [] }

  /// How many rows each class has: name, training, test.
  private var balance: [(name: String, train: Int, test: Int)] {
    let counts = Dataset.Part.allCases.map { part in
      dataset.labels(part).reduce(into: [Int](repeating: 0, count: dataset.columns.target.classes?.count ?? 0)) { $0[Int($1)] += 1 }
    }
    return (dataset.columns.target.classes ?? []).enumerated().map { ($1, counts[0][$0], counts[1][$0]) }
  }

  var json: JSONValue {
    var pairs = summary.dropFirst().map { ($0.0, JSONValue($0.1)) }
    pairs.insert(("names", .array(record.names.map { .string($0) })), at: 0)
    let columns = columnRows.map { row in JSONValue.object(zip(columnNames, row).map { ($0 == "column" ? "name" : $0, JSONValue($1)) })
    }
    pairs.append(("columns", .array(columns)))
    let classes = balance.map {
      JSONValue.object([("class", .string($0.name)), ("train", JSONValue($0.train)), ("test", JSONValue($0.test))])
    }
    pairs.append(("classes", .array(classes)))
    pairs.append(("runs", .array(record.runs.map { JSONValue($0) })))
    return .object(pairs)
  }

  func text(width: Int?) -> String {
    var text = "dataset \(record.title.singleLine)\n".wrapped(to: width) + RunReport.lines(summary.filter { $0.1 != .null }, width: width)
    text += "columns\n" + table(columnNames, columnRows, width)
    if !balance.isEmpty {
      text +=
        "classes\n" + table(["class", "train", "test"], balance.map { [.text($0.name), CellValue($0.train), CellValue($0.test)] }, width)
    }
    let runs = record.runs.suffix(20).map(String.init).joined(separator: ", ")
    return text + "runs  \(record.runs.isEmpty ? "none" : record.runs.count > 20 ? "… \(runs)" : runs)\n".wrapped(to: width, hanging: 6)
  }

  private func table(_ columns: [String], _ rows: [[CellValue]], _ width: Int?) -> String {
    Table(columns: columns.enumerated().map { $0 == 0 ? .names($1) : Table.Column(name: $1) }, rows: rows)
      .section(width: width, hint: "--format json")
  }

  private struct Range {
    var least = Double.infinity
    var most = -Double.infinity
    var sum = 0.0
    var count = 0

    mutating func add(_ value: Double) {
      least = min(least, value)
      most = max(most, value)
      sum += value
      count += 1
    }

    /// Rounding makes no mean of what is beyond its numbers.
    private var mean: Double { min(max(sum / Double(count), least), most) }

    /// The same as dates.
    func dates(_ column: FeatureColumn) -> [CellValue] {
      count == 0
        ? scalars : [least, mean, most].map { .text(column.dateText(($0 * 86_400_000).rounded() / 86_400_000)) }
    }

    var scalars: [CellValue] {
      [count == 0 ? .null : .real(least), count == 0 ? .null : .real(mean), count == 0 ? .null : .real(most)]
    }
  }
}
