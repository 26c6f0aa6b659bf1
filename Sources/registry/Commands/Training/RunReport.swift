import ModelRegistry
import Plots

/// Everything about a run, for `show`.
struct RunReport {
  let run: Registry.RunRecord

  private var trainLoss: [Double] { run.metrics.first { $0.key == "train_loss" }?.values.map(\.value) ?? [] }

  /// The last value of each metric.
  private var lastMetrics: [(String, Double)] {
    run.metrics.compactMap { metric in metric.values.last.map { (metric.key, $0.value) } }
  }

  var summary: [(String, CellValue)] {
    [
      ("run", CellValue(run.run)), ("model", CellValue(run.model)), ("status", .text(run.status.rawValue)),
      ("kind", .text(run.kind.rawValue)),
      ("version", run.versions.last.map { CellValue($0) } ?? .null), ("dataset", CellValue(run.dataset)),
      ("seed", run.seed.map { CellValue($0) } ?? .null), ("started_at", .text(run.startedAt)), ("ended_at", CellValue(run.endedAt)),
      ("error", CellValue(run.error)), ("note", CellValue(run.note)), ("deleted_at", CellValue(run.deletedAt)),
      ("program_version", CellValue(run.programVersion)),
      ("parent", CellValue(run.parent)), ("uuid", .text(run.uuid)), ("experiment", .text(run.experiment)), ("name", CellValue(run.name)),
      ("user", CellValue(run.user)), ("source", CellValue(run.source)), ("parent_run", run.parentRun.map { CellValue($0) } ?? .null),
      ("git_commit", CellValue(run.gitCommit)), ("is_dirty", run.isDirty.map { CellValue($0) } ?? .null),
      ("exit_code", run.exitCode.map { CellValue($0) } ?? .null),
    ]
  }

  var json: JSONValue {
    var pairs = summary.map { ($0.0, JSONValue($0.1)) }
    pairs.append(("params", paramsJSON))
    pairs.append(("tags", .object(run.tags.map { ($0.key, JSONValue($0.value)) })))
    pairs.append(("metrics", .object(lastMetrics.map { ($0.0, .real($0.1)) })))
    // Curves as arrays over their steps; the test loss only where it was measured.
    pairs.append(("train_loss", .array(trainLoss.map { .real($0) })))
    let test = run.metrics.first { $0.key == "test_loss" }?.values ?? []
    pairs.append(("test_loss", .array(test.map { .object([("epoch", JSONValue($0.step)), ("value", .real($0.value))]) })))
    return .object(pairs)
  }

  var paramsJSON: JSONValue { .object(run.params.map { ($0.key, JSONValue($0.value)) }) }

  func text(width: Int?) -> String {
    let owner = run.model.map { "of \($0.singleLine)" } ?? "in experiment \(run.experiment.singleLine)"
    var text = "run \(run.run) \(owner): \(run.status.rawValue)\n".wrapped(to: width)
    text += Self.lines(summary.dropFirst(3).filter { $0.1 != .null }, width: width)
    return text + details(width: width)
  }

  /// Params, metrics and the loss curve.
  func details(width: Int?, tagsTitle: String = "tags") -> String {
    var text = ""
    if !run.params.isEmpty { text += "params\n" + Self.lines(run.params.map { ($0.key, $0.value) }, width: width) }
    if !lastMetrics.isEmpty { text += "metrics (last)\n" + Self.lines(lastMetrics.map { ($0.0, .real($0.1)) }, width: width) }
    if !run.tags.isEmpty { text += "\(tagsTitle)\n" + Self.lines(run.tags.map { ($0.key, $0.value) }, width: width) }
    let curve = TerminalChart(width: min(60, max(10, (width ?? 80) - 20)), height: 6).lines(trainLoss)
    if trainLoss.count > 1, !curve.isEmpty {
      text += "train_loss over \(trainLoss.count) epochs\n" + curve.map { "  \($0)\n" }.joined()
    }
    return text
  }

  /// Names and values, indented by two, in two columns.  Nothing is cut: a long value goes on below itself.  A name that takes over two
  /// fifths of the width has a line of its own, and so has a value whose longest word would be broken beside the name but not below it.
  static func lines(_ pairs: some Collection<(String, CellValue)>, width: Int?) -> String {
    let longest = pairs.map { $0.0.singleLine.displayWidth }.max() ?? 0
    let margin = min(longest, width.map { max(8, $0 * 2 / 5) } ?? longest)
    return pairs.map { key, value in
      let (name, text) = (key.singleLine, Table.text(value))
      let widestWord = text.split(separator: " ").map { String($0).displayWidth }.max() ?? 0
      let isBelow = width.map { widestWord + margin + 4 > $0 && widestWord + 4 <= $0 } ?? false
      guard isBelow || name.displayWidth > margin else {
        return "  \(name.padded(to: margin))  \(text)\n".wrapped(to: width, hanging: margin + 4)
      }
      let hanging = isBelow ? 4 : margin + 4
      let below = String(repeating: " ", count: hanging) + text + "\n"
      return "  \(name)\n".wrapped(to: width, hanging: 4) + below.wrapped(to: width, hanging: hanging)
    }.joined()
  }
}
