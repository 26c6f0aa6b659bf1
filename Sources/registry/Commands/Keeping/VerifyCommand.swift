import ArgumentParser
import ModelRegistry

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every byte: pages, references, digests, counts, and that every net can be rebuilt.",
    discussion: """
      registry verify
      registry verify --format json
      registry verify --quick

      Exit code 0: everything is as it was stored.  65: something isn't; each problem is named with its place.
      """)

  @Flag(help: "Leave out what takes the time: the bytes of tensors and datasets, indexes against tables.") var quick = false
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let report: VerificationReport
    do {
      let registry = try database.open(isOfFile: true)
      var line = ProgressLine()
      report = VerificationReport(
        path: database.resolvedPath, verification: try registry.verify(quick: quick) { line.show($0.step, $0.done, of: $0.total) })
    } catch let error as StoreError {
      // A file that is too damaged to be opened: a script that asked for JSON gets its answer all the same.
      let words = ErrorReport(error)
      if words.code == .badData, format.format == .json {
        try Streams.output(VerificationReport.json(unreadable: words, database.resolvedPath))
      }
      guard error.code == .corrupt else { throw error }
      throw ErrorReport(words.message, hint: VerificationReport.rescue(database.resolvedPath), .badData)
    }
    switch format.format {
    case .json: try Streams.output(report.json.pretty + "\n")
    case .csv: try Streams.output(report.csv)
    case .table: try Streams.output(report.text(width: Streams.terminalWidth))
    }
    if let error = report.error { throw error }
  }
}

extension Verification {
  /// `44 pages, 16 tensors, 1 model`: how many of each were looked at.
  var summary: String {
    let counted = checked.filter { $0.count > 0 }.map { name, count in
      let plural = name.replacing("_", with: " ")
      return "\(count) \(count == 1 ? plural.dropLast(plural == "aliases" ? 2 : 1) : plural[...])"
    }
    return counted.joined(separator: ", ")
  }

  /// `run 5 doesn't verify`: the runs that are wrong and that nothing else depends on; nil where there is none.
  var strayWarning: String? {
    guard !strayRuns.isEmpty else { return nil }
    let list = strayRuns.prefix(5).map(String.init).joined(separator: ", ") + (strayRuns.count > 5 ? ", …" : "")
    return strayRuns.count == 1 ? "run \(list) doesn't verify" : "runs \(list) don't verify"
  }
}

/// What `verify` found, in words.
struct VerificationReport {
  let path: String
  let verification: Verification

  var json: JSONValue {
    var pairs: [(String, JSONValue)] = [
      ("ok", .bool(verification.isSound)), ("checked", .object(verification.checked.map { ($0.name, JSONValue($0.count)) })),
      ("problems", .array(verification.problems.map(Self.json))),
    ]
    if !verification.strayRuns.isEmpty { pairs.append(("stray_runs", .array(verification.strayRuns.map { JSONValue($0) }))) }
    if verification.unlisted > 0 { pairs.append(("more_problems", JSONValue(verification.unlisted))) }
    return .object(pairs)
  }

  private static func json(_ problem: Verification.Problem) -> JSONValue {
    .object([("kind", .string(problem.kind.rawValue)), ("what", .string(problem.what)), ("where", .string(problem.place))])
  }

  static func json(unreadable error: ErrorReport, _ path: String) -> String {
    let problem = JSONValue.object([("kind", .string("file")), ("what", .string(error.message)), ("where", .string(path))])
    return JSONValue.object([("ok", .bool(false)), ("checked", .object([])), ("problems", .array([problem]))]).pretty + "\n"
  }

  var csv: String {
    csvText(
      columns: ["kind", "what", "where"],
      rows: verification.problems.map { [.text($0.kind.rawValue), .text($0.what), .text($0.place)] })
  }

  func text(width: Int?) -> String {
    // Not in a table: what is wrong must not be cut.
    let lines = verification.problems.map { "\($0.kind.rawValue): \($0.place): \($0.what)".singleLine + "\n" }
    let more = verification.unlisted > 0 ? "and \(verification.unlisted) more\n" : ""
    let counts = verification.summary
    return (lines.joined() + more).wrapped(to: width, hanging: 2)
      + (verification.isSound ? "\(path.singleLine) is sound: \(counts)\n".wrapped(to: width) : "")
  }

  /// What the stock shell can often save of torn pages.
  static func rescue(_ path: String) -> String { "sqlite3 \(path.quotedForShell) .recover | sqlite3 recovered.db" }

  /// Nil when everything is sound.
  var error: ErrorReport? {
    guard !verification.isSound else { return nil }
    let count = verification.problemCount
    // A wrong digest only a backup mends.
    let isTorn = verification.problems.contains { $0.kind == .file }
    let stray = verification.isSoundButForStrayRuns ? verification.strayRuns.first : nil
    let hint = isTorn ? Self.rescue(path) : stray.map { "registry delete --run \($0) --db \(path.quotedForShell)" }
    return ErrorReport("\(path) has \(count == 1 ? "a problem" : "\(count) problems").", hint: hint, .badData)
  }
}
