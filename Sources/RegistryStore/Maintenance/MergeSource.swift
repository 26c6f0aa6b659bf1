internal import SQLite

/// What another registry has, without params, metrics and tensors.
struct MergeSource {
  struct Run {
    let id: Int64
    let uuid: String
    let model: String
    let dataset: Int64?
    let parent: Int64?
    /// Nil for a word that this program doesn't know: such a run doesn't verify.
    let status: RunStatus?
    let digest: String?
    let isDeleted: Bool
  }

  struct Version {
    let id: Int64
    let uuid: String
    let run: Int64
    let title: String
    let isDeleted: Bool
  }

  /// By id, as they were stored.
  let runs: [Run]
  /// By id, as they were stored.
  let versions: [Version]
  let models: [String]
  /// What comes in: the live ones, and what they were fine-tuned from.
  private(set) var wantedRuns: Set<Int64> = []
  private(set) var wantedVersions: Set<Int64> = []

  /// Finished runs that nothing seals, and those that didn't verify.
  let strayRuns: Set<Int64>

  /// `strayRuns` don't verify.
  init(_ registry: Registry, strayRuns: Set<Int64>) throws {
    let connection = { (sql: String) in try registry.connection.prepare(sql) }
    var statement = try connection(
      """
      SELECT r.id, r.uuid, m.name, r.dataset_id, r.parent_version_id, r.status, r.digest, r.deleted_at IS NOT NULL
      FROM runs AS r JOIN models AS m ON m.id = r.model_id ORDER BY r.id
      """)
    runs = try statement.all { row in
      try Run(
        id: row.int64(0), uuid: row.text(1), model: row.text(2), dataset: row.int64OrNil(3), parent: row.int64OrNil(4),
        status: RunStatus(rawValue: row.text(5)), digest: row.textOrNil(6), isDeleted: row.int(7) == 1)
    }
    statement = try connection(
      """
      SELECT v.id, v.uuid, v.run_id, m.name || '/' || v.version, v.deleted_at IS NOT NULL
      FROM model_versions AS v JOIN models AS m ON m.id = v.model_id ORDER BY v.id
      """)
    versions = try statement.all { row in
      try Version(id: row.int64(0), uuid: row.text(1), run: row.int64(2), title: row.text(3), isDeleted: row.int(4) == 1)
    }
    self.strayRuns = strayRuns.union(runs.filter { $0.status == .finished && $0.digest == nil }.map(\.id))
    models = try registry.connection.query("SELECT name FROM models ORDER BY id") { row in try row.text(0) }
    markWanted()
  }

  private mutating func markWanted() {
    let runOfVersion = Dictionary(versions.map { ($0.id, $0.run) }) { first, _ in first }
    let parentOfRun = Dictionary(runs.compactMap { run in run.parent.map { (run.id, $0) } }) { first, _ in first }
    var open: [Int64] = runs.filter { !$0.isDeleted && $0.status != .running && !strayRuns.contains($0.id) }.map(\.id)
    wantedVersions = Set(versions.filter { !$0.isDeleted }.map(\.id))
    open += versions.filter { !$0.isDeleted }.map(\.run)
    while let run = open.popLast() {
      guard wantedRuns.insert(run).inserted, let parent = parentOfRun[run] else { continue }
      wantedVersions.insert(parent)
      if let next = runOfVersion[parent] { open.append(next) }
    }
  }
}
