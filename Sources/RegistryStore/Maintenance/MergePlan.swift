internal import SQLite
internal import Tensors

/// What a merge will store: made without writing anything, from two snapshots.
struct MergePlan {
  /// What is stored, in this order: a version after its run, a run after the version that it was fine-tuned from.
  enum Step {
    case run(MergeSource.Run)
    /// A logged run that is here already and went on there.
    case continued(MergeSource.Run)
    case version(MergeSource.Version)
  }

  var report = MergeReport()
  private(set) var steps: [Step] = []
  /// New ones, by their ids there.
  var datasets: [Int64] = []
  /// The names that datasets get here, by their ids there.
  var names: [(name: String, dataset: Int64)] = []
  /// Tensors that aren't here, each once.
  var tensors: [(digest: String, bytes: Int)] = []
  /// Contents of files that aren't here, each once.
  var files: [(digest: String, bytes: Int)] = []
  /// Files of runs that are here and lack them, by the ids of the runs there.
  var addedFiles: [(run: MergeSource.Run, path: String)] = []
  /// Aliases to set: of the version with this id there.
  var aliases: [(alias: String, version: Int64)] = []
  /// Tags and notes of what both have; nil where ours has nothing in it.
  var annotations: MergeAnnotations?

  let ours: Registry?
  let theirs: Registry
  /// Where each of their versions is, or will be, here: model and number.
  var places: [Int64: (model: String, number: Int)] = [:]
  private var nextNumbers: [Name: Int] = [:]
  var lostRuns: Set<Int64> = []

  /// `ours` is nil for a registry that has nothing in it yet.  `strayRuns` are runs of theirs that don't verify.
  /// `before` is an earlier plan, whose tensors and files may have been copied since.
  init(ours: Registry?, theirs: Registry, strayRuns: Set<Int64> = [], before: MergePlan? = nil) throws {
    self.ours = ours
    self.theirs = theirs
    let source = try MergeSource(theirs, strayRuns: strayRuns)
    try planModels(source)
    try planExperiments(source)
    try planSteps(source)
    try planDatasets(source)
    try planTensors()
    try planFiles()
    try planAliases()
    try planAnnotations(source)
    if let before {
      (report.tensors, report.tensorBytes) = (before.report.tensors, before.report.tensorBytes)
      (report.files, report.fileBytes) = (before.report.files, before.report.fileBytes)
    }
  }

  /// A question to our registry; nil when there is nothing in it.
  func ask<T>(_ sql: String, _ values: (any ValueConvertible)?..., row: (borrowing Statement) throws -> T) throws -> T? {
    guard let ours else { return nil }
    var statement = try ours.connection.prepare(sql)
    try statement.bind(values)
    return try statement.first(row)
  }

  private mutating func planModels(_ source: MergeSource) throws {
    // Of each model, whether something comes in that belongs to it.
    var isUsed: [Name: Bool] = [:]
    for run in source.runs {
      if let model = run.model { isUsed[Name(model), default: false] = isUsed[Name(model)] == true || source.wantedRuns.contains(run.id) }
    }
    for version in source.versions where source.wantedVersions.contains(version.id) { isUsed[Name(version.model)] = true }
    for model in source.models {
      guard isUsed[Name(model)] ?? true, try ask("SELECT 1 FROM models WHERE name = ?", model, row: { _ in true }) == nil else { continue }
      report.models.append(model)
    }
  }

  private mutating func planExperiments(_ source: MergeSource) throws {
    var isUsed: [Name: Bool] = [:]
    for run in source.runs {
      isUsed[Name(run.experiment), default: false] = isUsed[Name(run.experiment)] == true || source.wantedRuns.contains(run.id)
    }
    for experiment in source.experiments where experiment.id != 0 {
      guard isUsed[Name(experiment.name)] ?? !experiment.isDeleted else { continue }
      guard try ask("SELECT 1 FROM experiments WHERE name = ?", experiment.name, row: { _ in true }) == nil else { continue }
      report.experiments.append(experiment.name)
    }
  }

