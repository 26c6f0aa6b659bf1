internal import Datasets
internal import SQLite
internal import Tensors
internal import Training

/// Writes one run into a registry as it goes.
///
/// A run that takes under 250 ms is one commit at its end.  A longer one is recorded as running and flushed about every 250 ms,
/// so that others see it; its version, when it comes, is stored together with the last metrics, or not at all.
public final class RunRecorder {
  private let registry: Registry
  private let description: RunDescription
  private let uuid = makeUUID()
  private let startedAt = Timestamp.now()
  private var pending: [Metric] = []
  private var ids: (run: Int64, model: Int64, dataset: Int64)?
  private var lastFlush = ContinuousClock.now

  private struct Metric {
    let key: String
    let step: Int
    let value: Double
    let time: Int64
  }

  private static let flushInterval = Duration.milliseconds(250)

  public init(registry: Registry, description: RunDescription) {
    self.registry = registry
    self.description = description
  }

  /// Notes a value of a metric at a step; it is stored with the next flush.
  public func log(_ key: String, step: Int, _ value: Double) throws {
    pending.append(Metric(key: key, step: step, value: value, time: Timestamp.milliseconds()))
    let now = ContinuousClock.now
    guard now - lastFlush > Self.flushInterval else { return }
    do {
      ids = try registry.writing(busyLimit: Self.flushInterval) {
        let ids = try begin()
        try insertPending(run: ids.run)
        try registry.connection.execute("UPDATE runs SET heartbeat_at = ? WHERE id = ?", Timestamp.now(), ids.run)
        return ids
      }
      pending.removeAll(keepingCapacity: true)
    } catch RegistryError.busy {
      // Somebody else writes: the next flush takes these along.  Only the end of a run has to succeed.
    }
    lastFlush = ContinuousClock.now
  }

  /// Ends the run and stores the version that came of it, in one transaction.
  public func finish(_ content: VersionContent) throws -> StoredVersion {
    let stored = try registry.writing {
      let ids = try begin()
      try insertPending(run: ids.run)
      try end(run: ids.run, status: "finished")
      let version = try registry.insert(content, model: ids.model, run: ids.run, runUUID: uuid)
      let dataset = try registry.connection.queryFirst(
        "SELECT min(name) FROM dataset_names WHERE dataset_id = ?", ids.dataset
      ) { row in try row.textOrNil(0) }
      let digest = String(description.dataset.digest.hex.prefix(12))
      return StoredVersion(model: description.model, version: version, run: Int(ids.run), dataset: (dataset ?? nil) ?? digest)
    }
    pending.removeAll()
    return stored
  }

  /// Ends a run that was recorded as running without a version; one that wasn't leaves nothing.
  public func fail(_ message: String) throws {
    guard let ids else { return }
    try registry.writing {
      try insertPending(run: ids.run)
      try end(run: ids.run, status: "failed", error: message)
    }
    pending.removeAll()
  }

  /// The rows of the run, its model and its dataset; made unless a flush has committed them.
  private func begin() throws -> (run: Int64, model: Int64, dataset: Int64) {
    if let ids { return ids }
    let model = try registry.modelID(creating: description.model)
    let dataset = try registry.store(description.dataset, suggestedName: description.datasetName)
    let process = ProcessIdentity.current
    let now = Timestamp.now()
    try registry.connection.execute(
      """
      INSERT INTO runs (uuid, kind, model_id, dataset_id, parent_version_id, status, seed, started_at, program_version, host, pid,
        process_start, boot_id, pid_namespace, heartbeat_at, owner)
      VALUES (?, 'train', ?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      uuid, model, dataset, description.parent?.id, Int64(bitPattern: description.hyperparameters.seed), startedAt, programVersion,
      process.host, process.pid, process.start, process.bootID, process.pidNamespace, now, makeUUID())
    let run = registry.connection.lastInsertRowID
    for (key, value) in description.params {
      try registry.connection.execute("INSERT INTO params (run_id, key, value) VALUES (?, ?, ?)", run, key, value.storable)
    }
    return (run, model, dataset)
  }

  /// A statement that a trigger may abort keeps a journal of its own, which costs more than the row: so many rows share one.
  private static let rowsPerInsert = 128

  private func insertPending(run: Int64) throws {
    var rest = pending[...]
    while !rest.isEmpty {
      let rows = rest.count >= Self.rowsPerInsert ? Self.rowsPerInsert : 1
      var insert = try registry.connection.prepare(
        "INSERT INTO metrics (run_id, key, step, value, time) VALUES "
          + repeatElement("(?1, ?, ?, ?, ?)", count: rows).joined(separator: ", "))
      try insert.bind(run, at: 0)
      while rest.count >= rows {
        for (row, metric) in rest.prefix(rows).enumerated() {
          try insert.bind(metric.key, at: 4 * row + 1)
          try insert.bind(Int64(metric.step), at: 4 * row + 2)
          try insert.bind(metric.value, at: 4 * row + 3)
          try insert.bind(metric.time, at: 4 * row + 4)
        }
        try insert.run()
        rest = rest.dropFirst(rows)
      }
    }
  }

  private func end(run: Int64, status: String, error: String? = nil) throws {
    try registry.connection.execute(
      "UPDATE runs SET status = ?, ended_at = ?, error = ?, digest = ? WHERE id = ?", status, Timestamp.now(), error,
      try registry.runDigest(Int(run)), run)
  }
}

/// What was stored at the end of a run.
public struct StoredVersion: Sendable, Hashable {
  public let model: String
  public let version: Int
  public let run: Int
  /// A name of the dataset, or the beginning of its digest.
  public let dataset: String
}
