internal import SQLite
internal import Tensors

extension Registry {
  /// What `reopen` found of a run.
  struct ReopenedRun {
    let uuid: String
    let model: String?
    let experiment: String
    let params: [(key: String, value: ParamValue)]
    /// The highest step of each metric.
    let steps: [(key: String, step: Int)]
  }

  /// The row of a new logged run.  Stands in a transaction.
  func insertLoggedRun(_ info: RunInfo, experiment: String, _ identity: RunIdentity) throws -> Int64 {
    let model = try info.model.map { try modelID(creating: $0) }
    if let parent = info.parentRun { _ = try existingRun(parent) }
    let experiment = try experimentID(creating: experiment)
    let process = ProcessIdentity.current
    let name = info.name.flatMap { $0.isEmpty ? nil : $0 }
    try connection.execute(
      """
      INSERT INTO runs (uuid, kind, model_id, status, started_at, note, program_version, host, pid, process_start, boot_id, pid_namespace,
        heartbeat_at, owner, experiment_id, name, user, source, parent_run_id, git_commit, is_dirty, lease_until)
      VALUES (?, 'log', ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      identity.uuid, model, identity.startedAt, info.note, programVersion, process.host, process.pid, process.start, process.bootID,
      process.pidNamespace, Timestamp.now.text, identity.owner, experiment, name, info.user ?? Self.currentUser(),
      info.source, info.parentRun, info.gitCommit, info.isDirty, info.lease.map { Timestamp(after: $0).text })
    return connection.lastInsertRowID
  }

  static func checkRunName(_ name: String) throws(StoreError) {
    guard name.unicodeScalars.count <= 500 else {
      throw .illegalName(kind: "run", name: String(name.prefix(100)) + "…", rule: "a name has 1 to 500 characters")
    }
  }

  /// Stands in a transaction.
  func insert(params: [(key: String, value: ParamValue)], run: Int64) throws {
    for (key, value) in params {
      try connection.execute(
        "INSERT INTO params (run_id, key, value, text) VALUES (?, ?, ?, ?)", run, key, value.value.storable, value.spelling)
    }
  }

  /// A later value takes the place of an earlier one.  Stands in a transaction.
  func insert(tags: [(key: String, value: CellValue)], run: Int64) throws {
    for (key, value) in tags {
      try connection.execute(
        "INSERT INTO tags (run_id, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", run, key, value.storable)
    }
  }

  /// Makes a logged run a running one again, owned by this token.  `checked` is the seal that was found to be right before the file was
  /// locked.  Stands in a transaction.
  func reopen(run: Int, owner: String, checked: String?) throws -> ReopenedRun {
    _ = try existingRun(run)
    let found = try connection.queryFirst(
      """
      SELECT r.kind, r.status, r.deleted_at IS NOT NULL, r.uuid, (SELECT name FROM models WHERE id = r.model_id),
        (SELECT name FROM experiments WHERE id = coalesce(r.experiment_id, 0)), \(RunProcess.columns)
      FROM runs AS r WHERE r.id = ?
      """, run
    ) { row in
      (
        kind: try kind(row.text(0), ofRun: run), status: try status(row.text(1), ofRun: run), isDeleted: try row.int(2) == 1,
        uuid: try row.text(3), model: try row.textOrNil(4), experiment: try row.textOrNil(5) ?? Self.defaultExperiment,
        process: try RunProcess(row, from: 6)
      )
    }
    guard let found else { throw try noSuchRun(run) }
    guard found.kind == .log else {
      throw StoreError(
        .notLogged, "run \(run)",
        "it is \(found.kind == .train ? "a training" : "an import") of this program: nothing is logged to it any more", path: path)
    }
    guard !found.isDeleted else { throw StoreError.deletedRun(run, path: path) }
    if found.status == .running, RunLiveness.isAlive(found.process) {
      throw StoreError.stillRunning(run: run, pid: found.process.pid, host: found.process.host, path: path)
    }
    let digest = try connection.queryFirst("SELECT digest FROM runs WHERE id = ?", run) { row in try row.textOrNil(0) } ?? nil
    if digest != checked { try checkSeal(ofRun: run) }
    let process = ProcessIdentity.current
    // The seal goes first: what a sealed run holds can't change.
    try connection.execute(
      """
      UPDATE runs SET status = 'running', ended_at = NULL, error = NULL, exit_code = NULL, digest = NULL, program_version = ?, host = ?, pid = ?,
        process_start = ?, boot_id = ?, pid_namespace = ?, heartbeat_at = ?, owner = ?, lease_until = NULL
      WHERE id = ?
      """,
      programVersion, process.host, process.pid, process.start, process.bootID, process.pidNamespace, Timestamp.now.text, owner, run)
    let steps = try connection.query("SELECT key, step FROM metrics_latest WHERE run_id = ?", run) { row in
      (key: try row.text(0), step: try row.int(1))
    }
    return ReopenedRun(uuid: found.uuid, model: found.model, experiment: found.experiment, params: try params(run: run), steps: steps)
  }

  /// Notes what a run says it read, once for each name and digest.  Stands in a transaction.
  func insert(_ dataset: RunDataset, run: Int64) throws {
    try connection.execute(
      """
      INSERT INTO run_datasets (run_id, position, name, digest, source_type, source, schema, profile, context, dataset_id)
      SELECT ?1, coalesce(max(position) + 1, 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, (SELECT id FROM datasets WHERE digest = ?3) FROM run_datasets
      WHERE run_id = ?1
      HAVING NOT EXISTS (SELECT 1 FROM run_datasets WHERE run_id = ?1 AND name = ?2 AND digest = ?3 AND context IS ?8)
      """,
      run, dataset.name, dataset.digest, dataset.sourceType, dataset.source, dataset.schema, dataset.profile, dataset.context)
  }

  /// What a run says it read, in order.
  func datasets(readBy run: Int) throws -> [RunDataset] {
    try connection.query(
      "SELECT name, digest, source_type, source, schema, profile, context FROM run_datasets WHERE run_id = ? ORDER BY position", run
    ) { row in
      var dataset = RunDataset(name: try row.text(0), digest: try row.text(1))
      dataset.sourceType = try row.textOrNil(2)
      dataset.source = try row.textOrNil(3)
      dataset.schema = try row.textOrNil(4)
      dataset.profile = try row.textOrNil(5)
      dataset.context = try row.textOrNil(6)
      return dataset
    }
  }
}