  private mutating func planSteps(_ source: MergeSource) throws {
    let runs = Dictionary(source.runs.map { ($0.id, $0) }) { first, _ in first }
    var planned: Set<Int64> = []
    var versions = source.versions.filter { source.wantedVersions.contains($0.id) }[...]
    func unknownRun(_ id: Int64) -> StoreError { .rotten(what: "run \(id)", path: theirs.path) }

    func plan(_ run: MergeSource.Run) throws {
      guard planned.insert(run.id).inserted else { return }
      if let parent = run.parent, places[parent] == nil {
        // It hangs on a run that is another one here.
        lose(run)
        return
      }
      try self.plan(run)
    }
    func planVersions(upTo last: Int64) throws {
      while let version = versions.first, version.id <= last {
        versions.removeFirst()
        guard let run = runs[version.run] else { throw unknownRun(version.run) }
        try plan(run)
        try self.plan(version, of: run)
      }
    }

    for run in source.runs {
      guard source.wantedRuns.contains(run.id) else {
        if source.strayRuns.contains(run.id) {
          report.stray.append(run.title)
        } else if run.isOpen {
          report.running += 1
        } else {
          report.deleted += 1
        }
        continue
      }
      if let parent = run.parent { try planVersions(upTo: parent) }
      try plan(run)
    }
    try planVersions(upTo: .max)
    report.deleted += source.versions.count { !source.wantedVersions.contains($0.id) && !source.openRuns.contains($0.run) }
  }

  private mutating func lose(_ run: MergeSource.Run) {
    lostRuns.insert(run.id)
    report.different.append(run.title)
  }

  private mutating func plan(_ run: MergeSource.Run) throws {
    guard let known = try knownRun(run.uuid) else {
      steps.append(.run(run))
      report.runs += 1
      return
    }
    if known.digest == run.digest, known.status == run.status, run.kind != .log || known.endedAt == run.endedAt {
      report.known += 1
    } else {
      switch try longer(run, here: known) {
      case .ours: report.known += 1
      case .theirs:
        steps.append(.continued(run))
        report.continued.append("run \(known.id)")
        return
      case nil: return lose(run)
      }
    }
    try planAddedFiles(run, here: known)
  }

  private mutating func plan(_ version: MergeSource.Version, of run: MergeSource.Run) throws {
    let known = try ask(
      "SELECT m.name, v.version FROM model_versions AS v JOIN models AS m ON m.id = v.model_id WHERE v.uuid = ?", version.uuid
    ) { row in (model: try row.text(0), number: try row.int(1)) }
    if let known {
      places[version.id] = known
      report.known += 1
      return
    }
    // A run that is here already may be of a model that was renamed, or be deleted.
    let here = try ask(
      "SELECT m.name, r.deleted_at IS NULL FROM runs AS r LEFT JOIN models AS m ON m.id = r.model_id WHERE r.uuid = ?", run.uuid
    ) {
      row in (model: try row.textOrNil(0), isLive: try row.int(1) == 1)
    }
    guard !lostRuns.contains(run.id), here?.isLive ?? true else {
      report.different.append(version.title)
      return
    }
    // A logged run may leave versions of several models.
    let isOfItsModel = run.model.map { $0.hasSameBytes(as: version.model) } ?? false
    let model = isOfItsModel ? here?.model ?? version.model : version.model
    let next = try nextNumbers[Name(model)] ?? ask("SELECT next_version FROM models WHERE name = ?", model) { row in try row.int(0) } ?? 1
    nextNumbers[Name(model)] = next + 1
    places[version.id] = (model, next)
    report.versions.append(MergeReport.Move(theirs: version.title, ours: "\(model)/\(next)"))
    steps.append(.version(version))
  }

  /// Where a version of theirs is, or will be, here.
  func place(of version: Int64) -> (model: String, number: Int)? { places[version] }
}
