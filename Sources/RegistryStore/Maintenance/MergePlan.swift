internal import SQLite
internal import Tensors

/// What a merge will store: made without writing anything, from two snapshots.
struct MergePlan {
  /// What is stored, in this order: a version after its run, a run after the version that it was fine-tuned from.
  enum Step {
    case run(MergeSource.Run)
    case version(MergeSource.Version)
  }

  private(set) var report = MergeReport()
  private(set) var steps: [Step] = []
  /// New ones, by their ids there.
  private(set) var datasets: [Int64] = []
  /// The names that datasets get here, by their ids there.
  private(set) var names: [(name: String, dataset: Int64)] = []
  /// Tensors that aren't here, each once.
  private(set) var tensors: [(digest: String, bytes: Int)] = []
  /// Aliases to set: of the version with this id there.
  private(set) var aliases: [(alias: String, version: Int64)] = []
  /// Tags and notes of what both have; nil where ours has nothing in it.
  private(set) var annotations: MergeAnnotations?

  private let ours: Registry?
  private let theirs: Registry
  /// Where each of their versions is, or will be, here: model and number.
  private var places: [Int64: (model: String, number: Int)] = [:]
  private var nextNumbers: [Name: Int] = [:]
  private var lostRuns: Set<Int64> = []

  /// `ours` is nil for a registry that has nothing in it yet.  `strayRuns` are runs of theirs that don't verify.
  /// `tensorsBefore` is an earlier plan, whose tensors may have been copied since.
  init(ours: Registry?, theirs: Registry, strayRuns: Set<Int64> = [], tensorsBefore: MergePlan? = nil) throws {
    self.ours = ours
    self.theirs = theirs
    let source = try MergeSource(theirs, strayRuns: strayRuns)
    try planModels(source)
    try planSteps(source)
    try planDatasets(source)
    try planTensors()
    try planAliases()
    try planAnnotations(source)
    if let tensorsBefore {
      report.tensors = tensorsBefore.report.tensors
      report.tensorBytes = tensorsBefore.report.tensorBytes
    }
  }

  /// A question to our registry; nil when there is nothing in it.
  private func ask<T>(_ sql: String, _ values: (any ValueConvertible)?..., row: (borrowing Statement) throws -> T) throws -> T? {
    guard let ours else { return nil }
    var statement = try ours.connection.prepare(sql)
    try statement.bind(values)
    return try statement.first(row)
  }

  private mutating func planModels(_ source: MergeSource) throws {
    let ofRuns = Dictionary(grouping: source.runs) { Name($0.model) }
    for model in source.models {
      let isWanted = ofRuns[Name(model)]?.contains { source.wantedRuns.contains($0.id) } ?? true
      guard isWanted, try ask("SELECT 1 FROM models WHERE name = ?", model, row: { _ in true }) == nil else { continue }
      report.models.append(model)
    }
  }

