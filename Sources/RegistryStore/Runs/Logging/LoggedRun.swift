internal import Synchronization
public import Tensors

// Invariants:
// 1. `log` only appends, under a lock of its own that nobody holds while writing: a training loop never waits for the disk.
// 2. A thread stores what waits every 250 ms, so a crash loses at most what came after; it has a connection of its own, under the second lock.
// 3. What goes wrong on that thread is thrown by the next call, and nothing is dropped for it: a locked file is left for the next time.
// 4. The thread knows the run weakly: who drops the run ends it, as interrupted.

/// A run of any program as it goes: a training of yours, with its own params, metrics, files and versions.
///
///     let run = try registry.startRun(model: "xor", params: ["lr": 0.03])
///     for epoch in 0..<2000 { try run.log(epoch: epoch, ["train_loss": trainLoss, "val_loss": valLoss]) }
///     let version = try run.finish(stateDict, metrics: ["test_loss": testLoss])
///
/// It may be used from any thread or task.  `log` takes less than a microsecond and never waits; what it was given is stored within 250 ms.
/// A run that is dropped without an end is shown as interrupted.  Throws `StoreError`.
public final class LoggedRun: Sendable {
  private struct Value {
    let key: String
    let step: Int?
    let value: Double
    let time: Int64
  }

  /// What waits for the thread.
  private struct Waiting {
    var values: [Value] = []
    var hasEnded = false
    /// Of the timer's thread, for the next call.
    var failure: (any Error)?
  }

  /// A writer belongs to one thread at a time: that which holds the lock.  Unchecked, since its registry is its own and is reached by it alone,
  /// which the compiler can't see.
  private struct Writer: @unchecked Sendable {
    let writer: RunWriter
  }

  /// A version whose closures go to another thread.  Unchecked: `sending` has its giver keep nothing of it.
  private struct Handed: @unchecked Sendable {
    let value: LoggedVersion
  }

  private let waiting = Mutex(Waiting())
  private let writer: Mutex<Writer>
  private let timer: FlushTimer

  /// A thread for one thing that a task waits for.
  private var jobs: JobQueue<LoggedRun> { JobQueue(threads: 1) { self } }

  /// Its number.
  public let run: Int
  /// The same in every registry that it is merged into.
  public let uuid: String
  public let experiment: String

  /// The writer's registry is its own.
  init(_ writer: RunWriter) {
    run = writer.run
    uuid = writer.uuid
    experiment = writer.experiment
    self.writer = Mutex(Writer(writer: writer))
    timer = FlushTimer(every: writer.registry.recordingPace.flushInterval)
    timer.start { [weak self] in self?.flushQuietly() != nil }
  }

  deinit {
    timer.stop()
    let hasEnded = waiting.withLock { $0.hasEnded }
    guard !hasEnded else { return }
    // Nobody is left to hear of an earlier failure.
    waiting.withLock { $0.failure = nil }
    try? end(.interrupted)
  }

  // MARK: Metrics

  /// Notes values of metrics at a step, which may be any number.
  ///
  /// - Parameter time: milliseconds since 1970; nil is now.
  public func log(step: Int, _ values: NamedValues<Double>, time: Int64? = nil) throws {
    let time = time ?? Timestamp.milliseconds()
    try enqueue(values.first { $0.name.isEmpty }?.name) { waiting in
      for (key, value) in values { waiting.values.append(Value(key: key, step: step, value: value, time: time)) }
    }
  }

  /// Notes values of metrics of an epoch: its step.
  public func log(epoch: Int, _ values: NamedValues<Double>) throws { try log(step: epoch, values) }

  /// Notes the value of a metric; without a step, one after its highest.
  public func log(_ key: String, step: Int? = nil, _ value: Double, time: Int64? = nil) throws {
    let time = time ?? Timestamp.milliseconds()
    try enqueue(key) { $0.values.append(Value(key: key, step: step, value: value, time: time)) }
  }

  private func enqueue(_ key: String?, _ body: (inout Waiting) -> Void) throws {
    if let key, key.isEmpty { throw StoreError(.emptyName, "a metric", "its name is empty", path: "") }
    let failure = waiting.withLock { waiting -> (any Error)? in
      defer { waiting.failure = nil }
      if waiting.hasEnded { return waiting.failure ?? ended }
      body(&waiting)
      return waiting.failure
    }
    if let failure { throw failure }
  }

  private var ended: StoreError { .runEnded(run, path: writer.withLock { $0.writer.registry.path }) }

  // MARK: Everything else

  /// Params; one that has this value already stays, and one that has another is refused.
  public func log(params: NamedValues<ParamValue>) throws { try write { try $0.set(params: params) } }

  /// Tags; a later value takes the place of an earlier one.
  public func set(tags: NamedValues<CellValue>) throws { try write { try $0.set(tags: tags) } }

  /// A note with its date.
  public func add(note: String) throws { try write { try $0.add(note: note) } }

  /// Stores a file, or all files of a folder, as artifacts: under `name`, else under its own.  One that has the name already is replaced.
  public func add(file: String, as name: String? = nil) throws { try write { try $0.add(file: file, as: name) } }

  /// Whether a folder has files of the registry in it, which are left out where all of the folder is stored.
  package func leavesRegistryOut(of folder: String) -> Bool { writer.withLock { $0.writer.registry.holdsItself(folder) } }

