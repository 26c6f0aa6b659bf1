import ArgumentParser
import ModelRegistry

struct DeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete versions, runs or experiments; restore takes them back until gc has removed them.",
    discussion: """
      All that are named are deleted, or none. A version that an alias points to is refused, and so is a run that has a version or is \
      still running. A version's run stays, with its losses: --run deletes it too. 5-9 is every number from 5 to 9. An experiment goes \
      with all of its runs, unless one of them has a version.

      registry delete 3
      registry delete 4 5 6 --model cancer
      registry delete xor/5-9
      registry delete --run 7 9-12
      registry delete 3 --run 3
      registry delete --experiment sweep
      """)

  @OptionGroup var subjects: DeletionSubjects
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let runs = try subjects.check(command: "delete")
    let registry = try database.open(.write)
    let changes = try registry.delete(versions: try subjects.names(in: registry), runs: runs, experiments: subjects.experiment)
    try subjects.output(changes, format, flag: "deleted") { $0.didChange ? "Deleted \($0.title)" : "\($0.title) was deleted already" }
  }
}

struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Take back deleted versions, with their runs, deleted runs and experiments.",
    discussion: """
      What gc has removed is gone.  registry list --all shows what can be restored.  With an experiment the runs come back that were deleted
      with it.

      registry restore 3
      registry restore --run 7
      registry restore --experiment sweep
      """)

  @OptionGroup var subjects: DeletionSubjects
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let runs = try subjects.check(command: "restore")
    let registry = try database.open(.write)
    let changes = try registry.restore(
      versions: try subjects.names(in: registry, isDeleted: true), runs: runs, experiments: subjects.experiment)
    try subjects.output(changes, format, flag: "restored") { $0.didChange ? "Restored \($0.title)" : "\($0.title) was not deleted" }
  }
}

/// What is deleted or restored.
struct DeletionSubjects: ParsableArguments {
  @Argument(help: "Versions: 3, 5-9, name/3, name@champion or latest.") var versions: [String] = []
  @Option(parsing: .upToNextOption, help: "Runs, by their numbers: 7, 9-12.") var run: [String] = []
  @Option(help: "An experiment, with its runs; repeatable.") var experiment: [String] = []
  @Option(help: .versionsModel) var model: String?

  /// Throws for what can't be meant, before a file is opened; gives the numbers of the runs.
  func check(command: String) throws -> [Int] {
    guard !versions.isEmpty || !run.isEmpty || !experiment.isEmpty else {
      throw UsageError("\(command) needs a version, --run or --experiment.", hint: "registry \(command) --help")
    }
    for text in versions {
      try Self.requireRange(text, option: "registry \(command) ")
      // Of a range its model is what can be wrong.
      let range = VersionRange(text)
      try checkVersionName(range.map { ($0.model.map { "\($0)/" } ?? "") + "1" } ?? text, model: model)
    }
    let runs = try run.flatMap { text -> [Int] in
      if let numbers = VersionRange.numbers(text[...]) { return Array(numbers) }
      try Self.requireRange(text, option: "--run ")
      guard let number = Int(text) else { throw UsageError("'\(text)' isn't the number of a run.", hint: "--run 7, or --run 5-9") }
      return [number]
    }
    if versions.isEmpty {
      try requireNoModel(model, besideRuns: runs)
      if let model { throw UsageError("'--model \(model)' is for versions, not for experiments.", hint: "leave out --model") }
    }
    return runs
  }

  /// Throws for what was meant as a range and isn't one.
  private static func requireRange(_ text: String, option: String) throws {
    guard let problem = VersionRange.problem(of: text) else { return }
    throw UsageError("the range '\(text)' \(problem.what).", hint: "\(option)\(problem.instead.quotedForShell)")
  }

  func names(in registry: Registry, isDeleted: Bool = false) throws -> [VersionName] {
    try versions.flatMap { text in
      if let range = VersionRange(text) { return try registry.versionNames(range, model: chosenModel(model), isDeleted: isDeleted) }
      return [try registry.versionName(text, model: chosenModel(model), isDeleted: isDeleted)]
    }
  }

  /// Prints a row for each; `flag` says in JSON and CSV whether it was changed.
  func output(_ changes: [DeletionChange], _ format: FormatOption, flag: String, sentence: (DeletionChange) -> String) throws {
    if format.format == .table { return try Streams.prose(changes.map { sentence($0).singleLine + "\n" }.joined()) }
    // Where no experiment is named, nothing says so.
    let columns = ["model", "version", "run"] + (experiment.isEmpty ? [] : ["experiment"])
    let rows = changes.map { change -> [CellValue] in
      let cells: [CellValue] =
        switch change.subject {
        case .version(let model, let version): [.text(model), CellValue(version), .null, .null]
        case .run(let run): [.null, .null, CellValue(run), .null]
        case .experiment(let name): [.null, .null, .null, .text(name)]
        }
      return Array(cells.prefix(columns.count))
    }
    if format.format == .csv {
      return try Streams.output(csvText(columns: columns + [flag], rows: zip(rows, changes).map { $0 + [CellValue($1.didChange)] }))
    }
    let objects = zip(rows, changes).map { row, change in
      JSONValue.object(zip(columns, row).filter { $1 != .null }.map { ($0, JSONValue($1)) } + [(flag, .bool(change.didChange))])
    }
    try Streams.output(JSONValue.array(objects).pretty + "\n")
  }
}
