internal import SQLite

extension Registry {
  /// Records a run as running, with its params, and its model and dataset where they are new.  Stands in a transaction.
  func insertRun(_ content: RunContent, _ identity: RunIdentity) throws -> RunIDs {
    let model = try modelID(creating: content.model)
    let dataset = try store(content.dataset, suggestedName: content.datasetName)
    let experiment = try experimentID(creating: content.experiment ?? content.model)
    let process = ProcessIdentity.current
    try connection.execute(
      """
      INSERT INTO runs (uuid, kind, model_id, dataset_id, parent_version_id, status, seed, started_at, program_version, host, pid,
        process_start, boot_id, pid_namespace, heartbeat_at, owner, experiment_id, user)
      VALUES (?, 'train', ?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      identity.uuid, model, dataset, content.parent?.id, Int64(bitPattern: content.seed), identity.startedAt,
      programVersion, process.host, process.pid, process.start, process.bootID, process.pidNamespace, Timestamp.now.text, identity.owner,
      experiment, Self.currentUser())
    let run = connection.lastInsertRowID
    for (key, value) in content.params {
      try connection.execute("INSERT INTO params (run_id, key, value) VALUES (?, ?, ?)", run, key, value.storable)
    }
    return RunIDs(run: run, model: model, dataset: dataset)
  }

  /// A run that is finished and sealed.
  func insertImportRun(_ source: StateDictImport, model: Int64, startedAt: String) throws -> (id: Int64, uuid: String) {
    let uuid = makeUUID()
    let process = ProcessIdentity.current
    try connection.execute(
      """
      INSERT INTO runs (uuid, kind, model_id, status, started_at, note, program_version, host, pid, process_start, boot_id, pid_namespace,
        experiment_id, user, source)
      VALUES (?, 'import', ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      uuid, model, startedAt, source.note, programVersion, process.host, process.pid, process.start, process.bootID, process.pidNamespace,
      try experimentID(creating: source.experiment ?? source.model), Self.currentUser(), source.file)
    let run = connection.lastInsertRowID
    for (key, value) in source.params {
      try connection.execute("INSERT INTO params (run_id, key, value) VALUES (?, ?, ?)", run, key, value.storable)
    }
    try connection.execute(
      "UPDATE runs SET status = 'finished', ended_at = ?, digest = ? WHERE id = ?", Timestamp.now.text, try runDigest(Int(run)), run)
    return (run, uuid)
  }

  /// The id of a run.  Throws when there is none.
  func existingRun(_ run: Int) throws -> Int64 {
    let id = try connection.queryFirst("SELECT id FROM runs WHERE id = ?", run) { row in try row.int64(0) }
    guard let id else { throw try noSuchRun(run) }
    return id
  }

  func noSuchRun(_ id: Int) throws -> StoreError {
    let newest = try connection.queryFirst("SELECT max(id) FROM runs") { row in try row.intOrNil(0) }
    return .noSuchRun(id: id, newest: newest ?? nil, path: path)
  }
}
