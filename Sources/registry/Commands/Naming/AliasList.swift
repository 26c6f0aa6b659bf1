import ArgumentParser
import ModelRegistry

struct AliasList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the aliases of all models, or what they were at a time.",
    discussion: """
      registry alias list
      registry alias list --model cancer --format json
      registry alias list --at 2026-03-01T12:00
      """)

  @Option(help: "Only this model's.") var model: String?
  @Option(help: "What stood at this time: 2026-03-01, 2026-03-01T12:00, with seconds, with Z or +09:00; UTC unless it says otherwise.")
  var at: String?
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  private static let columns = ["model", "alias", "version", "state", "since", "actor", "reason"]

  func run() throws {
    let moment = try at.map { try Timestamp($0) }
    let aliases = try database.open().aliases(model: model, at: moment)
    let rows: [[CellValue]] = aliases.map {
      [
        .text($0.model), .text($0.alias), CellValue($0.version), .text($0.state.rawValue), CellValue($0.since), CellValue($0.actor),
        CellValue($0.reason),
      ]
    }
    guard format.format == .table else { return try Streams.output(format.text(columns: Self.columns, rows: rows)) }
    guard !rows.isEmpty else {
      let whose = model.map { " of '\($0)'" } ?? ""
      return Streams.note("No aliases\(whose) in \(database.resolvedPath)\(moment.map { " at \($0.text)" } ?? "").".singleLine)
    }
    // A state is worth a column only where a version is gone.
    let isAllLive = aliases.allSatisfy { $0.state == .live }
    let shown = Self.columns.indices.filter { !(isAllLive && Self.columns[$0] == "state") }
    let ranks = ["since": 3, "actor": 4, "reason": 2]
    let table = Table(
      columns: shown.map { Self.column(Self.columns[$0], rank: ranks[Self.columns[$0]] ?? 0) },
      rows: rows.map { row in shown.map { Self.columns[$0] == "since" ? row[$0].shortTime : row[$0] } })
    try table.print(hint: "--format json")
  }
}

struct AliasHistory: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Show what aliases pointed to, who moved them, when and why; newest first.",
    discussion: """
      An actor '(SQL)' means that plain SQL moved it.  Times are UTC.

      registry alias history
      registry alias history champion
      registry alias history --model cancer --format json
      """)

  @Argument(help: "Only this alias: champion, or name@champion.") var alias: String?
  @Option(help: "Only this model's (with an alias, by default: $REGISTRY_MODEL, else the only one that has it).") var model: String?
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  private static let columns = ["event", "model", "alias", "action", "version", "at", "actor", "reason", "undoes", "undone_by"]

  func run() throws {
    let (registry, name): (Registry, AliasName?) =
      if let alias { try database.open(.read, alias: alias, model: model) } else { (try database.open(), nil) }
    let events = try registry.aliasHistory(model: name?.model ?? model, alias: name?.alias)
    let rows = events.map { event -> [CellValue] in
      [
        CellValue(event.event), .text(event.model), .text(event.alias), .text(event.version == nil ? "remove" : "set"),
        event.version.map { CellValue($0) } ?? .null, .text(event.at), CellValue(event.actor), CellValue(event.reason),
        event.undoes.map { CellValue($0) } ?? .null, event.undoneBy.map { CellValue($0) } ?? .null,
      ]
    }
    guard format.format == .table else { return try Streams.output(format.text(columns: Self.columns, rows: rows)) }
    guard !rows.isEmpty else { return Streams.note("No alias was ever set in \(database.resolvedPath).".singleLine) }
    // Of columns that are empty in every row, none.
    let shown = Self.columns.indices.filter { column in rows.contains { $0[column] != .null } }
    let ranks = ["event": 5, "at": 1, "actor": 3, "reason": 2, "undoes": 4, "undone_by": 4]
    let table = Table(
      columns: shown.map { Self.column(Self.columns[$0], rank: ranks[Self.columns[$0]] ?? 0) },
      rows: rows.map { row in
        shown.map {
          Self.columns[$0] == "actor" && row[$0] == .null ? .text("(SQL)") : Self.columns[$0] == "at" ? row[$0].shortTime : row[$0]
        }
      })
    try table.print(hint: "--format json")
  }
}

extension FormatOption {
  /// Rows as a JSON array of objects, or as CSV.
  func text(columns: [String], rows: [[CellValue]]) -> String {
    guard format == .json else { return csvText(columns: columns, rows: rows) }
    return JSONValue.array(rows.map { row in .object(zip(columns, row).map { ($0, JSONValue($1)) }) }).pretty + "\n"
  }
}

extension ParsableCommand {
  fileprivate static func column(_ name: String, rank: Int) -> Table.Column {
    // Of a time the day is left.
    if ["at", "since"].contains(name) { return Table.Column(name: name, rank: rank, narrowest: 11) }
    return ["model", "alias"].contains(name) ? .names(name, rank: rank) : Table.Column(name: name, rank: rank)
  }
}
