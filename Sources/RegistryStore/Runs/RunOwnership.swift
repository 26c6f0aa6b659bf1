internal import SQLite

/// The right to write a run that this process has taken over.
package struct RunOwnership {
  let identity: RunIdentity
  let ids: RunIDs
  /// Whether it had no checkpoint, and begins anew.
  package let isNew: Bool
}

extension Registry {
  /// Makes this process the owner of a run that nobody writes any more, in one transaction: its liveness is looked at again, the token
  /// changes, and the metrics after its checkpoint go, since they will be written again.  The checkpoint is read, hashed and restored
  /// before the file is locked, and once more should it be another by then.
  ///
  /// Throws `StoreError` for a run that lives or can't go on, and when its checkpoint isn't what was stored; whatever `restore` throws,
  /// which gets the checkpoint (nil when there is none), leaves the run as it was.
  package func takeOver(run id: Int, restore: (CheckpointContent?) throws -> Void) throws -> RunOwnership {
    while true {
      let found = try snapshot {
        try expectNoHiddenCheckpoint(run: id)
        guard let uuid = try connection.queryFirst("SELECT uuid FROM runs WHERE id = ?", id, row: { row in try row.text(0) }) else {
          throw try noSuchRun(id)
        }
        return (state: try checkpoint(run: Int64(id), uuid: uuid), digest: try checkpointDigest(run: id))
      }
      try restore(found.state)
      if let ownership = try takeOver(run: id, from: found.state?.epoch, checkpointDigest: found.digest) { return ownership }
    }
  }

  /// Nil where the run's checkpoint isn't the one of this digest any more.
  private func takeOver(run id: Int, from epoch: Int?, checkpointDigest: String?) throws -> RunOwnership? {
    try writing {
      try checkResumable(run: id)
      guard try self.checkpointDigest(run: id) == checkpointDigest else { return nil }
      guard
        let row = try connection.queryFirst(
          "SELECT uuid, started_at, model_id, dataset_id FROM runs WHERE id = ? AND dataset_id IS NOT NULL", id,
          row: { row in (uuid: try row.text(0), startedAt: try row.text(1), model: try row.int64(2), dataset: try row.int64(3)) })
      else { throw StoreError.isImport(run: id, path: path) }
      let identity = RunIdentity(uuid: row.uuid, startedAt: row.startedAt)
      let process = ProcessIdentity.current
      // The seal goes first: the metrics of a sealed run can't be removed.
      try connection.execute(
        """
        UPDATE runs SET status = 'running', ended_at = NULL, error = NULL, digest = NULL, program_version = ?, host = ?, pid = ?,
          process_start = ?, boot_id = ?, pid_namespace = ?, heartbeat_at = ?, owner = ?
        WHERE id = ?
        """,
        programVersion, process.host, process.pid, process.start, process.bootID, process.pidNamespace, Timestamp.now.text, identity.owner,
        id)
      try dropMetrics(run: id, from: epoch)
      return RunOwnership(identity: identity, ids: RunIDs(run: Int64(id), model: row.model, dataset: row.dataset), isNew: epoch == nil)
    }
  }

  /// Before the file is locked: it may take as long as reading every checkpoint.
  private func expectNoHiddenCheckpoint(run id: Int) throws {
    let sql = """
      SELECT uuid FROM runs WHERE id = ?1 AND status IN ('running', 'interrupted')
        AND NOT EXISTS (SELECT 1 FROM checkpoints WHERE run_id = ?1)
      """
    guard let uuid = try connection.queryFirst(sql, id, row: { row in try row.text(0) }) else { return }
    try checkAbsence(ofCheckpoint: Int64(id), uuid: uuid)
  }

  /// Throws `StoreError` for a run that lives or can't go on.  Stands in a transaction or a reading.
  package func checkResumable(run id: Int) throws {
    let row = try connection.queryFirst(
      """
      SELECT r.kind, r.status, r.error, r.deleted_at IS NOT NULL, m.name, (SELECT max(version) FROM model_versions WHERE run_id = r.id),
        \(RunProcess.columns)
      FROM runs AS r LEFT JOIN models AS m ON m.id = r.model_id WHERE r.id = ?
      """, id
    ) { row in
      (
        kind: try kind(row.text(0), ofRun: id), status: try status(row.text(1), ofRun: id), error: try row.textOrNil(2),
        isDeleted: try row.int(3) == 1,
        model: try row.textOrNil(4) ?? "", version: try row.intOrNil(5), process: try RunProcess(row, from: 6)
      )
    }
    guard let row else { throw try noSuchRun(id) }
    guard row.kind != .log else { throw StoreError.notTrainedHere(run: id, path: path) }
    if row.kind != .train { throw StoreError.isImport(run: id, path: path) }
    if row.isDeleted { throw StoreError.deletedRun(id, path: path) }
    switch row.status {
    case .interrupted: return
    case .running where !RunLiveness.isAlive(row.process): return
    case .running: throw StoreError.stillRunning(run: id, pid: row.process.pid, host: row.process.host, path: path)
    case .failed, .killed, .scheduled: throw StoreError.hasFailed(run: id, reason: row.error, path: path)
    case .finished: throw StoreError.alreadyFinished(run: id, model: row.model, version: row.version, path: path)
    }
  }

  /// Removes the metrics of the epochs from this one on; nil for all metrics.  Throws when one before it is missing.
  private func dropMetrics(run id: Int, from epoch: Int?) throws {
    guard let epoch else {
      try connection.execute("DELETE FROM metrics WHERE run_id = ?", id)
      return
    }
    // What was measured before training stands at step 0, whatever the epoch.
    try connection.execute(
      "DELETE FROM metrics WHERE run_id = ? AND step >= ? AND NOT (key = 'test_loss_before' AND step = 0)", id, epoch)
    let losses = try connection.queryFirst(
      "SELECT count(*) FROM metrics WHERE run_id = ? AND key = 'train_loss' AND seq = 0", id
    ) { row in try row.int(0) }
    guard losses == epoch else { throw StoreError.rotten(what: "the losses of run \(id)", path: path) }
  }

  /// The error of a writer whose run is another's now.
  func takenOver(run: Int64) throws -> StoreError {
    let process = try connection.queryFirst("SELECT pid, host FROM runs WHERE id = ?", run) { row in
      (pid: try row.intOrNil(0), host: try row.textOrNil(1))
    }
    return .takenOver(run: Int(run), pid: process?.pid, host: process?.host, path: path)
  }
}
