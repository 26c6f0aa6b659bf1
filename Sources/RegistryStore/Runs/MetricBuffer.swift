internal import SQLite
internal import Tensors

/// Values of metrics that wait for the next flush: of each key in the order in which they were noted.
struct MetricBuffer {
  private struct Value {
    let step: Int
    let value: Double
    let time: Int64
  }

  /// All values of a key.  They are written key by key, as the table holds them: so one row goes beside the other.
  private struct Series {
    let key: String
    /// The highest step, of what was flushed too.
    var highest: Int
    /// Steps that the key hasn't had yet.
    var new: [Value] = []
    /// Steps that may have a value already.
    var again: [Value] = []
  }

  /// There are few keys.
  private var series: [Series] = []

  /// So many rows share a statement's start and end, where there are as many.
  private static let rowsPerInsert = 64
  private static let insertOne = insertion(of: 1)
  private static let insertMany = insertion(of: rowsPerInsert)

  private static func insertion(of rows: Int) -> String {
    "INSERT INTO metrics (run_id, key, step, value, time) VALUES "
      + repeatElement("(?1, ?2, ?, ?, ?)", count: rows).joined(separator: ", ")
  }

  mutating func append(_ key: String, step: Int, value: Double) {
    let value = Value(step: step, value: value, time: Timestamp.milliseconds())
    guard let index = series.firstIndex(where: { $0.key.hasSameBytes(as: key) }) else {
      return series.append(Series(key: key, highest: step, new: [value]))
    }
    if step > series[index].highest {
      series[index].highest = step
      series[index].new.append(value)
    } else {
      series[index].again.append(value)
    }
  }

  mutating func removeAll() {
    for index in series.indices {
      series[index].new.removeAll(keepingCapacity: true)
      series[index].again.removeAll(keepingCapacity: true)
    }
  }

  /// Writes them all.  Stands in a transaction that has found the run to be running: a running run has no digest, and what the
  /// trigger `metrics_insert` would ask at every row is just that.  It would cost more than the rows: SQLite puts them into a temporary
  /// table and calls a program for each.
  func insert(into registry: Registry, run: Int64) throws {
    try registry.connection.withoutTriggers { try insertAll(into: registry, run: run) }
  }

  private func insertAll(into registry: Registry, run: Int64) throws {
    for series in series {
      try insert(series.new, of: series.key, into: registry, run: run)
      // After the new ones, which they may be of again.
      for value in series.again { try insertAgain(value, of: series.key, into: registry, run: run) }
    }
  }

  private func insert(_ values: [Value], of key: String, into registry: Registry, run: Int64) throws {
    var rest = values[...]
    while !rest.isEmpty {
      let rows = rest.count >= Self.rowsPerInsert ? Self.rowsPerInsert : 1
      var insert = try registry.connection.prepare(rows == 1 ? Self.insertOne : Self.insertMany)
      try insert.bind(run, at: 0)
      try insert.bind(key, at: 1)
      while rest.count >= rows {
        var parameter = 2
        for value in rest.prefix(rows) {
          try insert.bind(Int64(value.step), at: parameter)
          try insert.bind(value.value, at: parameter + 1)
          try insert.bind(value.time, at: parameter + 2)
          parameter += 3
        }
        try insert.run()
        rest = rest.dropFirst(rows)
      }
    }
  }

  /// `seq` counts up where a step is logged again.
  private func insertAgain(_ value: Value, of key: String, into registry: Registry, run: Int64) throws {
    try registry.connection.execute(
      """
      INSERT INTO metrics (run_id, key, step, seq, value, time)
      SELECT ?1, ?2, ?3, coalesce(max(seq) + 1, 0), ?4, ?5 FROM metrics WHERE run_id = ?1 AND key = ?2 AND step = ?3
      """, run, key, value.step, value.value, value.time)
  }
}
