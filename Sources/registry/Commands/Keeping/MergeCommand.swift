import ArgumentParser
import ModelRegistry

#if canImport(Glibc)
import Glibc
#endif

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Take in the experiments, runs, models, versions, files and datasets of another registry, once.",
    discussion: """
      registry merge laptop.db
      registry merge laptop.db --dry-run

      Versions get the next free numbers. What is here already stays as it is, aliases too, and gets the tags, notes and files that it \
      lacks; a logged run that went on there goes on here. Running runs stay behind. A second merge finds nothing to do. A file of an older schema is read from an upgraded copy.
      """)

  @Argument(help: "The other registry's file; it is only read.") var file: String
  @Flag(help: "Only say what would come in.") var dryRun = false
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    guard !file.isEmpty else { throw UsageError("'' names no file.") }
    // Opened first, so that nothing is made for the sake of a file that isn't there.
    let theirs: Registry
    do { theirs = try Registry(path: file) } catch let error as StoreError where error.code == .missingFile {
      throw ErrorReport(missingRegistry: file, use: "registry merge", making: nil, not: database.resolvedPath)
    }
    let registry = try database.open(dryRun && access(database.resolvedPath, F_OK) == 0 ? .read : .create)
    var line = ProgressLine()
    let merged = try registry.merge(theirs, isDryRun: dryRun) { line.show($0.step, $0.done, of: $0.total) }
    let report = MergeText(merged, file: file, database: database.resolvedPath, isDryRun: dryRun)
    switch format.format {
    case .json: try Streams.output(report.json.pretty + "\n")
    case .csv: try Streams.output(report.csv)
    case .table: try Streams.prose(report.text)
    }
  }
}

/// What a merge did, in words.
struct MergeText {
  let report: MergeReport
  let file: String
  let database: String
  let isDryRun: Bool

  init(_ report: MergeReport, file: String, database: String, isDryRun: Bool) {
    (self.report, self.file, self.database, self.isDryRun) = (report, file, database, isDryRun)
  }

  private static func plural(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }

  /// A note may be a page.
  private static func brief(_ text: String) -> String { "'\(text.count > 60 ? text.prefix(60) + "…" : text)'" }

  var text: String {
    let r = report
    var lines = r.versions.map { "theirs \($0.theirs) → ours \($0.ours)" }
    lines += r.aliases.map { "alias \($0.name) set to \($0.ours)" }
    lines += r.keptAliases.map { "alias \($0.name) stays at \($0.ours), theirs is now \($0.theirs)" }
    lines += r.keptNames.map { "dataset name \($0.name) stays with \($0.ours), theirs is \($0.theirs)" }
    lines += (r.keptTags + r.keptNotes + r.keptFiles).map { "\($0.name) stays \(Self.brief($0.ours)), theirs is \(Self.brief($0.theirs))" }
    lines += r.continued.map { "\($0) went on there, and has now what it has there" }
    lines += r.different.map { "left out: \($0), which is in another state here" }
    lines += r.stray.map { "left out: \($0), which doesn't verify" }
    let left = [r.deleted > 0 ? "\(r.deleted) deleted" : nil, r.running > 0 ? "\(r.running) running" : nil].compactMap(\.self)
    if !left.isEmpty { lines.append("left behind: \(left.joined(separator: ", "))") }
    if r.isEmpty {
      lines.append("Nothing to merge: all \(r.stray.isEmpty ? "" : "else ")of \(file) is in \(database) already")
    } else {
      var counts = [
        Self.plural(r.versions.count, "version"), Self.plural(r.runs, "run"), Self.plural(r.datasets, "dataset"),
        "\(Self.plural(r.tensors, "tensor")) (\(r.tensorBytes) bytes)",
      ]
      if !r.experiments.isEmpty { counts.append(Self.plural(r.experiments.count, "experiment")) }
      if r.files > 0 || r.addedFiles > 0 { counts.append("\(Self.plural(r.files, "file")) (\(r.fileBytes) bytes)") }
      if r.tags > 0 { counts.append(Self.plural(r.tags, "tag")) }
      if r.notes > 0 { counts.append(Self.plural(r.notes, "note")) }
      lines.append("\(isDryRun ? "Would merge" : "Merged") \(file) into \(database): \(counts.joined(separator: ", "))")
    }
    return lines.map { $0.singleLine + "\n" }.joined()
  }

  var json: JSONValue {
    let r = report
    func conflicts(_ list: [MergeReport.Conflict]) -> JSONValue {
      .array(list.map { .object([("name", .string($0.name)), ("ours", .string($0.ours)), ("theirs", .string($0.theirs))]) })
    }
    return .object([
      ("merged", .bool(!r.isEmpty && !isDryRun)), ("dry_run", .bool(isDryRun)),
      ("versions", .array(r.versions.map { .object([("theirs", .string($0.theirs)), ("ours", .string($0.ours))]) })),
      ("models", .array(r.models.map { .string($0) })), ("experiments", .array(r.experiments.map { .string($0) })),
      ("runs", JSONValue(r.runs)), ("continued", .array(r.continued.map { .string($0) })), ("datasets", JSONValue(r.datasets)),
      ("tensors", JSONValue(r.tensors)), ("tensor_bytes", JSONValue(r.tensorBytes)),
      ("files", JSONValue(r.files)), ("file_bytes", JSONValue(r.fileBytes)), ("added_files", JSONValue(r.addedFiles)),
      ("kept_files", conflicts(r.keptFiles)),
      ("aliases", .object(r.aliases.map { ($0.name, .string($0.ours)) })), ("kept_aliases", conflicts(r.keptAliases)),
      ("kept_dataset_names", conflicts(r.keptNames)),
      ("tags", JSONValue(r.tags)), ("notes", JSONValue(r.notes)), ("kept_tags", conflicts(r.keptTags)),
      ("kept_notes", conflicts(r.keptNotes)), ("different", .array(r.different.map { .string($0) })),
      ("stray_runs", .array(r.stray.map { .string($0) })),
      ("known", JSONValue(r.known)), ("deleted", JSONValue(r.deleted)), ("running", JSONValue(r.running)),
    ])
  }

  /// The versions alone.
  var csv: String { csvText(columns: ["theirs", "ours"], rows: report.versions.map { [.text($0.theirs), .text($0.ours)] }) }
}
