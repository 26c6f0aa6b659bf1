internal import SQLite
internal import Tensors

/// What deleting or restoring did to one version or run.
public struct DeletionChange: Sendable, Hashable {
  public enum Subject: Sendable, Hashable {
    case version(model: String, version: Int)
    case run(Int)
    case experiment(String)

    public static func == (a: Subject, b: Subject) -> Bool { a.title.hasSameBytes(as: b.title) }
    public func hash(into hasher: inout Hasher) { hasher.combine(Name(title)) }

    /// `neural-net/3`, `run 7` or `experiment xor`.
    var title: String {
      switch self {
      case .version(let model, let version): "\(model)/\(version)"
      case .run(let run): "run \(run)"
      case .experiment(let name): "experiment \(name)"
      }
    }
  }

  public let subject: Subject
  /// False when it was so already.
  public let didChange: Bool

  /// `neural-net/3`, `run 7` or `experiment xor`.
  public var title: String { subject.title }
}

extension Registry {
  /// Deletes versions, runs after them, and experiments with all their runs at the end, softly: nothing shows them any more, `restore` takes
  /// them back until `collectGarbage` removes them.  All of them, or none.
  ///
  /// Throws where an alias points to a version, where a run has a version that is left, or where the process of a run still lives.  A
  /// run whose process is gone is marked as interrupted first.
  @discardableResult
  public func delete(versions: [VersionName], runs: [Int] = [], experiments: [String] = []) throws -> [DeletionChange] {
    try writing {
      let now = Timestamp.now.text
      var changes: [DeletionChange] = []
      // All are found before the first is deleted: latest is one version, and an error names the newest that there is.
      let found = try versions.map { (model: $0.model, version: try storedVersion($0)) }
      for (model, version) in found {
        let subject = DeletionChange.Subject.version(model: model, version: version.number)
        // Named twice is deleted once.
        guard !changes.contains(where: { $0.subject == subject }) else { continue }
        if !version.isDeleted {
          try requireNoAlias(on: version, of: model)
          try connection.execute("UPDATE model_versions SET deleted_at = ? WHERE id = ?", now, version.id)
        }
        changes.append(DeletionChange(subject: subject, didChange: !version.isDeleted))
      }
      for run in runs where !changes.contains(where: { $0.subject == .run(run) }) {
        changes.append(DeletionChange(subject: .run(run), didChange: try delete(run: run, at: now)))
      }
      for name in experiments where !changes.contains(where: { $0.subject == .experiment(name) }) {
        changes.append(DeletionChange(subject: .experiment(name), didChange: try delete(experiment: name, at: now)))
      }
      return changes
    }
  }

  /// Takes back deleted versions, each with its run, deleted runs, and deleted experiments with the runs that went with them.  All of them,
  /// or none.  Throws for what gc has removed.
  @discardableResult
  public func restore(versions: [VersionName], runs: [Int] = [], experiments: [String] = []) throws -> [DeletionChange] {
    try writing {
      var changes: [DeletionChange] = []
      func restoreRun(_ run: Int) throws {
        guard !changes.contains(where: { $0.subject == .run(run) }) else { return }
        try connection.execute("UPDATE runs SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL", run)
        changes.append(DeletionChange(subject: .run(run), didChange: connection.changes > 0))
        try restoreExperiment(ofRun: run)
      }
      for name in experiments where !changes.contains(where: { $0.subject == .experiment(name) }) {
        changes.append(DeletionChange(subject: .experiment(name), didChange: try restore(experiment: name)))
      }
      for run in runs {
        _ = try existingRun(run)
        try restoreRun(run)
      }
      for name in versions {
        let version = try storedVersion(name)
        let subject = DeletionChange.Subject.version(model: name.model, version: version.number)
        guard !changes.contains(where: { $0.subject == subject }) else { continue }
        if version.isRunDeleted { try restoreRun(version.run) }
        if version.isDeleted { try connection.execute("UPDATE model_versions SET deleted_at = NULL WHERE id = ?", version.id) }
        changes.append(DeletionChange(subject: subject, didChange: version.isDeleted))
      }
      return changes
    }
  }

  private struct VersionState {
    let id: Int64
    let number: Int
    let isDeleted: Bool
    let run: Int
    let isRunDeleted: Bool
  }

  /// A version by its name; one by its number may be deleted.
  private func storedVersion(_ name: VersionName) throws -> VersionState {
    let model = try existingModel(name.model)
    var id: Int64?
    if case .number(let number) = name.selector {
      id = try connection.queryFirst("SELECT id FROM model_versions WHERE model_id = ? AND version = ?", model, number) { row in
        try row.int64(0)
      }
    }
    let state = try connection.queryFirst(
      """
      SELECT v.id, v.version, v.deleted_at IS NOT NULL, v.run_id, r.deleted_at IS NOT NULL
      FROM model_versions AS v JOIN runs AS r ON r.id = v.run_id WHERE v.id = ?
      """, try id ?? versionID(name, model: model)
    ) { row in
      VersionState(
        id: try row.int64(0), number: try row.int(1), isDeleted: try row.int64(2) == 1, run: try row.int(3),
        isRunDeleted: try row.int64(4) == 1)
    }
    guard let state else { throw StoreError.rotten(what: "version \(name.title)", path: path) }
    return state
  }

  private func requireNoAlias(on version: VersionState, of model: String) throws {
    let aliases = try connection.query("SELECT alias FROM model_aliases WHERE version_id = ? ORDER BY alias", version.id) { row in
      try row.text(0)
    }
    guard !aliases.isEmpty else { return }
    throw StoreError.aliased(model: model, version: version.number, aliases: aliases, path: path)
  }

  func delete(run: Int, at now: String) throws -> Bool {
    let id = try existingRun(run)
    let isDeleted = try connection.queryFirst("SELECT 1 FROM runs WHERE id = ? AND deleted_at IS NOT NULL", id) { _ in true } ?? false
    guard !isDeleted else { return false }
    let versions = try connection.query(
      """
      SELECT m.name || '/' || v.version FROM model_versions AS v JOIN models AS m ON m.id = v.model_id
      WHERE v.run_id = ? AND v.deleted_at IS NULL ORDER BY v.id
      """, id
    ) { row in try row.text(0) }
    guard versions.isEmpty else {
      let aliases = try connection.query(
        """
        SELECT m.name || '@' || a.alias FROM model_aliases AS a JOIN models AS m ON m.id = a.model_id
        JOIN model_versions AS v ON v.id = a.version_id WHERE v.run_id = ? ORDER BY v.id, a.alias
        """, id
      ) { row in try row.text(0) }
      throw StoreError.runHasVersions(run: run, versions: versions, aliases: aliases, path: path)
    }
    let process = try connection.queryFirst("SELECT \(RunProcess.columns) FROM runs WHERE id = ? AND status = 'running'", id) { row in
      try RunProcess(row, from: 0)
    }
    if let process {
      guard !RunLiveness.isAlive(process) else {
        throw StoreError.stillRunning(run: run, pid: process.pid, host: process.host, path: path)
      }
      // Its process is gone: it was interrupted, at its last sign of life.  Without an owner nobody can write it any more.
      try connection.execute(
        "UPDATE runs SET status = 'interrupted', ended_at = coalesce(heartbeat_at, ?), owner = NULL WHERE id = ?", now, id)
    }
    try connection.execute("UPDATE runs SET deleted_at = ? WHERE id = ?", now, id)
    return true
  }
}
