internal import SQLite
internal import Tensors

/// What another registry has, without params, metrics, files and tensors.
struct MergeSource {
  struct Run {
    let id: Int64
    let uuid: String
    /// Nil for a word that this program doesn't know: such a run doesn't verify.
    let kind: RunKind?
    /// Nil for a logged run without a version.
    let model: String?
    let experiment: String
    let dataset: Int64?
    let parent: Int64?
    /// The run that it is a part of.
    let partOf: Int64?
    /// Nil for a word that this program doesn't know, as `kind`.
    let status: RunStatus?
    let digest: String?
    let endedAt: String?
    let isDeleted: Bool

    var title: String { model.map { "run \(id) of \($0)" } ?? "run \(id)" }
    /// Whether its writer hasn't ended it.
    var isOpen: Bool { status?.isEnd == false }
  }

  struct Version {
    let id: Int64
    let uuid: String
    let run: Int64
    let model: String
    let number: Int
    let isDeleted: Bool

    var title: String { "\(model)/\(number)" }
  }

  struct Experiment {
    let id: Int64
    let name: String
    let isDeleted: Bool
  }

  /// By id, as they were stored.
  let runs: [Run]
  /// By id, as they were stored.
  let versions: [Version]
  let models: [String]
  let experiments: [Experiment]
  /// What comes in: the live ones that have ended, and what they were fine-tuned from.
  private(set) var wantedRuns: Set<Int64> = []
  private(set) var wantedVersions: Set<Int64> = []

  /// Finished runs that nothing seals, and those that didn't verify.
  let strayRuns: Set<Int64>
  /// Those that haven't ended: their versions stay behind with them.
  let openRuns: Set<Int64>

  /// `strayRuns` don't verify.
  init(_ registry: Registry, strayRuns: Set<Int64>) throws {
    runs = try registry.connection.query(
      """
      SELECT r.id, r.uuid, r.kind, m.name, coalesce(e.name, 'Default'), r.dataset_id, r.parent_version_id, r.parent_run_id, r.status, r.digest,
        r.ended_at, r.deleted_at IS NOT NULL
      FROM runs AS r LEFT JOIN models AS m ON m.id = r.model_id LEFT JOIN experiments AS e ON e.id = r.experiment_id ORDER BY r.id
      """
    ) { row in
      try Run(
        id: row.int64(0), uuid: row.text(1), kind: RunKind(rawValue: row.text(2)), model: row.textOrNil(3), experiment: row.text(4),
        dataset: row.int64OrNil(5), parent: row.int64OrNil(6), partOf: row.int64OrNil(7), status: RunStatus(rawValue: row.text(8)),
        digest: row.textOrNil(9), endedAt: row.textOrNil(10), isDeleted: row.int(11) == 1)
    }
    versions = try registry.connection.query(
      """
      SELECT v.id, v.uuid, v.run_id, m.name, v.version, v.deleted_at IS NOT NULL
      FROM model_versions AS v JOIN models AS m ON m.id = v.model_id ORDER BY v.id
      """
    ) { row in
      try Version(
        id: row.int64(0), uuid: row.text(1), run: row.int64(2), model: row.text(3), number: row.int(4), isDeleted: row.int(5) == 1)
    }
    self.strayRuns = strayRuns.union(runs.filter { $0.status == .finished && $0.digest == nil }.map(\.id))
    openRuns = Set(runs.filter(\.isOpen).map(\.id))
    models = try registry.connection.query("SELECT name FROM models ORDER BY id") { row in try row.text(0) }
    experiments = try registry.connection.query("SELECT id, name, deleted_at IS NOT NULL FROM experiments ORDER BY id") { row in
      try Experiment(id: row.int64(0), name: row.text(1), isDeleted: row.int(2) == 1)
    }
    markWanted()
  }

  private mutating func markWanted() {
    let runOfVersion = Dictionary(versions.map { ($0.id, $0.run) }) { first, _ in first }
    let parentOfRun = Dictionary(runs.compactMap { run in run.parent.map { (run.id, $0) } }) { first, _ in first }
    let live = versions.filter { !$0.isDeleted && !openRuns.contains($0.run) }
    wantedVersions = Set(live.map(\.id))
    var open: [Int64] = runs.filter { !$0.isDeleted && !$0.isOpen && !strayRuns.contains($0.id) }.map(\.id) + live.map(\.run)
    while let run = open.popLast() {
      guard wantedRuns.insert(run).inserted, let parent = parentOfRun[run] else { continue }
      guard let next = runOfVersion[parent], !openRuns.contains(next) else { continue }
      wantedVersions.insert(parent)
      open.append(next)
    }
  }
}
