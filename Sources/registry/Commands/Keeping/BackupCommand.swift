import ArgumentParser
import ModelRegistry

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the registry into one verified file while others go on using it.",
    discussion: """
      registry backup registry-2026-03-01.db
      registry backup /mnt/disk/registry.db --force

      The copy appears whole and verified, or not at all. Where the registry has a folder of files (--artifacts), they are copied too: into \
      a folder of the copy's own beside it, such as registry.db.files.
      """)

  @Argument(help: "The copy's file.") var file: String
  @Flag(help: "Replace the file if there is one.") var force = false
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    guard !file.isEmpty else { throw UsageError("'' names no file.") }
    guard file != "-" else {
      throw UsageError("a copy is verified as a file: it can't go to standard output.", hint: "registry backup backup.db")
    }
    let registry = try database.open(isOfFile: true)
    var line = ProgressLine()
    Signals.watch()
    let copied = try registry.backup(to: file, replacing: force) {
      // What was copied so far is removed on the way.
      if let signal = Signals.stop {
        throw ErrorReport("stopped by \(Signals.name(signal)): '\(file)' was not written.", ErrorReport.Code(signal: signal))
      }
      switch $0 {
      case .copying(let done, let total): line.show("copying page", done, of: total)
      case .copyingFiles(let done, let total): line.show("copying file", done, of: total)
      case .verifying(let step): line.show("verifying \(step.step)", step.done, of: step.total)
      }
    }
    if let warning = copied.strayWarning { Streams.note("Warning: \(warning); copied as it is.") }
    let folder = try Registry(path: file).fileFolderPath()
    let values: [(String, CellValue)] =
      [("source", .text(database.resolvedPath)), ("backup", .text(file))] + (folder.map { [("files_in", .text($0))] } ?? [])
      + copied.checked.map { ($0.name, CellValue($0.count)) }
    switch format.format {
    case .json:
      let runs = [("stray_runs", JSONValue.array(copied.strayRuns.map { JSONValue($0) }))]
      try Streams.output(JSONValue.object(values.map { ($0.0, JSONValue($0.1)) } + runs).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: values.map(\.0), rows: [values.map(\.1)]))
    case .table:
      try Streams.prose("Copied \(database.resolvedPath.singleLine) to \(file.singleLine), and verified it: \(copied.summary)\n")
      if let folder { try Streams.prose("Its files are in \(folder.singleLine): they belong together\n") }
    }
  }
}
