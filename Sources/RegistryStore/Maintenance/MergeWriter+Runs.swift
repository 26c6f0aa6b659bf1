internal import SQLite
internal import Tensors

extension MergeWriter {
  /// Columns of a run that come in as they are there.
  private static let runColumns = [
    "uuid", "kind", "seed", "started_at", "note", "program_version", "host", "pid", "process_start", "boot_id", "pid_namespace",
    "heartbeat_at", "name", "user", "source", "git_commit", "is_dirty", "exit_code",
  ]

  func write(_ run: MergeSource.Run) throws {
    let dataset = try run.dataset.map { try their("SELECT digest FROM datasets WHERE id = ?", $0) { row in try row.text(0) } }
    let parent = try run.parent.map { try their("SELECT uuid FROM model_versions WHERE id = ?", $0) { row in try row.text(0) } }
    let columns = Self.runColumns
    let row = try values("SELECT \(columns.joined(separator: ", ")) FROM runs WHERE id = ?", run.id, count: columns.count)
    // Open until its params and metrics are here.
    var insert = try ours.connection.prepare(
      """
      INSERT INTO runs (\(columns.joined(separator: ", ")), status, model_id, dataset_id, parent_version_id, experiment_id)
      VALUES (\(repeatElement("?", count: columns.count).joined(separator: ", ")), 'running', (SELECT id FROM models WHERE name = ?),
        (SELECT id FROM datasets WHERE digest = ?), (SELECT id FROM model_versions WHERE uuid = ?),
        (SELECT id FROM experiments WHERE name = ?))
      """)
    func text(_ value: String?) -> Value { value.map { .text($0) } ?? .null }
    try insert.bind(row + [text(run.model), text(dataset), text(parent), text(run.experiment)])
    try insert.run()
    let id = ours.connection.lastInsertRowID
    try copyContent(of: run, to: id)
    try copyPairs("tags", "run_id", from: run.id, to: id)
    try copyNotes(.run, from: run.id, to: id)
    try writeEnd(of: run, to: id)
  }

  /// Has a run that is here go on as it did there: it gets what it lacks, and is sealed again.
  func goOn(with run: MergeSource.Run) throws {
    let id = try ourRun(run.uuid)
    // The seal goes first: what a sealed run holds can't change.
    try ours.connection.execute(
      "UPDATE runs SET status = 'running', ended_at = NULL, error = NULL, digest = NULL, owner = NULL WHERE id = ?", id)
    try copyContent(of: run, to: id)
    let columns = ["name", "user", "source", "git_commit", "is_dirty", "exit_code"]
    let row = try values("SELECT \(columns.joined(separator: ", ")) FROM runs WHERE id = ?", run.id, count: columns.count)
    var update = try ours.connection.prepare(
      """
      UPDATE runs SET \(columns.map { "\($0) = ?" }.joined(separator: ", ")),
        model_id = coalesce(model_id, (SELECT id FROM models WHERE name = ?)) WHERE id = ?
      """)
    try update.bind(row + [run.model.map { .text($0) } ?? .null, .integer(id)])
    try update.run()
    try writeEnd(of: run, to: id)
  }

  private func ourRun(_ uuid: String) throws -> Int64 {
    let id = try ours.connection.queryFirst("SELECT id FROM runs WHERE uuid = ?", uuid) { row in try row.int64(0) }
    guard let id else { throw StoreError.rotten(what: "the record of a run", path: ours.path) }
    return id
  }

  private func writeEnd(of run: MergeSource.Run, to id: Int64) throws {
    let end = try values("SELECT status, ended_at, error, digest FROM runs WHERE id = ?", run.id, count: 4)
    if let digest = run.digest, try ours.runDigest(Int(id)) != digest {
      throw StoreError.rotten(what: "the record of run \(run.id)", path: theirs.path)
    }
    try ours.connection.execute(
      "UPDATE runs SET status = ?, ended_at = ?, error = ?, digest = ? WHERE id = ?", end[0], end[1], end[2], end[3], id)
  }

