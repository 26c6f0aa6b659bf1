internal import SQLite
internal import Training

/// What tells a run and its writer from all others.
struct RunIdentity {
  let uuid: String
  let startedAt: String
  /// The token of the process that may write the run.
  let owner: String

  /// Of a new run.
  init() { self.init(uuid: makeUUID(), startedAt: Timestamp.now()) }

  /// Of a run that this process has taken over.
  init(uuid: String, startedAt: String) {
    self.uuid = uuid
    self.startedAt = startedAt
    owner = makeUUID()
  }
}

/// The rows of a run, its model and its dataset.
struct RunIDs {
  let run: Int64
  let model: Int64
  let dataset: Int64
}

extension Registry {
  /// Records a run as running, with its params, and its model and dataset where they are new.  Stands in a transaction.
  func insertRun(_ description: RunDescription, _ identity: RunIdentity) throws -> RunIDs {
    let model = try modelID(creating: description.model)
    let dataset = try store(description.dataset, suggestedName: description.datasetName)
    let process = ProcessIdentity.current
    try connection.execute(
      """
      INSERT INTO runs (uuid, kind, model_id, dataset_id, parent_version_id, status, seed, started_at, program_version, host, pid,
        process_start, boot_id, pid_namespace, heartbeat_at, owner)
      VALUES (?, 'train', ?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      identity.uuid, model, dataset, description.parent?.id, Int64(bitPattern: description.hyperparameters.seed), identity.startedAt,
      programVersion, process.host, process.pid, process.start, process.bootID, process.pidNamespace, Timestamp.now(), identity.owner)
    let run = connection.lastInsertRowID
    for (key, value) in description.params {
      try connection.execute("INSERT INTO params (run_id, key, value) VALUES (?, ?, ?)", run, key, value.storable)
    }
    return RunIDs(run: run, model: model, dataset: dataset)
  }

  /// The error of a writer whose run is another's now.
  func takenOver(run: Int64) throws -> RunError {
    let process = try connection.queryFirst("SELECT pid, host FROM runs WHERE id = ?", run) { row in
      (pid: try row.intOrNil(0), host: try row.textOrNil(1))
    }
    return .takenOver(run: Int(run), pid: process?.pid, host: process?.host, path: path)
  }
}
