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

  private var series: [Series] = []

  /// So many rows share a statement's start and end, where there are as many.
  private static let rowsPerInsert = 64
  private static let insertOne = insertion(of: 1)
  private static let insertMany = insertion(of: rowsPerInsert)

  private static func insertion(of rows: Int) -> String {
    "INSERT INTO metrics (run_id, key, step, value, time) VALUES "
      + repeatElement("(?1, ?2, ?, ?, ?)", count: rows).joined(separator: ", ")
  }

  /// The place in `series` of each key.
  private var places: [Name: Int] = [:]
  /// Where the next key is looked for first: programs log theirs in the same order again and again.
  private var next = 0

  /// `time` is in milliseconds since 1970.
  mutating func append(_ key: String, step: Int, value: Double, time: Int64 = Timestamp.milliseconds()) {
    let value = Value(step: step, value: value, time: time)
    guard let index = place(of: key) else {
      places[Name(key)] = series.count
      return series.append(Series(key: key, highest: step, new: [value]))
    }
    next = index + 1 < series.count ? index + 1 : 0
    if step > series[index].highest {
      series[index].highest = step
      series[index].new.append(value)
    } else {
      series[index].again.append(value)
    }
  }

  /// Notes that values of a key up to this step are stored already.
  mutating func rememberStored(_ key: String, upTo step: Int) {
    guard place(of: key) == nil else { return }
    places[Name(key)] = series.count
    series.append(Series(key: key, highest: step))
  }

  /// The highest step of a key; nil for a key without any.
  func highestStep(of key: String) -> Int? { place(of: key).map { series[$0].highest } }

  /// How many values wait.
  var count: Int { series.reduce(0) { $0 + $1.new.count + $1.again.count } }

  var isEmpty: Bool { series.allSatisfy { $0.new.isEmpty && $0.again.isEmpty } }

  private func place(of key: String) -> Int? {
    if next < series.count, series[next].key.hasSameBytes(as: key) { return next }
    return places[Name(key)]
  }

  mutating func removeAll() {
    for index in series.indices {
      series[index].new.removeAll(keepingCapacity: true)
      series[index].again.removeAll(keepingCapacity: true)
    }
  }

  /// Writes them all, and the newest of each to `metrics_latest`.  Stands in a transaction that has found the run to be running: a running
  /// run has no digest, and what the trigger `metrics_insert` would ask at every row is just that.  Triggers would cost more than the rows:
  /// SQLite puts them into a temporary table and calls a program for each.
  func insert(into registry: Registry, run: Int64) throws {
    try registry.connection.withoutTriggers { try insertAll(into: registry, run: run) }
  }

  private func insertAll(into registry: Registry, run: Int64) throws {
    for series in series where !series.new.isEmpty || !series.again.isEmpty {
      try insert(series.new, of: series.key, into: registry, run: run)
      // After the new ones, which they may be of again.
      for value in series.again { try insertAgain(value, of: series.key, into: registry, run: run) }
      try registry.updateLatest(series.key, run: run)
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

extension Registry {
  /// Puts the newest value of a metric into `metrics_latest`, as the triggers of `metrics` do.  Stands in a transaction.
  func updateLatest(_ key: String, run: Int64) throws {
    try connection.execute(
      """
      INSERT INTO metrics_latest (run_id, key, value, step, time)
      SELECT run_id, key, value, step, time FROM metrics WHERE run_id = ?1 AND key = ?2 ORDER BY step DESC, seq DESC LIMIT 1
      ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value, step = excluded.step, time = excluded.time
      """, run, key)
  }
}
