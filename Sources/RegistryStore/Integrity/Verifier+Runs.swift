internal import SQLite

extension Verifier {
  /// Every run: what it is, its params and metrics against the digest that sealed it, and its checkpoint.
  func checkRuns() throws {
    try eachRow(of: "runs", .run) { id in
      let found = try connection.queryFirst(
        """
        SELECT status = 'finished' AND digest IS NULL, (SELECT name FROM models WHERE id = model_id),
          EXISTS (SELECT 1 FROM model_versions WHERE run_id = runs.id)
        FROM runs WHERE id = ?
        """, id
      ) { row in (isOpen: try row.int(0) == 1, model: try row.textOrNil(1) ?? "?", hasVersion: try row.int(2) == 1) }
      guard let found else { return }
      let place = "runs id \(id) (\(found.model))"
      func note(_ problem: String) {
        report(.run, problem, at: place)
        if !found.hasVersion { addStray(run: Int(id)) }
      }
      guard !found.isOpen else { return note("it is finished, but nothing seals its params and metrics") }
      do {
        try registry.checkSeal(ofRun: Int(id))
      } catch let error as StoreError where error.code == .rotten {
        note(error.message)
      }
      if let key = try staleMetric(ofRun: id) { note("metrics_latest has not the newest value of '\(key)'") }
      if try isPartOfItself(id) { report(.run, "it is a part of itself", at: place) }
    }
    try eachRow(of: "checkpoints", id: "run_id", .checkpoint) { run in
      let place = "checkpoints of run \(run)"
      if let problem = try problem(ofCheckpoint: run) { report(.checkpoint, problem, at: place) }
      guard !isQuick else { return }
      _ = try reportingDamage(.checkpoint, at: place) {
        // Whose run isn't there is found by the foreign keys.
        guard let uuid = try connection.queryFirst("SELECT uuid FROM runs WHERE id = ?", run, row: { row in try row.text(0) }) else {
          return
        }
        _ = try registry.checkpoint(run: run, uuid: uuid)
      }
    }
  }

  /// What is wrong with the checkpoint of a run.
  private func problem(ofCheckpoint run: Int64) throws -> String? {
    let isSealed = try connection.queryFirst("SELECT digest IS NOT NULL AND status = 'finished' FROM runs WHERE id = ?", run) { row in
      try row.int(0) == 1
    }
    return isSealed == true ? "its run is finished: there is nothing to resume" : nil
  }

  /// Whether a walk from a run to the one that it is a part of comes back to it.
  private func isPartOfItself(_ run: Int64) throws -> Bool {
    let sql = """
      WITH RECURSIVE above (id) AS (
        SELECT parent_run_id FROM runs WHERE id = ?1 AND parent_run_id IS NOT NULL
        UNION
        SELECT r.parent_run_id FROM above JOIN runs AS r ON r.id = above.id WHERE r.parent_run_id IS NOT NULL
      )
      SELECT EXISTS (SELECT 1 FROM above WHERE id = ?1)
      """
    return try connection.queryFirst(sql, run) { row in try row.int(0) == 1 } ?? false
  }

  /// A metric of a run whose newest value isn't the one in `metrics_latest`.
  private func staleMetric(ofRun run: Int64) throws -> String? {
    let sql = """
      WITH newest AS (
        SELECT n.key, m.value, m.step, m.time FROM (SELECT key, max(step) AS step FROM metrics WHERE run_id = ?1 GROUP BY key) AS n
        JOIN metrics AS m ON m.run_id = ?1 AND m.key = n.key AND m.step = n.step AND m.seq = (
          SELECT max(seq) FROM metrics WHERE run_id = ?1 AND key = n.key AND step = n.step)
      ), latest AS (SELECT key, value, step, time FROM metrics_latest WHERE run_id = ?1)
      SELECT key FROM (SELECT * FROM newest EXCEPT SELECT * FROM latest)
      UNION ALL SELECT key FROM (SELECT * FROM latest EXCEPT SELECT * FROM newest) LIMIT 1
      """
    return try connection.queryFirst(sql, run) { row in try row.text(0) }
  }
}
