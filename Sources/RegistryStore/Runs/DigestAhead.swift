internal import SQLite

/// The digest of a run that was computed while the file wasn't locked for writing.
struct DigestAhead {
  let digest: String
  /// SQLite's data version then: another one means that another connection has committed something since.
  fileprivate let dataVersion: Int64
}

extension Registry {
  /// What has fewer metrics is hashed within the transaction that seals it: it takes a few milliseconds.
  static let fewMetrics = 20_000

  /// The digest of a run whose metrics are all stored, computed before the transaction that seals it; nil for a run with few metrics, and
  /// within a transaction.
  func digestAhead(ofRun run: Int) throws -> DigestAhead? {
    guard !connection.isInTransaction else { return nil }
    return try snapshot {
      let hasMany = try connection.queryFirst("SELECT 1 FROM metrics WHERE run_id = ? LIMIT 1 OFFSET \(Self.fewMetrics)", run) { _ in true }
      guard hasMany == true else { return nil }
      return DigestAhead(digest: try runDigest(run), dataVersion: try dataVersion())
    }
  }

  /// The digest of a run: what was computed ahead, if nobody has written since.  Stands in the transaction that seals it.
  func runDigest(_ run: Int, ahead: DigestAhead?) throws -> String {
    if let ahead, try dataVersion() == ahead.dataVersion { return ahead.digest }
    return try runDigest(run)
  }

  /// The digest that seals a run, if it is right; nil for a run without.  Stands in a reading.
  func checkedSeal(ofRun run: Int) throws -> String? {
    try checkSeal(ofRun: run)
    return try connection.queryFirst("SELECT digest FROM runs WHERE id = ?", run) { row in try row.textOrNil(0) } ?? nil
  }

  private func dataVersion() throws -> Int64 { try connection.queryFirst("PRAGMA data_version") { row in try row.int64(0) } ?? -1 }
}
