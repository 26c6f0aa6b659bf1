import ModelRegistry
import Plots
import Tensors

/// A run for people.
extension RunReport {
  func text(width: Int?) -> String {
    let name = run.name.map { " '\($0.singleLine)'" } ?? ""
    let owner = run.model.map { " of \($0.singleLine)" } ?? ""
    let isOwn = run.model.map { $0.hasSameBytes(as: run.experiment) } ?? false
    let experiment = isOwn ? "" : " in experiment \(run.experiment.singleLine)"
    var text = "run \(run.run)\(name)\(owner)\(experiment): \(run.status.rawValue)\n".wrapped(to: width)
    text += Self.lines(facts.filter { $0.1 != .null }, width: width)
    return text + details(width: width) + afterwards(width: width)
  }

  /// What its own row says, besides the first line.
  private var facts: [(String, CellValue)] {
    let said = ["run", "model", "status", "version", "experiment", "name", "note", "git_commit", "is_dirty"]
    var facts = summary.filter { !said.contains(named: $0.0) }
    if let commit = run.gitCommit {
      facts.append(("git_commit", .text(commit + (run.isDirty == true ? " (files differed from it)" : ""))))
    }
    if !run.childRuns.isEmpty {
      let shown = run.childRuns.prefix(20).map(String.init).joined(separator: ", ")
      facts.append(("child_runs", .text(shown + (run.childRuns.count > 20 ? " and \(run.childRuns.count - 20) more" : ""))))
    }
    let titles = versions.prefix(20).map { version in
      version.title + (version.step.map { " at step \($0)" } ?? "") + (version.isDeleted ? " (deleted)" : "")
    }
    if !titles.isEmpty {
      let more = versions.count > 20 ? " and \(versions.count - 20) more" : ""
      facts.append((versions.count == 1 ? "version" : "versions", .text(titles.joined(separator: ", ") + more)))
    }
    // Dates and authors of several stand below.
    if run.notes.count < 2 { facts.append(("note", CellValue(run.note))) }
    return facts
  }

  /// Params, metrics, tags and curves.
  func details(width: Int?, tagsTitle: String = "tags") -> String {
    var text = ""
    if !run.params.isEmpty {
      text += "params\n" + Self.lines(run.writtenParams.map { ($0.key, Self.cell($0.value)) }, width: width)
    }
    text += metricsSection(width: width)
    if !run.tags.isEmpty { text += "\(tagsTitle)\n" + Self.lines(run.tags.map { ($0.key, $0.value) }, width: width) }
    return text + curves(width: width)
  }

  /// As it was written, where that says more than the number.
  private static func cell(_ value: ParamValue) -> CellValue { value.spelling == nil ? value.value : .text(value.text) }

  /// A terminal shows no more of them: there may be thousands.
  private static let mostMetrics = 40

  /// The last value of each metric; where it has several, the lowest and the highest too, with their steps.
  private func metricsSection(width: Int?) -> String {
    let all = MetricSummary.all(run)
    guard !all.isEmpty else { return "" }
    let shown =
      width == nil ? all[...] : all.sorted { ($0.rank, $0.key.utf8.count) < ($1.rank, $1.key.utf8.count) }.prefix(Self.mostMetrics)
    let kept = Set(shown.map { Name($0.key) })
    let rows = all.filter { kept.contains(Name($0.key)) }
    let more = all.count - rows.count
    let note = more > 0 ? "  (\(more) more; --format json has all of them)\n".wrapped(to: width) : ""
    guard rows.contains(where: { $0.count > 1 }) else {
      return "metrics\n" + Self.lines(rows.map { ($0.key, .real($0.last.value)) }, width: width) + note
    }
    func step(_ value: MetricSummary.Value?) -> CellValue { value.map { CellValue($0.step) } ?? .null }
    func number(_ value: MetricSummary.Value?) -> CellValue { value.map { .real($0.value) } ?? .null }
    let columns: [(String, Int)] = [
      ("last", 0), ("step", 3), ("lowest", 1), ("at step", 1), ("highest", 2), ("at step", 2),
    ]
    let table = Table(
      columns: [.names("metric")] + columns.map { Table.Column(name: $0.0, rank: $0.1) },
      rows: rows.map { metric in
        [
          .text(metric.key), .real(metric.last.value), CellValue(metric.last.step), number(metric.lowest), step(metric.lowest),
          number(metric.highest), step(metric.highest),
        ]
      })
    return "metrics\n" + table.section(width: width, hint: "--format json") + note
  }

  private static let mostCurves = 4

  /// The curves of the most telling metrics.
  private func curves(width: Int?) -> String {
    let telling = MetricSummary.all(run).filter { $0.rank < 3 }
    let shown = telling.sorted(by: MetricSummary.isMoreTelling).prefix(Self.mostCurves)
    var text = ""
    for metric in shown {
      let values = run.metrics.first { $0.key.hasSameBytes(as: metric.key) }?.values.map(\.value) ?? []
      let chart = TerminalChart(width: min(60, max(10, (width ?? 80) - 20)), height: shown.count == 1 ? 6 : 4).lines(values)
      guard !chart.isEmpty else { continue }
      let steps = run.kind == .train ? "\(metric.count) epochs" : "\(metric.count) steps, \(metric.first) to \(metric.last.step)"
      let best = metric.best.map { run.kind == .train ? "" : "; best at \($0.step)" } ?? ""
      text += "\(metric.key.singleLine) over \(steps)\(best)\n".wrapped(to: width) + chart.map { "  \($0)\n" }.joined()
    }
    let others = MetricSummary.all(run).filter { metric in metric.count > 1 && !shown.contains { $0.key.hasSameBytes(as: metric.key) } }
    guard !others.isEmpty else { return text }
    // What has a line's end in it can't be copied from a terminal.
    let plain = others.first { $0.key.singleLine.hasSameBytes(as: $0.key) }
    let command = plain.map { "registry plot --run \(run.run) --metric \($0.key.quotedInKeyList.quotedForShell)" }
    return text + "(\(others.count.counted("other curve")): \(command ?? "--format json has the values"))\n".wrapped(to: width)
  }

  /// Datasets, files and notes.
  private func afterwards(width: Int?) -> String {
    var text = ""
    if !run.datasets.isEmpty {
      let table = Table(
        columns: [.names("name"), .names("digest", rank: 2), Table.Column(name: "context", rank: 1), .names("source", rank: 3)],
        rows: run.datasets.map { [.text($0.name), .text($0.digest), CellValue($0.context), CellValue($0.source)] })
      text += "datasets that it read\n" + table.section(width: width, hint: "--format json")
    }
    if !run.files.isEmpty {
      let bytes = run.files.reduce(0) { $0 + $1.byteCount }
      text += "\(run.files.count.counted("file")), \(bytes.counted("byte"))\n"
      text += Self.lines(run.files.prefix(20).map { ($0.path, .text(Table.text(CellValue($0.byteCount)))) }, width: width)
      if run.files.count > 20 {
        text += "  (\(run.files.count - 20) more: registry artifact list --run \(run.run))\n".wrapped(to: width)
      }
    }
    guard run.notes.count > 1 else { return text }
    return text + "notes\n"
      + run.notes.map { "\($0.heading)\n".indented.wrapped(to: width) + $0.text.plainLines.indented.indented.wrapped(to: width) }.joined()
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
