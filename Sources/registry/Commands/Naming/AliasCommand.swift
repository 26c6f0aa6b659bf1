import ArgumentParser
import ModelRegistry
import Tensors

struct AliasCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alias",
    abstract: "Point names such as champion to versions, and see where they pointed.",
    discussion: """
      Whatever takes a version takes an alias: registry predict --version champion, or cancer@champion where several models have one.
      'latest' is computed: it is the newest version, and can't be set.  Each move is kept, with who made it, when and why.

      registry alias set champion 3 --reason "best on the test data"
      registry alias list --at 2026-03-01T12:00
      registry alias rollback champion
      """,
    subcommands: [AliasSet.self, AliasList.self, AliasHistory.self, AliasRollback.self, AliasRemove.self])
}

/// What the commands that move an alias share.
struct AliasMoveOptions: ParsableArguments {
  @Option(help: "The alias's model (default: $REGISTRY_MODEL, else the only one that has it).") var model: String?
  @Option(help: "Why, for the history.") var reason: String?
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  /// Prints what a move has done: `sentence` for people.
  func output(_ move: AliasMove, _ sentence: String) throws {
    let values: [(String, CellValue)] = [
      ("model", .text(move.model)), ("alias", .text(move.alias)), ("version", move.version.map { CellValue($0) } ?? .null),
      ("previous", move.previous.map { CellValue($0) } ?? .null),
    ]
    try output(values, moved: move.didMove, sentence)
  }

  private func output(_ values: [(String, CellValue)], moved: Bool, _ sentence: String) throws {
    switch format.format {
    case .json: try Streams.output(JSONValue.object(values.map { ($0.0, JSONValue($0.1)) } + [("moved", .bool(moved))]).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: values.map(\.0) + ["moved"], rows: [values.map(\.1) + [CellValue(moved)]]))
    case .table: try Streams.prose(sentence.singleLine + "\n")
    }
  }
}

struct AliasSet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Point an alias to a version, which may be named by another alias.",
    discussion: """
      registry alias set champion 3
      registry alias set champion cancer/2 --reason "fewer false alarms"
      registry alias set champion challenger
      """)

  @Argument(help: "The alias: champion, or name@champion.") var alias: String
  @Argument(help: "3, name/3, name@challenger or latest.") var version: String
  @OptionGroup var options: AliasMoveOptions

  func run() throws {
    // Either of the two may say which model is meant.
    let model = options.model ?? alias.modelOfAlias
    try checkVersionName(version, model: nil)
    _ = try AliasName(alias)
    let registry = try options.database.open(.write)
    let version = try registry.versionName(version, model: chosenModel(model))
    let move = try registry.setAlias(
      try AliasName(alias, defaultModel: options.model ?? version.model), to: version, reason: options.reason)
    let (name, target) = ("\(move.model)@\(move.alias)", move.version.map { "\(move.model)/\($0)" } ?? "")
    let sentence =
      if !move.didMove {
        "\(name) points to \(target) already"
      } else if let previous = move.previous {
        "\(name) now points to \(target), before to \(move.model)/\(previous)"
      } else {
        "\(name) now points to \(target)"
      }
    try options.output(move, sentence)
  }
}

struct AliasRollback: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Take back the last move of an alias; again and again, it walks back.",
    discussion: """
      registry alias rollback champion
      registry alias rollback cancer@champion --reason "worse on new data"
      """)

  @Argument(help: "The alias: champion, or name@champion.") var alias: String
  @OptionGroup var options: AliasMoveOptions

  func run() throws {
    let (registry, name) = try options.database.open(.write, alias: alias, model: options.model)
    let move = try registry.rollBackAlias(name, reason: options.reason)
    let before = move.previous.map { "to \(move.model)/\($0)" } ?? "nowhere"
    let sentence =
      if let version = move.version {
        "\(name.title) is back at \(move.model)/\(version), before it pointed \(before)"
      } else {
        "\(name.title) is removed, as it was before that move; it pointed \(before)"
      }
    try options.output(move, sentence)
  }
}

struct AliasRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove an alias; its history stays, and rollback sets it again.",
    discussion: """
      registry alias remove champion
      """)

  @Argument(help: "The alias: champion, or name@champion.") var alias: String
  @OptionGroup var options: AliasMoveOptions

  func run() throws {
    let (registry, name) = try options.database.open(.write, alias: alias, model: options.model)
    let move = try registry.removeAlias(name, reason: options.reason)
    try options.output(move, "\(name.title) is removed, it pointed to \(move.model)/\(move.previous ?? 0)")
  }
}

extension DatabaseOption {
  /// The registry, and which alias is meant: of the model that the text names, or else of `--model`, of `$REGISTRY_MODEL`, or of the only
  /// one that has it.
  func open(_ access: Registry.Access, alias text: String, model: String?) throws -> (Registry, AliasName) {
    let name = try AliasName(text, defaultModel: model ?? Registry.defaultModel)
    if let model, !name.model.hasSameBytes(as: model) { throw UsageError("'\(text)' is of another model than '--model \(model)'.") }
    let registry = try open(access)
    return (registry, try registry.aliasName(text, model: chosenModel(model)))
  }
}

extension String {
  /// The model in `name@champion`.
  fileprivate var modelOfAlias: String? {
    unicodeScalars.lastIndex(of: "@").map { String(self[..<$0]) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
