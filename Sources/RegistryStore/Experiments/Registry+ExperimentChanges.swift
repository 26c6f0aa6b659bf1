internal import SQLite
internal import Tensors

// What becomes of experiments: renaming, and soft deletion together with their runs.

extension Registry {
  /// Renames an experiment; its runs, notes and tags go with it.  False when it is called that already.
  @discardableResult
  public func renameExperiment(_ name: String, to newName: String) throws -> Bool {
    try Self.checkExperimentName(newName)
    return try writing {
      let experiment = try existingExperiment(name)
      guard !name.hasSameBytes(as: newName) else { return false }
      guard experiment.id != 0 else { throw staysDefault(name, "it can't be renamed") }
      let isTaken = try connection.queryFirst("SELECT 1 FROM experiments WHERE name = ?", newName) { _ in true } ?? false
      guard !isTaken else { throw StoreError.experimentNameTaken(newName, path: path) }
      try connection.execute("UPDATE experiments SET name = ? WHERE id = ?", newName, experiment.id)
      try touch(experiment: experiment.id)
      return true
    }
  }

  /// Deletes an experiment softly, and with it all of its runs that aren't deleted yet.  Stands in a transaction.
  ///
  /// Throws where one of the runs has a version that isn't deleted, or is still written by its process.
  func delete(experiment name: String, at now: String) throws -> Bool {
    let experiment = try existingExperiment(name)
    guard experiment.id != 0 else { throw staysDefault(name, "it can't be deleted") }
    guard !experiment.isDeleted else { return false }
    let versions = try connection.query(
      """
      SELECT r.id, m.name || '/' || v.version FROM runs AS r JOIN model_versions AS v ON v.run_id = r.id JOIN models AS m ON m.id = v.model_id
      WHERE r.experiment_id = ? AND v.deleted_at IS NULL ORDER BY v.id LIMIT 20
      """, experiment.id
    ) { row in (run: try row.int(0), title: try row.text(1)) }
    if let first = versions.first {
      let more =
        versions.count == 1 ? "" : " (and \(versions.count == 20 ? "more" : "\(versions.count - 1) more") of its runs' versions are here)"
      throw StoreError.experimentHasVersions(
        name: name, problem: "run \(first.run) of it has the version \(first.title)\(more)", versions: versions.map(\.title), path: path)
    }
    let running = try connection.query(
      "SELECT id FROM runs WHERE experiment_id = ? AND status = 'running' AND deleted_at IS NULL ORDER BY id", experiment.id
    ) { row in try row.int(0) }
    // Each by itself: one whose process has gone is marked as interrupted.
    for run in running { _ = try delete(run: run, at: now) }
    try connection.execute("UPDATE runs SET deleted_at = ? WHERE experiment_id = ? AND deleted_at IS NULL", now, experiment.id)
    try connection.execute("UPDATE experiments SET deleted_at = ?, updated_at = ? WHERE id = ?", now, now, experiment.id)
    return true
  }

  /// Takes back a deleted experiment, and the runs that went with it.  Stands in a transaction.
  func restore(experiment name: String) throws -> Bool {
    let experiment = try existingExperiment(name)
    guard experiment.isDeleted else { return false }
    try connection.execute(
      """
      UPDATE runs SET deleted_at = NULL
      WHERE experiment_id = ?1 AND deleted_at = (SELECT deleted_at FROM experiments WHERE id = ?1)
      """, experiment.id)
    try connection.execute("UPDATE experiments SET deleted_at = NULL WHERE id = ?", experiment.id)
    try touch(experiment: experiment.id)
    return true
  }

  /// Takes back the experiment of a run, where it is deleted: no run stands in one that is.  Stands in a transaction.
  func restoreExperiment(ofRun run: Int) throws {
    try connection.execute(
      """
      UPDATE experiments SET deleted_at = NULL, updated_at = ?
      WHERE id = (SELECT experiment_id FROM runs WHERE id = ?) AND deleted_at IS NOT NULL
      """, Timestamp.now.text, run)
  }

  /// Notes when an experiment was changed last.  Stands in a transaction.
  func touch(experiment id: Int64) throws {
    try connection.execute("UPDATE experiments SET updated_at = ? WHERE id = ?", Timestamp.now.text, id)
  }

  private func staysDefault(_ name: String, _ what: String) -> StoreError {
    StoreError(.defaultExperiment, "experiment '\(name)'", "it is the experiment of runs that name none: \(what)", path: path)
  }
}
