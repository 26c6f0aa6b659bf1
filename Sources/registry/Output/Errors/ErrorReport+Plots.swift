/// The wording of what `plot` and `compare` refuse.
extension ErrorReport {
  static func noLosses(of title: String, run: Int, database: String) -> ErrorReport {
    ErrorReport("\(title) has no losses to plot.", hint: "registry show --run \(run) --db \(database.quotedForShell)", .badData)
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
