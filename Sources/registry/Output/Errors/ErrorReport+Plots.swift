import ModelRegistry
import Tensors

/// The wording of what `plot` and `compare` refuse.
extension ErrorReport {
  static func noLosses(of title: String, run: Int, database: String) -> ErrorReport {
    ErrorReport("\(title) has no losses to plot.", hint: "registry show --run \(run) --db \(database.quotedForShell)", .badData)
  }

  /// A metric that no run has.
  static func unknownMetric(_ metric: String, of titles: [String], known: [String], run: Int, database: String) -> ErrorReport {
    var seen: Set<Name> = []
    let names = known.filter { seen.insert(Name($0)).inserted }.sortedByBytes()
    let whose = titles.count == 1 ? titles[0] : "none of \(titles.prefix(5).joined(separator: ", "))\(titles.count > 5 ? ", …" : "")"
    let what = titles.count == 1 ? "has no metric '\(metric)'" : "has a metric '\(metric)'"
    let guess = nearest(to: metric, among: names).map { "did you mean \($0.quotedInKeyList)? " } ?? ""
    let list = names.prefix(20).map(\.quotedInKeyList).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
    let hint = names.isEmpty ? "registry show --run \(run) --db \(database.quotedForShell)" : "\(guess)known: \(list)"
    return ErrorReport("--metric: \(whose) in \(database) \(what).", hint: hint, .badData)
  }

  /// A run without any of the metrics that are drawn.
  static func noMetrics(of title: String, run: Int, wanted: [String]?, database: String) -> ErrorReport {
    let what = wanted.map { "has no \($0.map { "'\($0)'" }.joined(separator: " or "))" } ?? "has no curve beside the others'"
    return ErrorReport(
      "\(title) in \(database) \(what) to plot.", hint: "registry show --run \(run) --db \(database.quotedForShell)", .badData)
  }

  /// A kind of plot that this version can't have.
  static func wrongKind(_ kind: String, of title: String, because reason: String, instead other: String, database: String) -> ErrorReport {
    ErrorReport(
      "'--kind \(kind)': \(title) \(reason).",
      hint: "registry plot \(title.quotedForShell) --kind \(other) --db \(database.quotedForShell)", .badData)
  }

  static func noDataset(of title: String, database: String) -> ErrorReport {
    ErrorReport(
      "\(title) has no dataset of its own to plot: name one with --dataset.",
      hint: "registry dataset list --db \(database.quotedForShell)", .badData)
  }
}
