import ArgumentParser
import Files
import Formats
import ModelRegistry
import Tensors

struct ArtifactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "artifact",
    abstract: "List, read and add the files of runs and versions.",
    discussion: """
      A run has any files: pictures, logs, notebooks, weights in a format of their own. They may be added at any time, to a training as \
      to a logged run. The files of a version were stored with it and never change. Equal files are stored once.

      registry artifact list --run 7
      registry artifact get --run 7 plots/loss.png -o loss.png
      registry artifact add --run 7 notebook.ipynb plots
      """,
    subcommands: [ArtifactList.self, ArtifactGet.self, ArtifactAdd.self])
}

/// A run, or a version.
struct FileOwnerOptions: ParsableArguments {
  @Option(name: .customLong("run"), parsing: .unconditional, help: "The files of this run.") var runNumber: Int?
  @Option(help: .versionsModel) var model: String?

  /// Throws unless just one of the two is named.
  func check(_ version: String?, command: String) throws {
    switch (version, runNumber) {
    case (nil, nil): throw UsageError("\(command) needs --run or a version.", hint: "registry \(command) --help")
    case (let version?, let run?):
      throw UsageError("the version '\(version)' and '--run \(run)' exclude each other.", hint: "registry \(command) --help")
    case (let version?, nil): try checkVersionName(version, model: model)
    case (nil, let run?): try requireNoModel(model, besideRuns: [run])
    }
  }

  func owner(_ version: String?, in registry: Registry) throws -> FileOwner {
    if let version { return .version(try registry.version(versionName(version, model: model, in: registry))) }
    return .run(runNumber ?? 0)
  }
}

struct ArtifactList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the files of a run or a version.",
    discussion: """
      registry artifact list --run 7
      registry artifact list xor@champion --format json
      """)

  @Argument(help: "A version: 3, name/3, name@champion or latest.") var version: String?
  @OptionGroup var options: FileOwnerOptions
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  static let columns = ["path", "bytes", "created_at", "digest"]

  func run() throws {
    try options.check(version, command: "artifact list")
    let registry = try database.open()
    let owner = try options.owner(version, in: registry)
    let files = try registry.files(of: owner)
    let rows = files.map(Self.row)
    guard format.format == .table else { return try Streams.output(format.text(columns: Self.columns, rows: rows)) }
    guard !files.isEmpty else {
      Streams.note("\(owner.title) has no files.".singleLine)
      if case .version(let record) = owner, case let count = try registry.files(of: .run(record.run)).count, count > 0 {
        Streams.note("Run \(record.run), which it came of, has \(count.counted("file")): registry artifact list --run \(record.run)")
      }
      return
    }
    let ranks = ["digest": 2, "created_at": 1]
    let table = Table(
      columns: Self.columns.map { $0 == "path" ? .names($0) : Table.Column(name: $0, rank: ranks[$0] ?? 0, limit: 64) },
      rows: rows.map { row in row.indices.map { Self.columns[$0] == "created_at" ? row[$0].shortTime : row[$0] } })
    try table.print(hint: "--format json")
  }

  static func row(_ file: ArtifactRecord) -> [CellValue] {
    [.text(file.path), CellValue(file.byteCount), .text(file.createdAt), .text(file.digest)]
  }
}

