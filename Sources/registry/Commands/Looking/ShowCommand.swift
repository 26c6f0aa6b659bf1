import ArgumentParser
import ModelRegistry

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show everything about a version or a run.",
    discussion: """
      registry show 3
      registry show latest --format json
      registry show --run 7
      """)

  @Argument(help: "3, name/3, name@champion or latest.") var version: String?
  @Option(name: .customLong("run"), parsing: .unconditional, help: "Show this run instead of a version.") var runNumber: Int?
  @Option(help: .versionsModel) var model: String?
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    guard (version == nil) != (runNumber == nil) else {
      throw UsageError(
        version == nil ? "show needs a version or a run." : "a version and --run exclude each other.", hint: "registry show latest")
    }
    try requireNoModel(model, besideRuns: runNumber.map { [$0] } ?? [])
    let registry = try database.open()
    if let version {
      let report = try VersionReport(try registry.version(versionName(version, model: model, in: registry)), in: registry)
      try output(report.json, report.summary, report.text)
    } else if let runNumber {
      let report = try RunReport(run: runNumber, in: registry)
      try output(report.json, report.summary, report.text)
      if format.format == .table, let left = LeftOutput.path(of: report.run.uuid, besides: registry.path) {
        Streams.note(
          "Its recording was killed: its output until then is in \(left.singleLine)\n  hint: registry gc --db \(database.resolvedPath.quotedForShell.singleLine)"
        )
      }
    }
  }

  private func output(_ json: JSONValue, _ summary: [(String, CellValue)], _ text: (Int?) -> String) throws {
    switch format.format {
    case .json: try Streams.output(json.pretty + "\n")
    case .csv: try Streams.output(csvText(columns: summary.map(\.0), rows: [summary.map(\.1)]))
    case .table: try Streams.output(text(Streams.terminalWidth))
    }
  }
}
