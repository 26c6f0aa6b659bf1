import ForeignRuns
import ModelRegistry
import Tensors

/// Holds a log that was imported before against what is stored of it.  A run may grow: one that was written anew would become a curve that
/// neither training had.
struct KnownLog {
  private let settings: ForeignImport.Settings
  private let run: Int
  private let database: String
  private let counts: [Name: Int]
  /// By step, the last one first.
  private var values: [Name: [Int64: [Double]]]
  private var seen: [Name: Int] = [:]

  init(_ known: KnownRun, _ settings: ForeignImport.Settings, in registry: Registry) throws {
    (self.settings, run, database, counts) = (settings, known.run, registry.path, known.metricCounts)
    values = try registry.metricValues(run: known.run)
  }

  /// Throws unless this value, one of the first of its metric, is the one that is stored.
  mutating func check(_ metric: ForeignMetric) throws {
    let key = Name(metric.key)
    seen[key, default: 0] += 1
    let title = "'\(metric.key)' at step \(metric.step)"
    guard let stored = values[key]?[metric.step]?.popLast() else { throw changed("run \(run) has no value of \(title)") }
    guard stored == metric.value || stored.isNaN && metric.value.isNaN else {
      throw changed("\(title) is \(metric.value) there, and \(stored) in run \(run)")
    }
  }

  /// Throws where the log has fewer values of one of its metrics than are stored.
  func checkEnd() throws {
    for (key, count) in seen.sorted(by: { $0.key < $1.key }) {
      guard let stored = counts[key], stored > count else { continue }
      throw changed("it has \(counted(count, "value")) of '\(key.text)', run \(run) has \(stored)")
    }
  }

  private func changed(_ what: String) -> ErrorReport {
    let option = "--db \(database.quotedForShell)"
    return ErrorReport(
      "'\(settings.path)' isn't what was imported before, or is read by other columns: \(what).".singleLine,
      hint: """
        a copy under another name is another run; or registry delete --run \(run) \(option) && registry gc \(option), then import it again
        """, .badData)
  }
}

extension ForeignImport {
  /// Says which options do nothing, as the run is here and stays as it is.
  func noteIgnoredOptions(_ known: KnownRun) {
    let options = [
      ("model", settings.model, known.model), ("experiment", settings.experiment.flatMap(Self.title), known.experiment),
      ("name", settings.name.flatMap(Self.title), known.name),
    ]
    for (option, wanted, stands) in options {
      guard let wanted, stands.map({ !$0.hasSameBytes(as: wanted) }) ?? true else { continue }
      report.leave(
        out: "--\(option) \(wanted.quotedForShell) for run \(known.run)",
        because: "\(stands.map { "its \(option) is '\($0)'" } ?? "it has no \(option)"), and what is here stays as it is")
    }
  }
}
