internal import SQLite
internal import Tensors

/// A checkpoint of a run as its row has it: the state and a digest over it, made before the file is locked.
struct StoredCheckpoint {
  let state: CheckpointContent
  let createdAt: String
  let digest: String

  init(_ state: CheckpointContent, runUUID: String, createdAt: String = Timestamp.now.text) {
    self.state = state
    self.createdAt = createdAt
    // SHA-256 over whose it is and every column: texts and numbers as netstrings, blobs behind their lengths, NULL as `-`.
    var builder = DigestBuilder()
    for text in [runUUID, "\(state.epoch)", createdAt] { builder.update(netstring: text) }
    if let json = state.earlyStopping { builder.update(netstring: json) } else { builder.update(Array("-".utf8)) }
    for blob in [state.generator, state.weights, state.bestWeights, state.optimizer] {
      builder.update(Array((blob.map { "\($0.count):" } ?? "-").utf8))
      if let blob { builder.update(blob) }
    }
    digest = builder.finalize().hex
  }
}

extension Registry {
  /// Puts a checkpoint into the place of the run's older one.  Stands in a transaction.
  func store(_ checkpoint: StoredCheckpoint, run: Int64) throws {
    let state = checkpoint.state
    try connection.execute(
      """
      INSERT INTO checkpoints (run_id, epoch, created_at, digest, early_stopping, generator, weights, best_weights, optimizer_state)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (run_id) DO UPDATE SET epoch = excluded.epoch, created_at = excluded.created_at, digest = excluded.digest,
        early_stopping = excluded.early_stopping, generator = excluded.generator, weights = excluded.weights,
        best_weights = excluded.best_weights, optimizer_state = excluded.optimizer_state
      """,
      run, state.epoch, checkpoint.createdAt, checkpoint.digest, state.earlyStopping, state.generator, state.weights, state.bestWeights,
      state.optimizer)
  }

  /// The newest checkpoint of a run, checked by its digest; nil when it has none.  Stands in a transaction.
  func checkpoint(run: Int64, uuid: String) throws -> CheckpointContent? {
    guard let stored = try storedCheckpoint(run: run, uuid: uuid) else { return nil }
    guard stored.checkpoint.digest == stored.digest else {
      throw StoreError.rotten(what: "the checkpoint of run \(run)", path: path)
    }
    return stored.checkpoint.state
  }

  /// The digest that a run's newest checkpoint has in its row, which tells it from others; nil when there is none.
  func checkpointDigest(run: Int) throws -> String? {
    try connection.queryFirst("SELECT digest FROM checkpoints WHERE run_id = ?", run) { row in try row.text(0) }
  }

  /// Throws where a run seems to have no checkpoint and may have one: in a page whose count of rows is damaged, or in a row that seems to
  /// be another run's.  That is no reason to begin a run anew.  Reads all checkpoints there are: outside of transactions that write.
  func checkAbsence(ofCheckpoint run: Int64, uuid: String) throws {
    let place = StoreError.rotten(what: "the place of the checkpoint of run \(run)", path: path)
    let state = try connection.queryFirst("PRAGMA integrity_check(checkpoints)") { row in try row.text(0) }
    guard state == "ok" else { throw place }
    for other in try connection.query("SELECT run_id FROM checkpoints", row: { row in try row.int64(0) }) {
      // The digest tells whose it is.  One that is nobody's is damaged, which verify tells.
      guard let stored = try storedCheckpoint(run: other, uuid: uuid) else { throw place }
      guard stored.checkpoint.digest != stored.digest else { throw place }
    }
  }

  /// The row of a checkpoint: what it should hold if it is of the run with this uuid, and the digest that it has.
  private func storedCheckpoint(run: Int64, uuid: String) throws -> (checkpoint: StoredCheckpoint, digest: String)? {
    try connection.queryFirst(
      """
      SELECT epoch, created_at, digest, early_stopping, generator, weights, best_weights, optimizer_state FROM checkpoints WHERE run_id = ?
      """, run
    ) { row in
      let state = CheckpointContent(
        epoch: try row.int(0), weights: try row.blob(5), optimizer: try row.blobOrNil(7), generator: try row.blobOrNil(4),
        bestWeights: try row.blobOrNil(6), earlyStopping: try row.textOrNil(3))
      return (checkpoint: StoredCheckpoint(state, runUUID: uuid, createdAt: try row.text(1)), digest: try row.text(2))
    }
  }
}
