internal import SQLite
internal import Tensors

// Invariants:
// 1. Every write asks for the owner token that this writer put into the run: once another one goes on with the run, it throws and
//    writes nothing.
// 2. Metrics, params, tags and notes wait for the next flush; what a version or an end writes takes along all that waits, in one transaction.
// 3. While the run is running it has no digest.  Its end seals it, in the transaction that writes the last of it.

/// Writes one logged run into a registry: any params and metrics, files, datasets, versions.  It belongs to one thread, as its registry does.
package final class RunWriter {
  let registry: Registry
  /// The number of the run.
  package let run: Int
  package let uuid: String
  /// The model that its versions belong to, once there is one.
  package internal(set) var model: String?
  package let experiment: String
  let id: Int64
  let owner: String
  private var buffer = MetricBuffer()
  private var known: [Name: ParamValue] = [:]
  private var params: [(key: String, value: ParamValue)] = []
  private var tags: [(key: String, value: CellValue)] = []
  private var notes: [(text: String, at: String)] = []
  private var lastFlush = ContinuousClock.now
  package private(set) var hasEnded = false

  /// How often a run that logs nothing says that it lives.
  private static let heartbeat = Duration.seconds(5)

  /// Begins a run: its row, its params and its tags, in one transaction.
  package init(
    _ registry: Registry, _ info: RunInfo, params: NamedValues<ParamValue> = [:], tags: NamedValues<CellValue> = [:]
  ) throws {
    self.registry = registry
    if let model = info.model { try Registry.checkName(model, of: "model") }
    let experiment = info.experiment ?? info.model ?? Registry.defaultExperiment
    let identity = RunIdentity(
      uuid: info.uuid ?? makeUUID(), startedAt: info.startedAt?.text ?? Timestamp.now.text)
    let id = try registry.writing { try registry.insertLoggedRun(info, experiment: experiment, identity) }
    self.id = id
    run = Int(id)
    uuid = identity.uuid
    owner = identity.owner
    model = info.model
    self.experiment = experiment
    try set(params: params)
    try set(tags: tags)
    if !params.isEmpty || !tags.isEmpty { try flush() }
  }

  /// Goes on with a logged run, ended or not.  Throws for one that another process writes, and for a training or an import.
  package init(_ registry: Registry, continuing run: Int) throws {
    self.registry = registry
    owner = makeUUID()
    let owner = owner
    let found = try registry.writing { try registry.reopen(run: run, owner: owner) }
    (id, self.run, uuid, model, experiment) = (Int64(run), run, found.uuid, found.model, found.experiment)
    for (key, value) in found.params { known[Name(key)] = value }
    for (key, step) in found.steps { buffer.noteStored(key, upTo: step) }
  }

  // MARK: What waits for the next flush

  /// Notes the value of a metric.  `time` is in milliseconds since 1970; nil is now.  Without a step it is one after the metric's highest.
  package func log(_ key: String, step: Int?, _ value: Double, time: Int64? = nil) throws {
    try expectOpen()
    guard !key.isEmpty else { throw error(.emptyName, "a metric", "its name is empty") }
    let step = step ?? buffer.highestStep(of: key).map { $0 == .max ? $0 : $0 + 1 } ?? 0
    buffer.append(key, step: step, value: value, time: time ?? Timestamp.milliseconds())
  }

  /// Notes params.  One that has this value already stays; throws for one that has another, and then takes none of them.
  package func set(params: NamedValues<ParamValue>) throws {
    try expectOpen()
    var new: [(key: String, value: ParamValue)] = []
    for (key, value) in params {
      guard !key.isEmpty else { throw error(.emptyName, "a param", "its name is empty") }
      guard let old = known[Name(key)] ?? new.last(where: { $0.key.hasSameBytes(as: key) })?.value else {
        new.append((key, value))
        continue
      }
      guard old.isSame(as: value) else {
        throw error(
          .valueTaken, "param '\(key)' of run \(run)", "it is \(old.text) already, and a param never changes (given: \(value.text))")
      }
    }
    for (key, value) in new { known[Name(key)] = value }
    self.params += new
  }

  /// Notes tags; a later value takes the place of an earlier one.
  package func set(tags: NamedValues<CellValue>) throws {
    try expectOpen()
    guard tags.allSatisfy({ !$0.name.isEmpty }) else { throw error(.emptyName, "a tag", "its name is empty") }
    self.tags += tags.map { (key: $0.name, value: $0.value.asTag) }
  }

  package func add(note: String) throws {
    try expectOpen()
    guard !note.isEmpty else { return }
    notes.append((note, Timestamp.now.text))
  }

  private var isWaiting: Bool { !buffer.isEmpty || !params.isEmpty || !tags.isEmpty || !notes.isEmpty }

  /// Stores what waits if the last flush is a flush interval (250 ms) ago, or says that the run lives where nothing has waited for five
  /// seconds.  A file that is locked is left for the next time.
  package func flushIfDue() throws {
    let age = ContinuousClock.now - lastFlush
    guard age > registry.recordingPace.flushInterval, isWaiting || age > Self.heartbeat, !hasEnded else { return }
    do { try flush(busyLimit: registry.recordingPace.flushInterval) } catch let error as StoreError where error.code == .busy {
      lastFlush = .now
    }
  }

  /// Stores what waits.
  package func flush(busyLimit: Duration = Registry.busyLimit) throws {
    try expectOpen()
    try registry.writing(busyLimit: busyLimit) { try writeWaiting() }
    forgetWaiting()
  }

  /// Stores what waits.  Stands in a transaction; `forgetWaiting` follows once that is committed.
  func writeWaiting() throws {
    try registry.connection.execute(
      "UPDATE runs SET heartbeat_at = ? WHERE id = ? AND owner = ? AND status = 'running'", Timestamp.now.text, id, owner)
    guard registry.connection.changes == 1 else { throw try registry.takenOver(run: id) }
    for (key, value) in params {
      try registry.connection.execute(
        "INSERT INTO params (run_id, key, value, text) VALUES (?, ?, ?, ?)", id, key, value.value.storable, value.spelling)
    }
    for (key, value) in tags {
      try registry.connection.execute(
        "INSERT INTO tags (run_id, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", id, key, value.storable)
    }
    for (text, at) in notes { try registry.insertNote(text, at: at, of: .run, id: id) }
    try buffer.insert(into: registry, run: id)
  }

  /// Runs `body`; where that throws, what waits is what waited before.
  func undoing(_ body: () throws -> Void) throws {
    let before = (buffer, known, params, tags, notes)
    do { try body() } catch {
      (buffer, known, params, tags, notes) = before
      throw error
    }
  }

  func forgetWaiting() {
    buffer.removeAll()
    params.removeAll()
    tags.removeAll()
    notes.removeAll()
    lastFlush = .now
  }

  // MARK: What is stored at once

  /// Stores a file of the disk, or all files of a folder, as artifacts; one that has the name already is replaced.
  package func add(file: String, as name: String? = nil) throws {
    try add(RunAddition(files: [(file: file, name: name)]))
  }

  /// Stores bytes as an artifact.
  package func add(bytes: [UInt8], as name: String) throws {
    try add(RunAddition(texts: [(bytes: bytes, name: name)]))
  }

  /// Stores what the run says it read; the same name and digest are stored once.
  package func add(dataset: RunDataset) throws { try add(RunAddition(dataset: dataset)) }

  /// Ends the run, and seals it.
  package func end(_ status: RunStatus = .finished, error: String? = nil, exitCode: Int? = nil, at time: Timestamp? = nil) throws {
    try expectOpen()
    guard status.isEnd else { throw self.error(.illegalEnd, "the end of run \(run)", "'\(status.rawValue)' is no end") }
    try registry.writing {
      try writeWaiting()
      try writeEnd(status, error: error, exitCode: exitCode, at: time)
    }
    forgetWaiting()
    hasEnded = true
  }

  /// Stands in a transaction, after `writeWaiting`.
  func writeEnd(_ status: RunStatus, error: String?, exitCode: Int?, at time: Timestamp?) throws {
    try registry.connection.execute(
      "UPDATE runs SET status = ?, ended_at = ?, error = ?, exit_code = coalesce(?, exit_code), digest = ?, owner = NULL WHERE id = ? AND owner = ?",
      status.rawValue, (time ?? .now).text, status == .finished ? nil : error, exitCode, try registry.runDigest(run), id, owner)
    guard registry.connection.changes == 1 else { throw try registry.takenOver(run: id) }
  }

  func expectOpen() throws {
    if hasEnded { throw StoreError.runEnded(run, path: registry.path) }
  }

  func markEnded() { hasEnded = true }

  func error(_ code: StoreError.Code, _ subject: String, _ message: String) -> StoreError {
    StoreError(code, subject, message, path: registry.path)
  }
}
