import ForeignRuns
import ModelRegistry
import Tensors

extension ForeignImport {
  /// Metrics that stand in memory and go in one transaction, and runs that do.
  private static let (batchSize, batchRuns) = (50_000, 200)

  /// A run with its last metrics, or with all of them, which waits to be stored with others.
  struct Pending {
    let writing: RunWriting
    var news: RunNews
    let metrics: [ForeignMetric]
  }

  /// Stores what is new of a run, or has it wait for others.
  func take(_ header: ForeignRunHeader) throws {
    let known = try registry?.knownRun(uuid: header.uuid)
    if let known { runNumbers[Name(header.uuid)] = known.run }
    guard known?.isDeleted != true else {
      report.deletedHere += 1
      return
    }
    if let known { noteIgnoredOptions(known) }
    var run = try source.run(header)
    run.name = settings.name ?? run.name
    let experiment = run.experiment.flatMap { experiments[Name($0)] } ?? settings.experiment ?? Registry.defaultExperiment
    if known == nil {
      let isDeleted = try registry?.isExperimentDeleted(experiment)
      guard isDeleted != true else {
        report.leave(out: "run \(header.id)", because: "the experiment '\(experiment)' is deleted here")
        return
      }
      if isDeleted == nil, !report.newExperiments.contains(named: experiment) { report.newExperiments.append(experiment) }
    }
    var news = RunNews(run, known)
    let files = try source.files(of: run)
    report.note(files, ofRun: header.id)
    news.takeFiles(files.files, known)
    let writing = RunWriting(self, run, known, experiment)
    do {
      let metrics = try readMetrics(of: writing, &news)
      try store(Pending(writing: writing, news: news, metrics: metrics))
    } catch {
      // What is here of it stays, and is no run that goes on.
      writing.abandon()
      throw error
    }
  }

  /// Reads the metrics that aren't here, and stores all but the last of them where they are many.
  private func readMetrics(of writing: RunWriting, _ news: inout RunNews) throws -> [ForeignMetric] {
    var batch: [ForeignMetric] = []
    var left = source.isAppendOnly ? writing.known?.metricCounts ?? [:] : [:]
    var leftAtSteps = source.isAppendOnly ? [:] : try writing.known.flatMap { try registry?.metricSteps(run: $0.run) } ?? [:]
    let isLog = source.format == "csv" || source.format == "jsonl"
    var log = isLog ? try writing.known.flatMap { known in try registry.map { try KnownLog(known, settings, in: $0) } } : nil
    var read = 0
    try source.metrics(of: writing.run) { metric in
      read += 1
      if read & 0xffff == 0 { try self.expectNoSignal() }
      // The first n of a key are here.
      if !left.isEmpty, let count = left[Name(metric.key)], count > 0 {
        left[Name(metric.key)] = count - 1
        return try log?.check(metric) ?? ()
      }
      if !leftAtSteps.isEmpty, let count = leftAtSteps[Name(metric.key)]?[metric.step], count > 0 {
        leftAtSteps[Name(metric.key)]?[metric.step] = count - 1
        return
      }
      if batch.count == Self.batchSize {
        try self.storeWaiting()
        try writing.log(batch)
        batch.removeAll(keepingCapacity: true)
      }
      batch.append(metric)
      news.metrics += 1
    }
    try log?.checkEnd()
    return batch
  }

  private func store(_ pending: Pending) throws {
    var pending = pending
    let (writing, news) = (pending.writing, pending.news)
    guard let target, writing.known == nil || !news.isEmpty || writing.known?.status != writing.status else {
      report.count(news, run: writing.known?.run, of: writing.run, isNew: writing.known == nil)
      if writing.run.isDeleted, let number = writing.known?.run { deletedRuns.append(number) }
      return
    }
    if news.files.isEmpty, writing.number == nil {
      waiting.append(pending)
      waitingMetrics += pending.metrics.count
      if waitingMetrics >= Self.batchSize || waiting.count >= Self.batchRuns { try storeWaiting() }
      return
    }
    try storeWaiting()
    try target.together { try write(pending) }
    for file in news.files {
      try expectNoSignal()
      do { try writing.writer().add(file: file.path, as: file.name) } catch let error as StoreError where error.code == .duplicateFile {
        // What was a file there has become a folder since, or the other way round.
        report.leave(out: "run \(writing.run.id): \(file.name.singleLine)", because: error.message)
        pending.news.leaveOut(file)
      }
    }
    if !news.files.isEmpty { try writing.end() }
    finish(pending)
  }

  /// Stores the runs that wait: all of them, or none.
  func storeWaiting() throws {
    guard let target, !waiting.isEmpty else { return }
    try target.together { for pending in waiting { try write(pending) } }
    for pending in waiting { finish(pending) }
    waiting.removeAll()
    waitingMetrics = 0
  }

