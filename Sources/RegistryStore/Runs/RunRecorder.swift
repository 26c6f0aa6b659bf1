internal import SQLite
internal import Tensors

/// Writes one run into a registry as it goes.
///
/// A run that takes under 250 ms is one commit at its end.  A longer one is recorded as running and flushed about every 250 ms,
/// so that others see it; its version, when it comes, is stored together with the last metrics, or not at all.
///
/// Every write asks for the owner token that this recorder put into the run: once another process has resumed the run, it throws
/// a `StoreError` of the code `takenOver` and writes nothing.
public final class RunRecorder {
  let registry: Registry
  let content: RunContent
  let identity: RunIdentity
  private var buffer = MetricBuffer()
  /// How many metrics were stored, or more.
  private var storedMetrics: Int
  private var ids: RunIDs?
  private let began = ContinuousClock.now
  /// What was trained after this is lost with the process.
  private var safeUntil = ContinuousClock.now
  private var lastFlush = ContinuousClock.now
  private var pace = CheckpointPace()

  /// A locked file is waited for for so long.
  private static let busyLimit = Duration.seconds(30)
  /// At the end of a training it may be longer, but not by more than this.
  private static let longestWait = Duration.seconds(600)
  /// Who asks for an end waits no longer than this for a locked file.
  private static let farewellLimit = Duration.seconds(5)

  /// A recorder of a new run.
  package init(registry: Registry, content: RunContent) {
    self.registry = registry
    self.content = content
    identity = RunIdentity()
    storedMetrics = 0
  }

  /// A recorder of a run that was taken over.
  package init(registry: Registry, content: RunContent, ownership: RunOwnership) {
    self.registry = registry
    self.content = content
    identity = ownership.identity
    storedMetrics = Registry.fewMetrics
    ids = ownership.ids
  }

  /// The number of the run, once it is recorded.
  package var run: Int? { ids.map { Int($0.run) } }

  /// Notes a value of a metric at a step; it is stored with the next flush.  Where the step has one already, the newest counts.
  public func log(_ key: String, step: Int, _ value: Double) throws {
    append(key, step: step, value)
    try flushIfDue()
  }

  /// The same without a flush.
  package func append(_ key: String, step: Int, _ value: Double) { buffer.append(key, step: step, value: value) }

  /// Stores what was noted if the last flush is a flush interval (250 ms) ago.
  package func flushIfDue() throws {
    if isFlushDue { try flush() }
  }

  /// Whether the last flush is a flush interval ago.
  package var isFlushDue: Bool { ContinuousClock.now - lastFlush > registry.recordingPace.flushInterval }

  /// Stores what was noted, and with it the state of the training, if that takes at most a twentieth of the time spent.  The state, which
  /// has so many bytes, stands after the last epoch that was noted.
  package func flush(stateBytes: Int? = nil, state: () -> CheckpointContent? = { nil }) throws {
    let now = ContinuousClock.now
    var checkpoint: StoredCheckpoint?
    if let stateBytes, pace.isDue(bytes: stateBytes, elapsed: now - began, share: registry.recordingPace.checkpointShare) {
      checkpoint = state().map { StoredCheckpoint($0, runUUID: identity.uuid) }
    }
    let encoded = ContinuousClock.now
    do {
      var locked = encoded
      ids = try registry.writing(busyLimit: registry.recordingPace.flushInterval) {
        locked = .now
        let ids = try begin()
        try buffer.insert(into: registry, run: ids.run)
        if let checkpoint { try registry.store(checkpoint, run: ids.run) }
        return ids
      }
      storedMetrics += buffer.count
      buffer.removeAll()
      // The whole commit counts as the checkpoint's, waiting for other writers doesn't.
      if checkpoint != nil {
        pace.took(encoded - now + (ContinuousClock.now - locked))
        safeUntil = now
      }
    } catch let error as StoreError where error.code == .busy {
      // Somebody else writes: the next flush takes these along.  Only the end of a run has to succeed.
    }
    lastFlush = ContinuousClock.now
  }