  /// Params, metrics, files and what it says it read; of a run that has some of them already, the others.
  private func copyContent(of run: MergeSource.Run, to id: Int64) throws {
    try copyRows("params", ["key", "value", "text"], from: run.id, to: id)
    // What the trigger of a metric asks has been asked: the run is open.
    try ours.connection.withoutTriggers {
      try copyRows("metrics", ["key", "step", "seq", "value", "time"], from: run.id, to: id)
      for key in try theirs.connection.query("SELECT key FROM metrics_latest WHERE run_id = ?", run.id, row: { row in try row.text(0) }) {
        try ours.updateLatest(key, run: id)
      }
    }
    try copyRunFiles("run_id = ?", [.integer(run.id)], to: id)
    let datasets = "SELECT name, digest, source_type, source, schema, profile, context FROM run_datasets WHERE run_id = ? ORDER BY position"
    for row in try theirs.connection.query(datasets, run.id, row: { row in try (0..<7).map { try row.value($0) } }) {
      var insert = try ours.connection.prepare(
        """
        INSERT INTO run_datasets (run_id, position, name, digest, source_type, source, schema, profile, context, dataset_id)
        SELECT ?8, coalesce(max(position) + 1, 0), ?1, ?2, ?3, ?4, ?5, ?6, ?7, (SELECT id FROM datasets WHERE digest = ?2) FROM run_datasets
        WHERE run_id = ?8
        HAVING NOT EXISTS (SELECT 1 FROM run_datasets WHERE run_id = ?8 AND name = ?1 AND digest = ?2 AND context IS ?7)
        """)
      try insert.bind(row + [.integer(id)])
      try insert.run()
    }
  }

  /// Rows of a run in the order of their keys; those that are here already stay.
  private func copyRows(_ table: String, _ columns: [String], from: Int64, to: Int64) throws {
    var insert = try ours.connection.prepare(
      """
      INSERT INTO \(table) (run_id, \(columns.joined(separator: ", "))) VALUES (?\(String(repeating: ", ?", count: columns.count)))
      ON CONFLICT DO NOTHING
      """, persistent: true)
    var rows = try theirs.connection.prepare(
      "SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE run_id = ? ORDER BY \(columns.prefix(3).joined(separator: ", "))")
    try rows.bind(from)
    while try rows.step() {
      try insert.bind(to, at: 0)
      for column in columns.indices { try insert.bind(try rows.value(column), at: column + 1) }
      try insert.run()
    }
  }

  // MARK: Files

  /// A file that a run of ours lacks.
  func copyFile(_ path: String, of run: MergeSource.Run) throws {
    try copyRunFiles("run_id = ? AND path = ?", [.integer(run.id), .text(path)], to: try ourRun(run.uuid))
  }

  private func copyRunFiles(_ condition: String, _ values: [Value], to id: Int64) throws {
    var statement = try theirs.connection.prepare(
      """
      SELECT f.path, c.digest, f.created_at FROM run_files AS f JOIN contents AS c ON c.id = f.content_id WHERE \(condition) ORDER BY f.path
      """)
    try statement.bind(values)
    for (path, digest, at) in try statement.all({ row in (try row.text(0), try row.text(1), try row.text(2)) }) {
      try ours.connection.execute(
        """
        INSERT INTO run_files (run_id, path, content_id, created_at) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET content_id = excluded.content_id, created_at = excluded.created_at
        """, id, path, try ours.copyContents(digest, from: theirs), at)
    }
  }

  func copyFiles(ofVersion from: Int64, to id: Int64) throws {
    let files = try theirs.connection.query(
      "SELECT f.path, c.digest FROM version_files AS f JOIN contents AS c ON c.id = f.content_id WHERE f.version_id = ? ORDER BY f.path",
      from
    ) { row in (path: try row.text(0), digest: try row.text(1)) }
    try ours.link(
      try files.map { (path: $0.path, contents: try ours.copyContents($0.digest, from: theirs)) }, toVersion: id)
  }

  /// Which runs are parts of others, once all are here.  One whose whole doesn't come has none.
  func writeParentRuns() throws {
    for case .run(let run) in plan.steps {
      guard let whole = run.partOf else { continue }
      let uuid = try theirs.connection.queryFirst("SELECT uuid FROM runs WHERE id = ?", whole) { row in try row.text(0) }
      try ours.connection.execute(
        "UPDATE runs SET parent_run_id = (SELECT id FROM runs WHERE uuid = ?) WHERE uuid = ?", uuid, run.uuid)
    }
  }
}
