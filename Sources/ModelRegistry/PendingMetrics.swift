internal import SQLite

/// Values of metrics that wait for the next flush, in the order in which they were noted.
struct PendingMetrics {
  private struct Metric {
    let key: String
    let step: Int
    let value: Double
    let time: Int64
    /// Whether the step may have a value already.
    let isAgain: Bool
  }

  private var metrics: [Metric] = []
  /// The highest step of each key, of what was flushed too.  There are few keys.
  private var highest: [(key: String, step: Int)] = []

  /// A statement that a trigger may abort keeps a journal of its own, which costs more than the row: so many rows share one.
  private static let rowsPerInsert = 128

  mutating func append(_ key: String, step: Int, value: Double) {
    var isAgain = false
    if let index = highest.firstIndex(where: { $0.key == key }) {
      isAgain = step <= highest[index].step
      if !isAgain { highest[index].step = step }
    } else {
      highest.append((key, step))
    }
    metrics.append(Metric(key: key, step: step, value: value, time: Timestamp.milliseconds(), isAgain: isAgain))
  }

  mutating func removeAll() { metrics.removeAll(keepingCapacity: true) }

  /// Writes them all.  Stands in a transaction.
  func insert(into registry: Registry, run: Int64) throws {
    var rest = metrics[...]
    while let first = rest.first {
      if first.isAgain {
        try insertAgain(first, into: registry, run: run)
        rest = rest.dropFirst()
      } else {
        let block = rest.prefix { !$0.isAgain }
        try insertNew(block, into: registry, run: run)
        rest = rest[block.endIndex...]
      }
    }
  }

  private func insertNew(_ block: ArraySlice<Metric>, into registry: Registry, run: Int64) throws {
    var rest = block
    while !rest.isEmpty {
      let rows = rest.count >= Self.rowsPerInsert ? Self.rowsPerInsert : 1
      var insert = try registry.connection.prepare(
        "INSERT INTO metrics (run_id, key, step, value, time) VALUES "
          + repeatElement("(?1, ?, ?, ?, ?)", count: rows).joined(separator: ", "))
      try insert.bind(run, at: 0)
      while rest.count >= rows {
        for (row, metric) in rest.prefix(rows).enumerated() {
          try insert.bind(metric.key, at: 4 * row + 1)
          try insert.bind(Int64(metric.step), at: 4 * row + 2)
          try insert.bind(metric.value, at: 4 * row + 3)
          try insert.bind(metric.time, at: 4 * row + 4)
        }
        try insert.run()
        rest = rest.dropFirst(rows)
      }
    }
  }

  /// `seq` counts up where a step is logged again.
  private func insertAgain(_ metric: Metric, into registry: Registry, run: Int64) throws {
    try registry.connection.execute(
      """
      INSERT INTO metrics (run_id, key, step, seq, value, time)
      SELECT ?1, ?2, ?3, coalesce(max(seq) + 1, 0), ?4, ?5 FROM metrics WHERE run_id = ?1 AND key = ?2 AND step = ?3
      """, run, metric.key, metric.step, metric.value, metric.time)
  }
}
