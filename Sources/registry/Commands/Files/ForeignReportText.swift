import ForeignRuns
import ModelRegistry

/// A report as it is printed.
struct ForeignReportText {
  private let report: ForeignReport
  private let source: String
  private let path: String
  private let isDryRun: Bool

  init(_ report: ForeignReport, source: String, path: String, isDryRun: Bool) {
    (self.report, self.source, self.path, self.isDryRun) = (report, source, path, isDryRun)
  }

  /// How many of each came in.
  private var counts: [String] {
    let r = report
    var counts: [String] = []
    func add(_ count: Int, _ noun: String, _ plural: String? = nil) {
      if count > 0 { counts.append(count == 1 ? "1 \(noun)" : "\(count) \(plural ?? "\(noun)s")") }
    }
    add(r.newExperiments.count, "experiment")
    add(r.newRuns, "run")
    add(r.metrics, "metric value")
    add(r.params, "param")
    add(r.tags, "tag")
    add(r.datasets, "dataset")
    add(r.files, "file")
    add(r.newModels.count, "model")
    add(r.versions.count, "version")
    add(r.aliases.count, "alias", "aliases")
    return counts
  }

  var text: String {
    let r = report
    var lines: [String] = []
    let counts = self.counts
    let verb = isDryRun ? "Would import" : "Imported"
    let what = counts.isEmpty ? "nothing new" : counts.joined(separator: ", ")
    lines.append("\(verb) \(what) from \(path.singleLine)")
    let here = [
      r.grownRuns > 0 ? "\(counted(r.grownRuns, "run")) had grown" : nil,
      r.knownRuns > 0 ? "\(counted(r.knownRuns, "run")) \(r.knownRuns == 1 ? "was" : "were") here already" : nil,
      r.knownVersions > 0 ? "\(counted(r.knownVersions, "version")) \(r.knownVersions == 1 ? "was" : "were") here already" : nil,
      r.deletedHere > 0 ? "\(counted(r.deletedHere, "run")) \(r.deletedHere == 1 ? "is" : "are") deleted here" : nil,
    ].compactMap(\.self)
    if !here.isEmpty { lines.append(here.joined(separator: ", ")) }
    if let run = r.runs.first?.run, r.runs.count == 1 {
      // One that is here has the name that it has here.
      lines.append(r.newRuns == 1 ? "run \(run): \(r.runs[0].name.singleLine)" : "run \(run)")
    }
    lines += r.versions.map { version in
      let content = [version.tensors > 0 ? counted(version.tensors, "tensor") : nil, counted(version.files, "file")].compactMap(\.self)
      return "theirs \(version.theirs) → ours \(version.ours ?? "the next"): \(content.joined(separator: ", "))"
    }
    lines += r.aliases.map { "alias \($0.alias) set to \($0.version)" }
    lines += r.keptRuns.map { "run \($0) is deleted there and stays here: a version came of it" }
    lines += r.leftOut.map { "left out: \($0.what)\($0.count > 1 ? " and \($0.count - 1) more" : ""): \($0.reason)" }
    return lines.map { $0.singleLine + "\n" }.joined()
  }

  /// Of what was left out within the files.
  var remarks: [String] {
    report.remarks.map { remark in
      switch remark {
      case .readUpTo(let file, let place, let problem): "Read up to here: \(ForeignError(file: file, place, problem))".singleLine
      case .leftOut(let kind, let count): "Left out: \(count) × \(kind)".singleLine
      case .badLines(let count, let line, let problem):
        "Left out: \(counted(count, "line")) that \(count == 1 ? "isn't" : "aren't") an object of JSON, first line \(line): \(problem)"
          .singleLine
      case .notNumbers(let column, let count, let line): "Left out: \(count) × no number in '\(column)', first in line \(line)".singleLine
      }
    }
  }

  var json: JSONValue {
    let r = report
    func names(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
    var pairs: [(String, JSONValue)] = [("source", .string(source)), ("path", .string(path)), ("dry_run", .bool(isDryRun))]
    pairs.append(("experiments", names(r.newExperiments)))
    let numbers = [
      ("new_runs", r.newRuns), ("grown_runs", r.grownRuns), ("known_runs", r.knownRuns), ("deleted_runs", r.deletedHere),
      ("metrics", r.metrics), ("params", r.params), ("tags", r.tags), ("datasets", r.datasets), ("files", r.files), ("bytes", r.bytes),
      ("known_versions", r.knownVersions),
    ]
    for (key, count) in numbers { pairs.append((key, JSONValue(count))) }
    pairs.append(("models", names(r.newModels)))
    pairs.append(("aliases", names(r.aliases.map(\.alias))))
    pairs.append(("runs", .array(r.runs.map(Self.json))))
    pairs.append(("versions", .array(r.versions.map(Self.json))))
    pairs.append(("kept_runs", .array(r.keptRuns.map { JSONValue($0) })))
    let left = r.leftOut.map { left -> JSONValue in
      .object([("what", .string(left.what)), ("why", .string(left.reason)), ("count", JSONValue(left.count))])
    }
    pairs.append(("left_out", .array(left)))
    pairs.append(("remarks", names(remarks)))
    return .object(pairs)
  }

  private static func json(_ run: ForeignReport.Run) -> JSONValue {
    .object([
      ("run", run.run.map { JSONValue($0) } ?? .null), ("uuid", .string(run.uuid)), ("name", .string(run.name)),
      ("state", .string(run.state)), ("metrics", JSONValue(run.metrics)),
    ])
  }

  private static func json(_ version: ForeignReport.Version) -> JSONValue {
    .object([
      ("theirs", .string(version.theirs)), ("ours", JSONValue(version.ours)), ("tensors", JSONValue(version.tensors)),
      ("files", JSONValue(version.files)),
    ])
  }

  /// A row for each run.
  var csv: String {
    csvText(
      columns: ["run", "uuid", "name", "state", "metrics"],
      rows: report.runs.map { run in
        [run.run.map { CellValue($0) } ?? .null, .text(run.uuid), .text(run.name), .text(run.state), CellValue(run.metrics)]
      })
  }
}
