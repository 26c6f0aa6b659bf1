import ArgumentParser
import ModelRegistry

struct GarbageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Remove for good what is deleted and nothing needs, and shrink the file.",
    discussion: """
      Removes deleted versions, runs and experiments, files and tensors that nothing needs any more, and datasets that have neither a name \
      nor a run. Files in the registry's folder that it doesn't know are removed once nobody has written them for an hour. \
      The output of a killed 'registry run' is stored with its run. \
      What is still needed stays: a version that a run was fine-tuned from, a dataset that a run was trained on or that has a name. With \
      --datasets, named datasets that no run uses are removed too.
      Version numbers are never reused, so a model that had versions stays. The history of aliases stays.

      The file is compacted (VACUUM) when more than a tenth of it is free; meanwhile it needs up to twice its size on the disk. Don't run \
      gc while another process imports a large file: the import would have to store tensors a second time.

      registry gc --dry-run
      registry gc --older-than 30
      registry gc --datasets --dry-run
      """)

  @Flag(help: "Only say what would be removed.") var dryRun = false
  @Flag(help: "Also remove datasets that have a name but no run.") var datasets = false
  @Flag(help: "Leave the file as large as it is: free pages are filled later.") var noVacuum = false
  @Option(parsing: .unconditional, help: "Keep items deleted in the last N days.") var olderThan = 0
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    guard (0...1_000_000).contains(olderThan) else {
      throw UsageError("'--older-than \(olderThan)': it has to be between 0 and 1000000 days.")
    }
    let registry = try database.open(dryRun ? .read : .write, isOfFile: true)
    if !dryRun { LeftOutput.store(in: registry, removesUnknown: true) }
    let report =
      try dryRun
      ? registry.garbage(olderThanDays: olderThan, includingNamedDatasets: datasets)
      : registry.collectGarbage(olderThanDays: olderThan, compacting: !noVacuum, includingNamedDatasets: datasets)
    try output(report)
    note(report)
  }

  private func values(_ report: GarbageReport) -> [(String, CellValue)] {
    [
      ("versions", CellValue(report.versions)), ("runs", CellValue(report.runs)),
      ("experiments", CellValue(report.experiments)), ("datasets", CellValue(report.datasets)),
      ("models", CellValue(report.models)), ("tensors", CellValue(report.tensors)),
      ("files", CellValue(report.files)), ("stray_files", CellValue(report.strayFiles)), ("file_bytes", CellValue(report.fileBytes)),
      ("unfinished", CellValue(report.unfinished)),
      ("metrics", CellValue(report.metrics)),
      ("bytes", CellValue(report.bytes)), ("file_bytes_before", CellValue(report.fileBytesBefore)),
      ("file_bytes_after", CellValue(report.fileBytesAfter)), ("vacuumed", CellValue(report.compaction == .done)),
      ("dry_run", CellValue(dryRun)),
    ]
  }

  private func output(_ report: GarbageReport) throws {
    let values = values(report)
    switch format.format {
    case .json:
      var pairs = values.map { ($0.0, ["vacuumed", "dry_run"].contains($0.0) ? .bool($0.1 == CellValue(true)) : JSONValue($0.1)) }
      pairs.append(("kept_parents", .array(report.keptParents.map { .string($0) })))
      pairs.append(("removed_datasets", .array(report.removedDatasets.map { .string($0) })))
      pairs.append(("unused_datasets", .array(report.unusedDatasets.map { .string($0) })))
      try Streams.output(JSONValue.object(pairs).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: values.map(\.0), rows: [values.map(\.1)]))
    case .table: try Streams.prose(text(report))
    }
  }

  private func text(_ report: GarbageReport) -> String {
    guard !report.isEmpty else { return "Nothing to remove\n" + sizes(report) }
    let counts = [
      (report.versions, "version"), (report.runs, "run"), (report.experiments, "experiment"), (report.datasets, "dataset"),
      (report.models, "model"), (report.tensors, "tensor"), (report.files, "file"), (report.strayFiles, "stray file"),
      (report.unfinished, "unfinished tensor or file"),
    ]
    let list = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: ", ")
    let removed = "\(dryRun ? "Would remove" : "Removed") \(list): about \(report.bytes.byteText)\n"
    return removed + report.removedDatasets.map { "  dataset \($0)".singleLine + "\n" }.joined() + sizes(report)
  }

  private func sizes(_ report: GarbageReport) -> String {
    guard report.fileBytesAfter < report.fileBytesBefore else { return "" }
    let line = "\(database.resolvedPath): \(report.fileBytesBefore.byteText) before, \(report.fileBytesAfter.byteText) now"
    return line.singleLine + "\n"
  }

  private func note(_ report: GarbageReport) {
    func names(_ names: [String]) -> String {
      names.prefix(5).map(\.quotedInList).joined(separator: ", ") + (names.count > 5 ? ", … (\(names.count))" : "")
    }
    if !report.keptParents.isEmpty {
      Streams.note("Kept, since runs were fine-tuned from them: \(names(report.keptParents))".singleLine)
    }
    if !report.unusedDatasets.isEmpty {
      Streams.note("Kept, since they have names, though no run needs them: \(names(report.unusedDatasets))".singleLine)
      Streams.note("  hint: registry gc --datasets --db \(database.resolvedPath.quotedForShell)".singleLine)
    }
    if case .failed(let error) = report.compaction {
      let reason =
        switch error {
        case .busy: "another process uses it"
        case .diskFull: "the disk has no room for a second one"
        default: ErrorReport(error).message
        }
      Streams.note("What could be removed is removed, but the file was not made smaller: \(reason).".singleLine)
    }
  }
}

extension Int {
  /// A number of bytes to three digits or so: `812 bytes`, `1.4 MB`, in powers of 1000.
  var byteText: String {
    guard self >= 1000 else { return "\(self) byte\(self == 1 ? "" : "s")" }
    let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
    var (value, unit) = (Double(self) / 1000, 0)
    // What would be shown as 1000 is 1 of the next unit.
    while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    let tenths = (value * 10).rounded() / 10
    return (tenths < 10 && tenths != tenths.rounded() ? "\(tenths)" : "\(Int(value.rounded()))") + " \(units[unit])"
  }
}