struct ArtifactGet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Write a file of a run or a version to the disk, or to standard output.",
    discussion: """
      Its digest is checked before the file is in its place, and before anything goes to standard output.

      registry artifact get --run 7 plots/loss.png -o loss.png
      registry artifact get 3 tokenizer.json
      registry artifact get --run 7 stdout.txt -o - | tail
      """)

  @Argument(help: "The file's path, behind a version (3, name/3, name@champion, latest) where there is no --run.")
  var words: [String] = []
  @Option(name: .shortAndLong, help: "The file to write (- is standard output; default: its own name, here).") var output: String?
  @Flag(help: "Replace a file that exists.") var force = false
  @OptionGroup var options: FileOwnerOptions
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let isOfRun = options.runNumber != nil
    let count = isOfRun ? 1 : 2
    guard words.count <= count else {
      throw UsageError("'\(words[count])' is one argument too many.", hint: "registry artifact get --help")
    }
    guard let name = words.last, words.count == count else {
      throw UsageError(
        words.isEmpty
          ? "artifact get needs a path, and --run or a version." : "artifact get needs --run or a version beside '\(words[0])'.",
        hint: "registry artifact get --run 7 plots/loss.png -o loss.png")
    }
    let version = isOfRun ? nil : words[0]
    try options.check(version, command: "artifact get")
    let target = output ?? name.pathName
    guard !target.isEmpty else { throw UsageError("'\(output ?? name)' names no file.") }
    if force, target == "-" { throw UsageError("'--force' needs a file to replace.", hint: "--output FILE --force") }
    let registry = try database.open()
    let owner = try options.owner(version, in: registry)
    let file = try registry.file(name, of: owner)
    guard target != "-" else {
      // Read twice, so that nothing rotten gets out.
      try registry.check(file, of: owner)
      return try registry.read(file, of: owner) { try Streams.output($0) }
    }
    Signals.watch()
    try FileExport(registry: registry, owner: owner).write(file, to: target, replacing: force)
    try printResult(file, owner, target)
  }

  private func printResult(_ file: ArtifactRecord, _ owner: FileOwner, _ target: String) throws {
    let values: [(String, CellValue)] = [
      ("path", .text(file.path)), ("file", .text(target)), ("bytes", CellValue(file.byteCount)), ("digest", .text(file.digest)),
    ]
    switch format.format {
    case .json: try Streams.output(JSONValue.object(values.map { ($0.0, JSONValue($0.1)) }).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: values.map(\.0), rows: [values.map(\.1)]))
    case .table:
      try Streams.proseUnlessGone(
        "Wrote \(file.path) of \(owner.title) to \(target) (\(file.byteCount.counted("byte")))".singleLine + "\n")
    }
  }
}

struct ArtifactAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Store files, or folders with all that is in them, with a run.",
    discussion: """
      A file that the run has under this name already is replaced. A file of a folder is called by its path from that folder on: \
      plots/loss.png. A registry that stands in the folder is left out.

      registry artifact add --run 7 notebook.ipynb plots
      registry artifact add --run 7 out-2.png --as plots/loss.png
      """)

  @Argument(help: "Files and folders.") var files: [String] = []
  @Option(name: .customLong("run"), parsing: .unconditional, help: "The run: a logged one, a training or an import, ended or not.")
  var runNumber: Int
  @Option(name: .customLong("as"), help: "What the file or the folder is called in the run (default: its own name).") var name: String?
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    guard !files.isEmpty else { throw UsageError("artifact add needs a file.", hint: "registry artifact add --run \(runNumber) plot.png") }
    if let name, files.count > 1 {
      throw UsageError(
        "'--as \(name)' names one file, not \(files.count).", hint: "registry artifact add --run \(runNumber) FILE --as NAME")
    }
    if let empty = files.first(where: \.isEmpty) { throw UsageError("'\(empty)' names no file.") }
    let registry = try database.open(.write)
    let added = try registry.add(files: files.map { (file: $0, name: name) }, toRun: runNumber)
    for file in files where registry.holdsItself(file) { Streams.note(Self.leftOut(of: file)) }
    let rows = added.map(ArtifactList.row)
    guard format.format == .table else { return try Streams.output(format.text(columns: ArtifactList.columns, rows: rows)) }
    // Of a large folder the first ones tell what became of all.
    var lines = added.prefix(20).map { "Added \($0.path) to run \(runNumber) (\($0.byteCount.counted("byte")))".singleLine }
    if added.count > 20 { lines.append("and \(added.count - 20) more") }
    try Streams.proseUnlessGone(lines.joined(separator: "\n") + "\n")
  }

  /// What is said of a folder that the registry stands in.
  static func leftOut(of folder: String) -> String { "Left out of '\(folder)': the registry's own files".singleLine }
}
