public import ArgumentParser
import ModelRegistry

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List versions, runs, models or datasets, newest first.",
    discussion: """
      registry list
      registry list --where "test_loss < 0.1 AND hidden_size >= 5" --order-by test_loss --limit 20
      registry list runs --format json
      """)

  @Argument(help: "versions, runs, models or datasets.") var subject: ListSubject = .versions
  @Option(name: .customLong("where"), help: "An SQL expression over the columns, which --format json shows.") var condition: String?
  @Option(help: "SQL ordering terms: test_loss, 'accuracy DESC, seed'.") var orderBy: String?
  @Option(parsing: .unconditional, help: "At most so many rows.") var limit: Int?
  @Option(parsing: .unconditional, help: "Leave out so many rows first.") var offset = 0
  @Option(help: "Only this model's.") var model: String?
  @Flag(help: "Deleted ones too.") var all = false
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    if let limit, limit < 0 { throw UsageError("'--limit \(limit)': it has to be 0 or more.") }
    if offset < 0 { throw UsageError("'--offset \(offset)': it has to be 0 or more.") }
    let registry = try database.open()
    let query = ListQuery(
      condition: condition, order: orderBy, limit: limit ?? -1, offset: offset, model: model, includesDeleted: all)
    let result = try registry.list(subject, query)
    switch format.format {
    case .json: try Streams.output(json(result).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: result.columns, rows: result.rows))
    case .table: try printTable(result)
    }
  }

  private func json(_ result: ResultTable) -> JSONValue {
    .array(
      result.rows.map { row in
        let values = Dictionary(uniqueKeysWithValues: zip(result.columns, row))
        return .object(
          result.columns.indices.compactMap { index in
            let column = result.columns[index]
            if column.hasSuffix("_is_nan") { return nil }
            if values["\(column)_is_nan"] == .integer(1) { return (column, .real(.nan)) }
            if subject == .versions, column == "aliases" { return (column, aliases(row[index])) }
            if column == "hidden_sizes" { return (column, sizes(row[index])) }
            return (column, JSONValue(row[index]))
          })
      })
  }

  private func aliases(_ scalar: Scalar) -> JSONValue {
    guard case .text(let text) = scalar else { return .array([]) }
    return .array(text.split(separator: ",").map { .string(String($0)) })
  }

  private func sizes(_ scalar: Scalar) -> JSONValue {
    guard case .text(let text) = scalar, text.first == "[", text.last == "]" else { return JSONValue(scalar) }
    let sizes = text.dropFirst().dropLast().split(separator: ",").map { Int64($0) }
    return sizes.contains(nil) ? .string(text) : .array(sizes.compactMap(\.self).map(JSONValue.integer))
  }

  private func printTable(_ result: ResultTable) throws {
    guard !result.rows.isEmpty else {
      return Streams.note(
        condition == nil && model == nil && limit == nil && offset == 0
          ? "No \(subject.rawValue) in \(database.resolvedPath)." : "No \(subject.rawValue) match.")
    }
    let shown = TableLayout.columns(of: subject, in: result)
    let rows = result.rows.map { row in
      shown.map { column -> Scalar in
        guard let index = result.columns.firstIndex(of: column.source) else { return .null }
        if let flag = result.columns.firstIndex(of: "\(column.source)_is_nan"), row[flag] == .integer(1) { return .real(.nan) }
        return column.source.hasSuffix("_at") ? row[index].shortTime : row[index]
      }
    }
    let table = Table(columns: shown.map { Table.Column(name: $0.title, rank: $0.rank) }, rows: rows)
    let (text, omitted) = table.render(width: Streams.terminalWidth)
    try Streams.output(text)
    if !omitted.isEmpty { Streams.note("(not shown for lack of width: \(omitted.joined(separator: ", ")))") }
  }
}

extension ListSubject: ExpressibleByArgument {}

/// Which columns a table shows of each subject.
private enum TableLayout {
  struct Column {
    let source: String
    let title: String
    let rank: Int
  }

  /// The columns worth showing: one that is empty in every row is left out, and so is the model where there is only one.
  static func columns(of subject: ListSubject, in result: ResultTable) -> [Column] {
    all(subject).filter { column in
      guard let index = result.columns.firstIndex(of: column.source) else { return false }
      let values = Set(result.rows.map { $0[index] })
      if column.source == "model", subject == .versions { return values.count > 1 || values != [.text(Registry.defaultModel)] }
      let isNaN = result.columns.firstIndex(of: "\(column.source)_is_nan").map { flag in result.rows.contains { $0[flag] == .integer(1) } }
      return column.rank == 0 || values != [.null] || isNaN == true
    }
  }

  private static func all(_ subject: ListSubject) -> [Column] {
    func column(_ source: String, _ rank: Int) -> Column { Column(source: source, title: source, rank: rank) }
    func column(_ source: String, _ title: String, _ rank: Int) -> Column { Column(source: source, title: title, rank: rank) }
    switch subject {
    case .versions:
      return [
        column("version", 0), column("model", 0), column("aliases", 1), column("run", 9), column("dataset", 5), column("task", 7),
        column("hidden_sizes", "hidden", 4), column("epochs", 6), column("learning_rate", "lr", 6), column("seed", 3),
        column("train_loss", 4), column("test_loss", 0), column("accuracy", 2), column("created_at", "created", 8),
        column("deleted_at", "deleted", 1),
      ]
    case .runs:
      return [
        column("run", 0), column("model", 4), column("status", 0), column("kind", 5), column("version", 2), column("dataset", 5),
        column("task", 6), column("seed", 3), column("epochs_done", "epochs", 3), column("started_at", "started", 4),
        column("ended_at", "ended", 7), column("error", 1), column("note", 3), column("deleted_at", "deleted", 1),
      ]
    case .models:
      return [
        column("model", 0), column("versions", 1), column("latest", 1), column("best_test_loss", 2), column("aliases", 1),
        column("note", 3), column("created_at", "created", 4),
      ]
    case .datasets:
      return [
        column("dataset", 0), column("train_rows", "train", 1), column("test_rows", "test", 1), column("features", 2),
        column("source", 3), column("runs", 3), column("created_at", "created", 4),
      ]
    }
  }
}

extension Scalar {
  /// A time to the second, without the T and the Z.
  fileprivate var shortTime: Scalar {
    guard case .text(let text) = self, text.count == 24 else { return self }
    return .text(String(text.prefix(19)).split(separator: "T").joined(separator: " "))
  }
}