  /// Stores bytes as an artifact.
  public func add(bytes: [UInt8], as name: String) throws { try write { try $0.add(bytes: bytes, as: name) } }

  /// Stores what the run says it read.
  public func add(dataset: RunDataset) throws { try write { try $0.add(dataset: dataset) } }

  /// Stores a version while the run goes on: a checkpoint, say.
  @discardableResult
  public func save(_ version: LoggedVersion) throws -> StoredVersion { try write { try $0.save(version) } }

  /// Stores all that was given.
  public func flush() throws { try write { try $0.flush() } }

  /// Ends the run.
  public func end(_ status: RunStatus = .finished, error: String? = nil, exitCode: Int? = nil) throws {
    try writeLast { try $0.end(status, error: error, exitCode: exitCode) }
  }

  /// Stores the version that came of the run, and ends it, in one transaction.
  ///
  /// - Parameters:
  ///   - stateDict: the weights, by the names that PyTorch gives them.
  ///   - metrics: what was measured of these very weights.
  ///   - aliases: names that point to the version from now on.
  @discardableResult
  public func finish(_ stateDict: StateDict, metrics: NamedValues<Double> = [:], aliases: [String] = []) throws -> StoredVersion {
    var version = LoggedVersion(stateDict)
    version.metrics = metrics
    version.aliases = aliases
    return try finish(version)
  }

  /// Stores the version that came of the run, and ends it, in one transaction.
  @discardableResult
  public func finish(_ version: LoggedVersion) throws -> StoredVersion {
    try writeLast { try $0.save(version, endsRun: true) }
  }

  // MARK: For tasks

  // The same as above, for tasks: what waits for the disk is done by a thread made for it, never by one of Swift's pool.

  /// Stores all that was given.
  public func flush() async throws { try await jobs.run { try $0.flush() } }

  /// Stores a file, or all files of a folder, as artifacts.
  public func add(file: String, as name: String? = nil) async throws { try await jobs.run { try $0.add(file: file, as: name) } }

  /// Stores bytes as an artifact.
  public func add(bytes: [UInt8], as name: String) async throws { try await jobs.run { try $0.add(bytes: bytes, as: name) } }

  /// Params; one that has this value already stays, and one that has another is refused.
  public func log(params: NamedValues<ParamValue>) async throws { try await jobs.run { try $0.log(params: params) } }

  /// Tags; a later value takes the place of an earlier one.
  public func set(tags: NamedValues<CellValue>) async throws { try await jobs.run { try $0.set(tags: tags) } }

  /// A note with its date.
  public func add(note: String) async throws { try await jobs.run { try $0.add(note: note) } }

  /// Stores what the run says it read.
  public func add(dataset: RunDataset) async throws { try await jobs.run { try $0.add(dataset: dataset) } }

  /// Stores a version while the run goes on: a checkpoint, say.
  @discardableResult
  public func save(_ version: sending LoggedVersion) async throws -> StoredVersion {
    let handed = Handed(value: version)
    return try await jobs.run { try $0.save(handed.value) }
  }

  /// Stores the version that came of the run, and ends it, in one transaction.
  @discardableResult
  public func finish(_ version: sending LoggedVersion) async throws -> StoredVersion {
    let handed = Handed(value: version)
    return try await jobs.run { try $0.finish(handed.value) }
  }

  /// Ends the run.
  public func end(_ status: RunStatus = .finished, error: String? = nil, exitCode: Int? = nil) async throws {
    try await jobs.run { try $0.end(status, error: error, exitCode: exitCode) }
  }

  /// Stores the version that came of the run, and ends it, in one transaction.
  @discardableResult
  public func finish(_ stateDict: StateDict, metrics: NamedValues<Double> = [:], aliases: [String] = []) async throws -> StoredVersion {
    try await jobs.run { try $0.finish(stateDict, metrics: metrics, aliases: aliases) }
  }

  /// Runs `body`, after which the run has ended.  What is logged from now on is refused, by whichever thread: it would come too late.
  private func writeLast<T>(_ body: (RunWriter) throws -> T) throws -> T {
    let result = try writer.withLock { writer in
      do {
        try take(writer.writer, isLast: true)
        return try body(writer.writer)
      } catch {
        waiting.withLock { $0.hasEnded = writer.writer.hasEnded }
        throw error
      }
    }
    timer.stop()
    return result
  }

  /// Runs `body` with the writer, which has taken all values that were logged before.
  private func write<T>(_ body: (RunWriter) throws -> T) throws -> T {
    try writer.withLock { writer in
      try take(writer.writer)
      return try body(writer.writer)
    }
  }

  /// Hands what waits to the writer.  Whoever calls this has the lock of the writer.
  private func take(_ writer: RunWriter, isLast: Bool = false, throwsFailure: Bool = true) throws {
    let taken = try waiting.withLock { waiting in
      if throwsFailure, let failure = waiting.failure {
        waiting.failure = nil
        throw failure
      }
      let taken = waiting.values
      waiting.values = []
      if isLast { waiting.hasEnded = true }
      return taken
    }
    for value in taken { try writer.log(value.key, step: value.step, value.value, time: value.time) }
  }

  /// On the timer's thread.
  private func flushQuietly() {
    do {
      try writer.withLock { writer in
        try take(writer.writer, throwsFailure: false)
        try writer.writer.flushIfDue()
      }
    } catch {
      waiting.withLock { if $0.failure == nil { $0.failure = error } }
    }
  }
}