  /// Ends the run and stores the version that came of it, in one transaction.
  ///
  /// A locked file is waited for for 30 s; longer only where giving up costs more than waiting: as long as it took to train what no
  /// checkpoint holds, ten minutes at most.  `whileBusy` hears about every second how long that has been.  Throws a `StoreError` of the code `locked`
  /// when that wasn't enough.
  public func finish(_ content: VersionContent, whileBusy: (Duration) throws -> Void = { _ in }) throws -> StoredVersion {
    let start = ContinuousClock.now
    let limit = Self.patience(toSave: start - safeUntil)
    // Before the file is locked.
    let digests = TensorDigester.digests(of: content.stateDict)
    let ahead = try digestAhead()
    while true {
      do {
        return try store(content, digests, ahead)
      } catch let error as StoreError where error.code == .busy {
        let waited = ContinuousClock.now - start
        guard waited < limit else {
          throw StoreError.locked(run: run, seconds: Int(waited.components.seconds), path: registry.path)
        }
        try whileBusy(waited)
      }
    }
  }

  /// How long a locked file is waited for before so much training is given up.
  static func patience(toSave work: Duration) -> Duration { max(busyLimit, min(work, longestWait)) }

  private func store(_ content: VersionContent, _ digests: [Digest], _ ahead: DigestAhead?) throws -> StoredVersion {
    let stored = try registry.writing(busyLimit: .seconds(1)) {
      let ids = try begin()
      try buffer.insert(into: registry, run: ids.run)
      try registry.connection.execute("DELETE FROM checkpoints WHERE run_id = ?", ids.run)
      try end(ids, status: .finished, ahead: ahead)
      let version = try registry.insert(content, digests: digests, model: ids.model, run: ids.run, runUUID: identity.uuid)
      let dataset = try registry.connection.queryFirst(
        "SELECT min(name) FROM dataset_names WHERE dataset_id = ?", ids.dataset
      ) { row in try row.textOrNil(0) }
      let digest = String(self.content.dataset.digest.prefix(12))
      return StoredVersion(model: self.content.model, version: version, run: Int(ids.run), dataset: (dataset ?? nil) ?? digest)
    }
    buffer.removeAll()
    return stored
  }

  /// Ends a run so that it can be resumed from this state, and gives its number.
  package func interrupt(_ state: CheckpointContent, error: String? = nil) throws -> Int {
    let checkpoint = CheckpointPace.fits(bytes: state.byteCount) ? StoredCheckpoint(state, runUUID: identity.uuid) : nil
    let ended = try registry.writing(busyLimit: Self.farewellLimit) {
      let ids = try begin()
      try buffer.insert(into: registry, run: ids.run)
      if let checkpoint { try registry.store(checkpoint, run: ids.run) }
      try end(ids, status: .interrupted, error: error)
      return ids
    }
    ids = ended
    buffer.removeAll()
    return Int(ended.run)
  }

  /// The rows of the run, its model and its dataset: made by the first write; later ones show that the process lives, and find out
  /// whether the run is still this recorder's.  Stands in a transaction, before all that is written in it.
  private func begin() throws -> RunIDs {
    guard let ids else { return try registry.insertRun(content, identity) }
    try registry.connection.execute(
      "UPDATE runs SET heartbeat_at = ? WHERE id = ? AND owner = ? AND status = 'running'", Timestamp.now.text, ids.run, identity.owner)
    guard registry.connection.changes == 1 else { throw try registry.takenOver(run: ids.run) }
    return ids
  }

  /// Of a run with many metrics, once what was noted is stored.
  private func digestAhead() throws -> DigestAhead? {
    guard let run, storedMetrics + buffer.count > Registry.fewMetrics else { return nil }
    try flush()
    return buffer.isEmpty ? try registry.digestAhead(ofRun: run) : nil
  }

  private func end(_ ids: RunIDs, status: RunStatus, error: String? = nil, ahead: DigestAhead? = nil) throws {
    try registry.connection.execute(
      "UPDATE runs SET status = ?, ended_at = ?, error = ?, digest = ? WHERE id = ? AND owner = ?", status.rawValue, Timestamp.now.text,
      error,
      try registry.runDigest(Int(ids.run), ahead: ahead), ids.run, identity.owner)
    guard registry.connection.changes == 1 else { throw try registry.takenOver(run: ids.run) }
  }
}
