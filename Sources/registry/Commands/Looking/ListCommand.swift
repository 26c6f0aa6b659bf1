import ArgumentParser
import ModelRegistry
import Tensors

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List versions, runs, models, datasets or experiments, newest first.",
    discussion: """
      registry list
      registry list --where "test_loss < 0.1 AND hidden_size >= 5" --order-by test_loss --limit 20
      registry list --where "params.momentum > 0 OR tags.stage = 'review'" --columns version,test_loss,params.momentum,tags.stage
      registry list runs --experiment xor --where "metrics.val_loss < 0.3 AND params.lr <= 0.1" --order-by metrics.val_loss --limit 20
      registry list experiments

      --where and --order-by take SQL over the column names, which are the table's headings and the JSON's keys, and over params.KEY (a \
      run's parameters), metrics.KEY (its last measurements; of a version that has a step, those at that step or before) and tags.KEY (tags of a version, its run, a model or an experiment). A key that isn't a \
      plain word stands in double quotes: params."my key".

      precision, recall and f1 are macro means over the classes of the test part (of two classes too), roc_auc is the area under the ROC \
      curve (of more than two classes the mean of one against the rest). Versions of registry 0.1 have none of them.
      """)

  @Argument(help: "versions, runs, models, datasets or experiments.") var subject: ListSubject = .versions
  @Option(name: .customLong("where"), help: "An SQL expression over the columns.") var condition: String?
  @Option(help: "SQL ordering terms: test_loss, 'accuracy DESC, seed'. NULL and NaN come last.") var orderBy: String?
  @Option(help: "These columns, in this order: version,test_loss,params.momentum.") var columns: String?
  @Option(parsing: .unconditional, help: "Maximum number of rows (default: all).") var limit: Int?
  @Option(parsing: .unconditional, help: "Skip this many rows first.") var offset = 0
  @Option(help: "Only this model's.") var model: String?
  @Option(help: "Only runs of this experiment, or versions of its runs.") var experiment: String?
  @Flag(help: "Deleted ones too.") var all = false
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    if let limit, limit < 0 { throw UsageError("'--limit \(limit)': it has to be 0 or more.") }
    if offset < 0 { throw UsageError("'--offset \(offset)': it has to be 0 or more.") }
    let names = columns.map(KeyList.quoted)
    if let columns, names?.contains("") ?? true { throw UsageError("'--columns \(columns)': a column has no name.") }
    try condition.map(Self.requireStoredTimes)
    if let experiment, subject != .runs, subject != .versions {
      throw UsageError(
        "'--experiment \(experiment)' is for runs and versions.", hint: "registry list runs --experiment \(experiment.quotedForShell)")
    }
    let registry = try database.open()
    var query = ListQuery(
      condition: condition, order: orderBy, limit: limit ?? -1, offset: offset, model: model, experiment: experiment,
      includesDeleted: all,
      // A table shows only some: what it doesn't show needn't be looked up.
      columns: names ?? (format.format == .table ? ListLayout.names(of: subject, includesDeleted: all, asked: asked) : nil))
    query.showsAskedKeys = subject == .runs && names == nil && format.format == .table
    let result = try registry.listing(subject, query)
    switch format.format {
    case .json: try Streams.output(json(result).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: result.table.columns, rows: result.table.rows))
    case .table: try printTable(result)
    }
  }

  /// The words of what is ordered by and asked for.
  private var asked: [String] {
    // Every second piece is a literal.
    let pieces = "\(orderBy ?? "") \(condition ?? "")".lowercased().split(separator: "'", omittingEmptySubsequences: false).enumerated()
    let code = pieces.filter { $0.offset % 2 == 0 }.map(\.element).joined(separator: " ")
    return code.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) && $0 != "_" }.map(String.init)
  }

  /// Throws where a time is compared as the table shows it, with a blank in the middle: as texts every stored time is above it.
  private static func requireStoredTimes(_ condition: String) throws {
    guard ["created_at", "started_at", "ended_at", "deleted_at"].contains(where: { condition.lowercased().contains($0) }) else { return }
    for text in condition.split(separator: "'", omittingEmptySubsequences: false).enumerated().filter({ $0.offset % 2 == 1 }).map(\.element)
    {
      let form = text.utf8.prefix(13).map { (48...57).contains($0) ? UInt8(ascii: "0") : $0 }
      guard form.elementsEqual("0000-00-00 00".utf8) else { continue }
      throw UsageError(
        "times are stored as 2026-03-01T12:00:00.000Z (UTC): '\(text)' would come before all of that day.",
        hint: "--where \(condition.replacing(text, with: text.prefix(10) + "T" + text.dropFirst(11)).quotedForShell)")
    }
  }

  private func json(_ result: ListResult) -> JSONValue {
    let columns = result.table.columns
    // Of the usual columns those that say whether a loss is NaN are no keys of their own.
    let flags = columns.map { column in
      self.columns == nil && !column.hasSuffix("_is_nan") ? columns.firstIndex(named: "\(column)_is_nan") : nil
    }
    let shown = columns.indices.filter { self.columns != nil || !columns[$0].hasSuffix("_is_nan") }
    return .array(
      result.table.rows.enumerated().map { number, row in
        .object(
          shown.map { index in
            let column = columns[index]
            if let flag = flags[index], row[flag] == .integer(1) { return (column, .real(.nan)) }
            if column == "aliases", result.aliases.indices.contains(number) { return (column, aliases(result.aliases[number])) }
            if column == "hidden_sizes" { return (column, sizes(row[index])) }
            if column == "guessed" { return (column, guesses(row[index])) }
            return (column, JSONValue(row[index]))
          })
      })
  }

  /// The names of a version's aliases, or a model's with the versions that they point to.
  private func aliases(_ targets: [AliasTarget]) -> JSONValue {
    subject == .models ? .object(targets.map { ($0.alias, JSONValue($0.version)) }) : .array(targets.map { .string($0.alias) })
  }

  /// What of an imported net was guessed; nothing of a trained one.
  private func guesses(_ scalar: CellValue) -> JSONValue {
    guard case .text(let text) = scalar else { return .array([]) }
    return .array(text.split(separator: ",").map { .string(String($0)) })
  }

  private func sizes(_ scalar: CellValue) -> JSONValue {
    guard case .text(let text) = scalar, text.first == "[", text.last == "]" else { return JSONValue(scalar) }
    let sizes = text.dropFirst().dropLast().split(separator: ",").map { Int64($0) }
    return sizes.contains(nil) ? .string(text) : .array(sizes.compactMap(\.self).map(JSONValue.integer))
  }

  /// Why there is no row.
  private var nothing: String {
    if limit == 0 { return "No \(subject.rawValue) shown: --limit is 0." }
    if offset > 0 { return "No \(subject.rawValue) beyond --offset \(offset)." }
    return condition == nil && model == nil && experiment == nil
      ? "No \(subject.rawValue) in \(database.resolvedPath)." : "No \(subject.rawValue) match."
  }

  private func printTable(_ list: ListResult) throws {
    let result = list.table
    guard !result.rows.isEmpty else {
      return Streams.note(nothing)
    }
    // What was asked for stays: texts are cut first, and only then the last columns left out.
    let shown =
      columns == nil
      ? ListLayout.columns(of: subject, in: result, asked: asked) : result.columns.map { ListLayout.Column(name: $0, rank: 0) }
    let sources = shown.map { column in
      (index: result.columns.firstIndex(named: column.name) ?? 0, isTime: column.name.hasSuffix("_at"))
    }
    let aliasIndex = list.aliases.count == result.rows.count ? result.columns.firstIndex(named: "aliases") : nil
    let rows = result.rows.enumerated().map { number, row in
      sources.map { source -> CellValue in
        if source.index == aliasIndex { return aliasText(list.aliases[number]) }
        return source.isTime ? row[source.index].shortTime : row[source.index]
      }
    }
    try Table(columns: shown.map(\.tableColumn), rows: rows).print(hint: columns == nil ? "--columns or --format csv" : "--format csv")
  }

  /// The aliases in a cell, as the columns have them, but that each can be told from the next.
  private func aliasText(_ targets: [AliasTarget]) -> CellValue {
    guard !targets.isEmpty else { return .null }
    let names = targets.map { subject == .models ? "\($0.alias.quotedInList)=\($0.version)" : $0.alias.quotedInList }
    return .text(names.joined(separator: subject == .models ? " " : ","))
  }
}

extension ListSubject: ArgumentWord {}