  private mutating func planSteps(_ source: MergeSource) throws {
    let runs = Dictionary(source.runs.map { ($0.id, $0) }) { first, _ in first }
    var planned: Set<Int64> = []
    var versions = source.versions.filter { source.wantedVersions.contains($0.id) }[...]
    func unknownRun(_ id: Int64) -> RegistryError { .rotten(what: "run \(id)", path: theirs.path) }

    func plan(_ run: MergeSource.Run) throws {
      guard planned.insert(run.id).inserted else { return }
      if let parent = run.parent, places[parent] == nil {
        // It hangs on a run that is another one here.
        lostRuns.insert(run.id)
        report.different.append("run \(run.id) of \(run.model)")
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
          report.stray.append("run \(run.id) of \(run.model)")
        } else if run.status == "running" {
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
    report.deleted += source.versions.count - source.wantedVersions.count
  }

  private mutating func plan(_ run: MergeSource.Run) throws {
    let known = try ask("SELECT digest, status FROM runs WHERE uuid = ?", run.uuid) { row in
      (digest: try row.textOrNil(0), status: try row.text(1))
    }
    guard let known else {
      steps.append(.run(run))
      report.runs += 1
      return
    }
    if known.digest == run.digest, known.status == run.status {
      report.known += 1
    } else {
      lostRuns.insert(run.id)
      report.different.append("run \(run.id) of \(run.model)")
    }
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
      "SELECT m.name, r.deleted_at IS NULL FROM runs AS r JOIN models AS m ON m.id = r.model_id WHERE r.uuid = ?", run.uuid
    ) {
      row in (model: try row.text(0), isLive: try row.int(1) == 1)
    }
    guard !lostRuns.contains(run.id), here?.isLive ?? true else {
      report.different.append(version.title)
      return
    }
    let model = here?.model ?? run.model
    let next = try nextNumbers[Name(model)] ?? ask("SELECT next_version FROM models WHERE name = ?", model) { row in try row.int(0) } ?? 1
    nextNumbers[Name(model)] = next + 1
    places[version.id] = (model, next)
    report.versions.append(MergeReport.Move(theirs: version.title, ours: "\(model)/\(next)"))
    steps.append(.version(version))
  }

  private mutating func planDatasets(_ source: MergeSource) throws {
    let needed = Set(source.runs.filter { source.wantedRuns.contains($0.id) }.compactMap(\.dataset))
    let stored = try theirs.connection.query("SELECT id, digest FROM datasets ORDER BY id") { row in
      (id: try row.int64(0), digest: try row.text(1))
    }
    for (id, digest) in stored {
      let theirNames = try theirs.connection.query("SELECT name FROM dataset_names WHERE dataset_id = ? ORDER BY name", id) { row in
        try row.text(0)
      }
      guard needed.contains(id) || !theirNames.isEmpty else { continue }
      let known = try ask("SELECT id FROM datasets WHERE digest = ?", digest) { row in try row.int64(0) }
      if known == nil { datasets.append(id) }
      var hasName = try ask("SELECT 1 FROM dataset_names WHERE dataset_id = ?", known, row: { _ in true }) ?? false
      for name in theirNames {
        let owner = try self.owner(ofName: name)
        if let owner, owner != digest {
          var given: String?
          let other = "\(name.unicodeScalars.prefix(190).reduce(into: "") { $0.unicodeScalars.append($1) })-\(digest.prefix(8))"
          if !hasName, try self.owner(ofName: other) == nil {
            give(other, to: id)
            (hasName, given) = (true, other)
          }
          report.keptNames.append(
            MergeReport.Conflict(name: name, ours: String(owner.prefix(12)), theirs: given ?? String(digest.prefix(12))))
        } else if owner == nil {
          give(name, to: id)
          hasName = true
        }
      }
    }
    report.datasets = datasets.count
  }

  private mutating func give(_ name: String, to dataset: Int64) {
    names.append((name, dataset))
    report.names += 1
  }

  /// The digest of the dataset that has a name here.
  private func owner(ofName name: String) throws -> String? {
    try ask("SELECT d.digest FROM dataset_names AS n JOIN datasets AS d ON d.id = n.dataset_id WHERE n.name = ?", name) { row in
      try row.text(0)
    }
  }

  /// The tensors of what is new.
  private mutating func planTensors() throws {
    var seen: Set<Int64> = []
    func add(_ owner: String, _ id: Int64) throws {
      let sql = """
        SELECT t.id, t.digest, coalesce((SELECT byte_count FROM contents WHERE id = t.content_id), length(t.data))
        FROM \(owner)_tensors AS e JOIN tensors AS t ON t.id = e.tensor_id WHERE \(owner)_id = ?
        """
      for (tensor, digest, bytes) in try theirs.connection.query(
        sql, id, row: { row in (try row.int64(0), try row.text(1), try row.int(2)) })
      where seen.insert(tensor).inserted {
        guard try ask("SELECT 1 FROM tensors WHERE digest = ?", digest, row: { _ in true }) == nil else { continue }
        tensors.append((digest, bytes))
      }
    }
    for id in datasets { try add("dataset", id) }
    for case .version(let version) in steps { try add("version", version.id) }
    report.tensors = tensors.count
    report.tensorBytes = tensors.reduce(0) { $0 + $1.bytes }
  }

  private mutating func planAliases() throws {
    let stored = try theirs.connection.query("SELECT alias, version_id FROM model_aliases ORDER BY model_id, alias") { row in
      (alias: try row.text(0), version: try row.int64(1))
    }
    // Two of their models may be one of ours, where one was renamed.
    var planned: [Name: String] = [:]
    for (alias, version) in stored {
      guard let place = places[version] else { continue }
      let name = "\(place.model)@\(alias)"
      let target = "\(place.model)/\(place.number)"
      let ours = try ask(
        """
        SELECT v.version FROM model_aliases AS a JOIN model_versions AS v ON v.id = a.version_id JOIN models AS m ON m.id = a.model_id
        WHERE m.name = ? AND a.alias = ?
        """, place.model, alias
      ) { row in try row.int(0) }
      if let ours {
        if ours != place.number {
          report.keptAliases.append(MergeReport.Conflict(name: name, ours: "\(place.model)/\(ours)", theirs: target))
        }
        continue
      }
      let isDeleted = try ask(
        """
        SELECT v.deleted_at IS NOT NULL FROM model_versions AS v JOIN models AS m ON m.id = v.model_id WHERE m.name = ? AND v.version = ?
        """, place.model, place.number
      ) { row in try row.int(0) == 1 }
      if isDeleted == true { continue }
      if let first = planned[Name(name)] {
        report.keptAliases.append(MergeReport.Conflict(name: name, ours: first, theirs: target))
        continue
      }
      planned[Name(name)] = target
      aliases.append((alias, version))
      report.aliases.append(MergeReport.Conflict(name: name, ours: target, theirs: target))
    }
  }

  private mutating func planAnnotations(_ source: MergeSource) throws {
    guard let ours else { return }
    let annotations = try MergeAnnotations(
      ours: ours, theirs: theirs, runs: source.wantedRuns.subtracting(lostRuns), versions: source.wantedVersions)
    (report.tags, report.notes) = (annotations.tagCount, annotations.noteCount)
    (report.keptTags, report.keptNotes) = (annotations.keptTags, annotations.keptNotes)
    self.annotations = annotations
  }

  /// Where a version of theirs is, or will be, here.
  func place(of version: Int64) -> (model: String, number: Int)? { places[version] }
}
