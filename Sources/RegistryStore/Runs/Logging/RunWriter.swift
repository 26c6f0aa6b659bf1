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
  /// How long the run counts as alive after each write, where its writer is no process of this machine.
  let lease: Duration?
  private var buffer = MetricBuffer()
  /// How many metrics this writer has stored, or more.
  private var storedMetrics = 0
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
    // What is refused is refused before there is a file, or a run.
    try Registry.checkExperimentName(experiment)
    if let name = info.name, !name.isEmpty { try Registry.checkRunName(name) }
    if let parent = info.parentRun, registry.isBlank { throw StoreError.noSuchRun(id: parent, newest: nil, path: registry.path) }
    let new = try Self.new(params, besides: [:], of: "the run", path: registry.path)
    try Self.check(tags: tags, path: registry.path)
    let identity = RunIdentity(
      uuid: info.uuid ?? makeUUID(), startedAt: info.startedAt?.text ?? Timestamp.now.text)
    let id = try registry.writing {
      let id = try registry.insertLoggedRun(info, experiment: experiment, identity)
      try registry.insert(params: new, run: id)
      try registry.insert(tags: tags.map { (key: $0.name, value: $0.value.asTag) }, run: id)
      return id
    }
    self.id = id
    run = Int(id)
    uuid = identity.uuid
    owner = identity.owner
    model = info.model
    self.experiment = experiment
    lease = info.lease
    for (key, value) in new { known[Name(key)] = value }
  }

  /// Goes on with a logged run, ended or not.  Throws for one that another process writes, and for a training or an import.
  package init(_ registry: Registry, continuing run: Int) throws {
    self.registry = registry
    owner = makeUUID()
    lease = nil
    let owner = owner
    let seal = try registry.snapshot { try registry.checkedSeal(ofRun: run) }
    let found = try registry.writing { try registry.reopen(run: run, owner: owner, checked: seal) }
    (id, self.run, uuid, model, experiment) = (Int64(run), run, found.uuid, found.model, found.experiment)
    for (key, value) in found.params { known[Name(key)] = value }
    // How many there are isn't known, and is looked at before the end.
    storedMetrics = Registry.fewMetrics
    for (key, step) in found.steps { buffer.rememberStored(key, upTo: step) }
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
    let new = try Self.new(params, besides: known, of: "run \(run)", path: registry.path)
    for (key, value) in new { known[Name(key)] = value }
    self.params += new
  }

  /// Those of the params that aren't known.
  private static func new(
    _ params: NamedValues<ParamValue>, besides known: [Name: ParamValue], of run: String, path: String
  ) throws -> [(key: String, value: ParamValue)] {
    var new: [(key: String, value: ParamValue)] = []
    for (key, value) in params {
      guard !key.isEmpty else { throw StoreError(.emptyName, "a param", "its name is empty", path: path) }
      guard let old = known[Name(key)] ?? new.last(where: { $0.key.hasSameBytes(as: key) })?.value else {
        new.append((key, value))
        continue
      }
      guard old.isSame(as: value) else {
        throw StoreError(
          .valueTaken, "param '\(key)' of \(run)", "it is \(old.text) already, and a param never changes (given: \(value.text))",
          path: path)
      }
    }
    return new
  }

  /// Notes tags; a later value takes the place of an earlier one.
  package func set(tags: NamedValues<CellValue>) throws {
    try expectOpen()
    try Self.check(tags: tags, path: registry.path)
    self.tags += tags.map { (key: $0.name, value: $0.value.asTag) }
  }

  static func check(tags: NamedValues<CellValue>, path: String) throws {
    for (key, value) in tags {
      guard !key.isEmpty else { throw StoreError(.emptyName, "a tag", "its name is empty", path: path) }
      guard value.asTag.storable != nil else { throw StoreError.illegalName(kind: "tag", name: key, rule: "a tag is a number or a text") }
    }
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

  /// Stores what waits.  Stands in a transaction; `forgetWaiting` follows it.
  func writeWaiting() throws {
    try registry.connection.execute(
      "UPDATE runs SET heartbeat_at = ? WHERE id = ? AND owner = ? AND status = 'running'", Timestamp.now.text, id, owner)
    guard registry.connection.changes == 1 else { throw try registry.takenOver(run: id) }
    if let lease {
      try registry.connection.execute("UPDATE runs SET lease_until = ? WHERE id = ?", Timestamp(after: lease).text, id)
    }
    try registry.insert(params: params, run: id)
    try registry.insert(tags: tags, run: id)
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
    storedMetrics += buffer.count
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
    let ahead = try digestAhead()
    try registry.writing {
      try writeWaiting()
      try writeEnd(status, error: error, exitCode: exitCode, at: time, ahead: ahead)
    }
    forgetWaiting()
    hasEnded = true
  }

  /// The digest of the run as it stands, so that many metrics needn't be hashed while the file is locked: what waits is stored first.
  func digestAhead() throws -> DigestAhead? {
    guard !registry.connection.isInTransaction, storedMetrics + buffer.count > Registry.fewMetrics else { return nil }
    try flush()
    return try registry.digestAhead(ofRun: run)
  }

  /// Stands in a transaction, after `writeWaiting`.
  func writeEnd(_ status: RunStatus, error: String?, exitCode: Int?, at time: Timestamp?, ahead: DigestAhead?) throws {
    try registry.connection.execute(
      "UPDATE runs SET status = ?, ended_at = ?, error = ?, exit_code = coalesce(?, exit_code), digest = ?, owner = NULL WHERE id = ? AND owner = ?",
      status.rawValue, (time ?? .now).text, status == .finished ? nil : error, exitCode, try registry.runDigest(run, ahead: ahead), id,
      owner)
    guard registry.connection.changes == 1 else { throw try registry.takenOver(run: id) }
  }

  /// From now on each transaction that writes a part of something large ahead says that the run lives.
  func beginHeartbeat() {
    registry.whileStoring = { [unowned registry, id, owner, lease] in
      try registry.connection.execute(
        "UPDATE runs SET heartbeat_at = ?, lease_until = ? WHERE id = ? AND owner = ? AND status = 'running'", Timestamp.now.text,
        lease.map { Timestamp(after: $0).text }, id, owner)
    }
  }

  func endHeartbeat() { registry.whileStoring = nil }

  func expectOpen() throws {
    if hasEnded { throw StoreError.runEnded(run, path: registry.path) }
  }

  func markEnded() { hasEnded = true }

  func error(_ code: StoreError.Code, _ subject: String, _ message: String) -> StoreError {
    StoreError(code, subject, message, path: registry.path)
  }
}