  /// Writes what a run has but its files, and without files its end.  Stands in a transaction.
  private func write(_ pending: Pending) throws {
    let (writing, news) = (pending.writing, pending.news)
    let writer = try writing.writer()
    for metric in pending.metrics { try writer.log(metric.key, step: Int(metric.step), metric.value, time: metric.time) }
    if writing.known != nil {
      try writer.set(params: NamedValues(news.params.map { (name: $0.key, value: ParamValue(written: $0.value)) }))
      try writer.set(tags: Self.tags(news.tags))
    }
    for dataset in news.datasets { try writer.add(dataset: dataset) }
    if news.files.isEmpty { try writing.end() } else { try writer.flush() }
    // Those that are nested in it come after it.
    runNumbers[Name(writing.run.uuid)] = writer.run
  }

  private func finish(_ pending: Pending) {
    let (writing, number) = (pending.writing, pending.writing.number)
    if writing.run.isDeleted, let number { deletedRuns.append(number) }
    report.count(pending.news, run: number, of: writing.run, isNew: writing.known == nil)
  }
}

/// What of a run isn't here yet.
struct RunNews {
  private(set) var params: [ForeignPair] = []
  private(set) var tags: [ForeignPair] = []
  private(set) var datasets: [RunDataset] = []
  private(set) var files: [ForeignFile] = []
  var metrics = 0

  var isEmpty: Bool { metrics == 0 && params.isEmpty && tags.isEmpty && datasets.isEmpty && files.isEmpty }

  init(_ run: ForeignRun, _ known: KnownRun?) {
    params = run.params.filter { !$0.key.isEmpty && known?.params[Name($0.key)] == nil }
    tags = run.tags.filter { !$0.key.isEmpty && known?.tags.contains(Name($0.key)) != true }
    for dataset in run.datasets where known?.datasets.contains([Name(dataset.name), Name(dataset.digest)]) != true {
      var read = RunDataset(name: dataset.name, digest: dataset.digest)
      (read.sourceType, read.source, read.schema) = (dataset.sourceType, dataset.source, dataset.schema)
      (read.profile, read.context) = (dataset.profile, dataset.context)
      datasets.append(read)
    }
  }

  mutating func leaveOut(_ file: ForeignFile) { files.removeAll { $0 == file } }

  /// Those that aren't here, have another size, or were written to since.
  mutating func takeFiles(_ found: [ForeignFile], _ known: KnownRun?) {
    files = found.filter { file in
      guard let stored = known?.files[Name(file.name)], stored.byteCount == file.size else { return true }
      return file.modified.flatMap { Timestamp(milliseconds: $0) }.map { $0.text > stored.createdAt } ?? true
    }
  }
}

/// Writes one run of a source: begins it, or goes on with it, once there is something to write.
final class RunWriting {
  private let importer: ForeignImport
  let run: ForeignRun
  let known: KnownRun?
  private let experiment: String
  private var opened: RunWriter?

  init(_ importer: ForeignImport, _ run: ForeignRun, _ known: KnownRun?, _ experiment: String) {
    (self.importer, self.run, self.known, self.experiment) = (importer, run, known, experiment)
  }

  /// Its number here; nil while nothing was written.
  var number: Int? { opened?.run }

  /// A run that still goes on where it came from ends here with what came over: the next import goes on with it.
  var status: RunStatus { run.status.stored }

  func log(_ batch: [ForeignMetric]) throws {
    guard !importer.isDryRun else { return }
    let writer = try writer()
    for metric in batch { try writer.log(metric.key, step: Int(metric.step), metric.value, time: metric.time) }
    try writer.flush()
  }

  func writer() throws -> RunWriter {
    if let opened { return opened }
    guard let target = importer.target else { throw ErrorReport("a dry run writes nothing.", .failed) }
    let writer: RunWriter
    if let known {
      writer = try RunWriter(target, continuing: known.run)
    } else {
      var info = RunInfo(model: importer.settings.model, experiment: experiment)
      info.name = run.name.flatMap { ForeignImport.title($0) }
      (info.user, info.source, info.gitCommit, info.note) = (run.user, run.source, run.gitCommit, run.note)
      (info.uuid, info.startedAt) = (run.uuid, run.startedAt.flatMap { Timestamp(milliseconds: $0) })
      info.parentRun = try run.parent.flatMap { parent in
        try importer.runNumbers[Name(parent)] ?? importer.registry?.knownRun(uuid: parent)?.run
      }
      let params = run.params.filter { !$0.key.isEmpty }.map { (name: $0.key, value: ParamValue(written: $0.value)) }
      writer = try RunWriter(target, info, params: NamedValues(params), tags: ForeignImport.tags(run.tags))
    }
    opened = writer
    return writer
  }

  func end() throws {
    let isOpen = run.status == .running || run.status == .scheduled
    try writer().end(
      status, error: isOpen ? "it was \(run.status.rawValue) when it was imported" : nil,
      at: run.endedAt.flatMap { Timestamp(milliseconds: $0) })
  }

  func abandon() { if let opened, !opened.hasEnded { try? opened.end(.interrupted, error: "its import was stopped") } }
}

extension ForeignStatus {
  var stored: RunStatus {
    switch self {
    case .running, .scheduled: .interrupted
    case .finished: .finished
    case .failed: .failed
    case .killed: .killed
    }
  }
}
