internal import SQLite
internal import Tensors

extension MLflowDatabase {
  public func runs() throws -> [ForeignRunHeader] {
    try reading {
      try connection.query(
        """
        SELECT r.run_uuid, t.value FROM runs AS r LEFT JOIN tags AS t ON t.run_uuid = r.run_uuid AND t.key = 'mlflow.parentRunId'
        ORDER BY r.start_time, r.run_uuid
        """
      ) { row in
        let id = try row.text(0)
        return ForeignRunHeader(uuid: SourceUUID.ofMLflow(id), id: id, parent: try row.textOrNil(1).map(SourceUUID.ofMLflow))
      }
    }.parentsFirst()
  }

  public func run(_ header: ForeignRunHeader) throws -> ForeignRun {
    try reading {
      let read = try connection.queryFirst(
        """
        SELECT experiment_id, name, status, start_time, end_time, user_id, source_name, source_version, lifecycle_stage, artifact_uri
        FROM runs WHERE run_uuid = ?
        """, header.id
      ) { row in
        var run = ForeignRun(uuid: header.uuid, id: header.id)
        run.experiment = try row.int64OrNil(0).map { String($0) }
        run.name = try row.textUnlessEmpty(1)
        let status = try row.textUnlessEmpty(2) ?? "FINISHED"
        guard let known = ForeignStatus(mlflow: status) else {
          throw ForeignError(file: path, .message("run '\(shown(header.id))' has the unknown status '\(shown(status))'"))
        }
        run.status = known
        run.startedAt = try row.int64OrNil(3)
        run.endedAt = try row.int64OrNil(4)
        run.user = try row.textUnlessEmpty(5)
        run.source = try row.textUnlessEmpty(6)
        run.gitCommit = try row.textUnlessEmpty(7)
        run.isDeleted = try row.textUnlessEmpty(8) == "deleted"
        run.artifactLocation = try row.textUnlessEmpty(9)
        return run
      }
      // It was there when the list was made.
      guard var run = read else { throw ForeignError(file: path, .message("run '\(shown(header.id))' was removed meanwhile")) }
      run.params = try pairs("SELECT key, value FROM params WHERE run_uuid = ? ORDER BY rowid", header.id)
      run.tags = try pairs("SELECT key, value FROM tags WHERE run_uuid = ? ORDER BY key", header.id)
      if schema.hasDatasets { run.datasets = try datasets(of: header.id) }
      run.readMLflowTags()
      return run
    }
  }

  func pairs(_ sql: String, _ values: (any ValueConvertible)...) throws -> [ForeignPair] {
    var statement = try connection.prepare(sql)
    try statement.bind(values)
    return try statement.all { row in ForeignPair(try row.text(0), try row.textOrNil(1) ?? "") }
  }

  private func datasets(of run: String) throws -> [ForeignDataset] {
    try connection.query(
      """
      SELECT d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, d.dataset_profile,
        (SELECT value FROM input_tags WHERE input_uuid = i.input_uuid AND name = 'mlflow.data.context')
      FROM inputs AS i JOIN datasets AS d ON d.dataset_uuid = i.source_id
      WHERE i.destination_type = 'RUN' AND i.destination_id = ? AND i.source_type = 'DATASET' ORDER BY i.rowid
      """, run
    ) { row in
      var dataset = ForeignDataset(name: try row.text(0), digest: try row.text(1))
      dataset.sourceType = try row.textOrNil(2)
      dataset.source = try row.textOrNil(3)
      dataset.schema = try row.textOrNil(4)
      dataset.profile = try row.textOrNil(5)
      dataset.context = try row.textOrNil(6)
      return dataset
    }
  }

  /// Rows that are read at once: a server that wants to write waits for no more.
  private static let pageSize = 20_000

  /// In the order of the rows, which is that in which they were logged.
  public func metrics(of run: ForeignRun, _ body: (ForeignMetric) throws -> Void) throws {
    var keys = KnownKeys()
    var last = Int64.min
    while true {
      let page = try reading {
        try connection.query(
          """
          SELECT rowid, key, step, value, timestamp, is_nan FROM metrics WHERE run_uuid = ? AND rowid > ? ORDER BY rowid LIMIT \(Self.pageSize)
          """, run.id, last
        ) { row in
          last = try row.int64(0)
          let key = try keys.key { try row.isText(1, $0) } ?? keys.add(try row.text(1))
          let value = try row.int64(5) != 0 ? Double.nan : Self.value(try row.double(3))
          return ForeignMetric(key, step: try row.int64(2), value, time: try row.int64(4))
        }
      }
      for metric in page { try body(metric) }
      if page.count < Self.pageSize { return }
    }
  }

  /// MLflow keeps an infinity as the largest number of its sign.
  static func value(_ stored: Double) -> Double {
    stored.magnitude == .greatestFiniteMagnitude ? (stored < 0 ? -.infinity : .infinity) : stored
  }
}

/// The keys that a run's metrics have had so far, so that not every row makes a text of its own.
private struct KnownKeys {
  private var keys: [String] = []
  private var place = 0
  /// More are compared in a search, which would take longer than a text.
  private static let most = 64

  /// The key for which this is true: mostly the last one again, or the one that came after it before.
  mutating func key(where isIt: (String) throws -> Bool) rethrows -> String? {
    for step in keys.indices {
      let candidate = (place + step) % keys.count
      if try isIt(keys[candidate]) {
        place = candidate
        return keys[candidate]
      }
    }
    return nil
  }

  mutating func add(_ key: String) -> String {
    if keys.count == Self.most { keys.removeAll(keepingCapacity: true) }
    keys.append(key)
    place = keys.count - 1
    return key
  }
}
