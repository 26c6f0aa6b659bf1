internal import SQLite

// Invariants:
// 1. A run stays unless it is deleted and nothing that stays needs it; a version stays unless it is deleted and no run that stays was
//    fine-tuned from it; with a version its run stays.  So the parents of what lives stay, and their parents.
// 2. A dataset stays while a run that stays was trained on it, or it has a name, unless unused names are let go of too.
// 3. A tensor stays while a version or a dataset that stays holds it.
// 4. Contents stay while a tensor that stays is in them, or a run or a version that stays has them as a file.
// 5. A run whose writer lives stays, deleted or not.
// 6. An experiment stays unless it is deleted and no run that stays belongs to it.
// 7. A model stays when it ever had a version, so that no number is given twice.

/// What can be removed from a registry, as it is in one read transaction.
struct GarbagePlan {
  struct Run {
    let id: Int64
    let metrics: Int
    let bytes: Int
  }

  struct Version {
    let id: Int64
    let run: Int64
  }

  struct Tensor {
    let id: Int64
    let bytes: Int
  }

  struct Contents {
    let id: Int64
    let holdsTensor: Bool
    /// Nil where they were never finished.
    let digest: String?
    /// Of a file outside; 0 where they are pieces.
    let bytesOutside: Int
    let isOutside: Bool

    var isUnfinished: Bool { digest == nil && !holdsTensor }
    var isFile: Bool { digest != nil && !holdsTensor }
  }

  struct Piece {
    let id: Int64
    let content: Int64
    let bytes: Int
  }

  /// Newest first: a child is newer than its parent.
  let versions: [Version]
  let runs: [Run]
  let experiments: [Int64]
  let datasets: [Int64]
  let models: [Int64]
  let tensors: [Tensor]
  let contents: [Contents]
  /// Of these contents, the last first.
  let pieces: [Piece]
  let keptParents: [String]
  let unusedDatasets: [String]
  /// Whether a name alone keeps no dataset.
  let includesNamed: Bool
  /// Of the datasets that go: all their names, or the beginning of the digest.
  let datasetTitles: [Int64: String]

  /// Deleted before this moment is deleted for the plan; as times are stored.  `living` are runs whose writers live.
  init(
    _ connection: borrowing Connection, deletedUpTo limit: String, includingNamedDatasets includesNamed: Bool = false, living: [Int64] = []
  ) throws {
    self.includesNamed = includesNamed
    let sets = Self.sets(living: living)
    let named = includesNamed ? 1 : 0
    func ids(_ table: String) throws -> [Int64] {
      try connection.query("\(sets) SELECT id FROM \(table) ORDER BY id DESC", limit, named) { row in try row.int64(0) }
    }
    versions = try connection.query(
      "\(sets) SELECT id, run_id FROM model_versions WHERE id IN doomed_version ORDER BY id DESC", limit, named
    ) { row in Version(id: try row.int64(0), run: try row.int64(1)) }
    runs = try connection.query(
      """
      \(sets)
      SELECT id, (SELECT count(*) FROM metrics WHERE run_id = doomed_run.id),
        coalesce((SELECT sum(length(key) + \(Self.bytesOfMetric)) FROM metrics WHERE run_id = doomed_run.id), 0)
        + coalesce((SELECT length(weights) + coalesce(length(best_weights), 0) + coalesce(length(optimizer_state), 0)
          + coalesce(length(generator), 0) FROM checkpoints WHERE run_id = doomed_run.id), 0)
      FROM doomed_run ORDER BY id DESC
      """, limit, named
    ) { row in Run(id: try row.int64(0), metrics: try row.int(1), bytes: try row.int(2)) }
    experiments = try ids("doomed_experiment")
    datasets = try ids("doomed_dataset")
    models = try ids("doomed_model")
    tensors = try connection.query(
      "\(sets) SELECT id, length(data) FROM tensors WHERE id IN doomed_tensor ORDER BY id", limit, named
    ) { row in Tensor(id: try row.int64(0), bytes: try row.int(1)) }
    contents = try connection.query(
      """
      \(sets)
      SELECT id, EXISTS (SELECT 1 FROM tensors WHERE content_id = c.id), digest, iif(is_outside, coalesce(byte_count, 0), 0), is_outside
      FROM contents AS c WHERE id IN doomed_content ORDER BY id
      """, limit, named
    ) { row in
      Contents(
        id: try row.int64(0), holdsTensor: try row.int(1) == 1, digest: try row.textOrNil(2), bytesOutside: try row.int(3),
        isOutside: try row.int(4) == 1)
    }
    pieces = try connection.query(
      """
      \(sets)
      SELECT id, length(data), content_id FROM content_pieces WHERE content_id IN doomed_content ORDER BY content_id DESC, position DESC
      """, limit, named
    ) { row in Piece(id: try row.int64(0), content: try row.int64(2), bytes: try row.int(1)) }
    keptParents = try connection.query(
      """
      \(sets)
      SELECT m.name || '/' || v.version FROM model_versions AS v JOIN models AS m ON m.id = v.model_id
      WHERE v.deleted_at <= ?1 AND v.id NOT IN doomed_version ORDER BY v.id
      """, limit, named
    ) { row in try row.text(0) }
    unusedDatasets = try connection.query(
      """
      \(sets)
      SELECT min(name) FROM dataset_names AS n
      WHERE NOT EXISTS (SELECT 1 FROM runs WHERE dataset_id = n.dataset_id AND id NOT IN doomed_run)
        AND dataset_id NOT IN doomed_dataset GROUP BY dataset_id ORDER BY 1
      """, limit, named
    ) { row in try row.text(0) }
    let titles = try connection.query(
      """
      \(sets)
      SELECT id, coalesce((SELECT group_concat(name, ', ') FROM (SELECT name FROM dataset_names WHERE dataset_id = d.id ORDER BY name)),
        substr(digest, 1, 12)) FROM datasets AS d WHERE id IN doomed_dataset
      """, limit, named
    ) { row in (try row.int64(0), try row.text(1)) }
    datasetTitles = Dictionary(uniqueKeysWithValues: titles)
  }

  /// A row of `metrics` besides its key: its header, run, step, value and time.
  private static let bytesOfMetric = 26

  /// Common table expressions that say what stays and what goes; ?1 is the limit, ?2 is 1 where a name keeps no dataset.  In a recursive
  /// one UNION ends every walk.
  private static func sets(living: [Int64]) -> String {
    """
    WITH RECURSIVE
    kept_run (id) AS (
      SELECT id FROM runs WHERE (deleted_at <= ?1) IS NOT TRUE OR id IN (\(living.map { "\($0)" }.joined(separator: ", ")))
      UNION
      SELECT run_id FROM model_versions WHERE (deleted_at <= ?1) IS NOT TRUE
      UNION
      SELECT v.run_id FROM kept_run JOIN runs AS r ON r.id = kept_run.id JOIN model_versions AS v ON v.id = r.parent_version_id
    ),
    doomed_run (id) AS (SELECT id FROM runs WHERE deleted_at <= ?1 AND id NOT IN kept_run),
    doomed_version (id) AS (
      SELECT id FROM model_versions WHERE deleted_at <= ?1
        AND NOT EXISTS (SELECT 1 FROM runs WHERE parent_version_id = model_versions.id AND id IN kept_run)
    ),
    doomed_experiment (id) AS (
      SELECT id FROM experiments AS e WHERE id <> 0 AND deleted_at <= ?1
        AND NOT EXISTS (SELECT 1 FROM runs WHERE experiment_id = e.id AND id NOT IN doomed_run)
    ),
    doomed_dataset (id) AS (
      SELECT id FROM datasets AS d WHERE (?2 = 1 OR NOT EXISTS (SELECT 1 FROM dataset_names WHERE dataset_id = d.id))
        AND NOT EXISTS (SELECT 1 FROM runs WHERE dataset_id = d.id AND id NOT IN doomed_run)
    ),
    doomed_model (id) AS (
      SELECT id FROM models AS m WHERE next_version = 1 AND note IS NULL
        AND NOT EXISTS (SELECT 1 FROM model_tags WHERE model_id = m.id)
        AND NOT EXISTS (SELECT 1 FROM runs WHERE model_id = m.id AND id NOT IN doomed_run)
    ),
    doomed_tensor (id) AS (
      SELECT id FROM tensors AS t
      WHERE NOT EXISTS (SELECT 1 FROM version_tensors WHERE tensor_id = t.id AND version_id NOT IN doomed_version)
        AND NOT EXISTS (SELECT 1 FROM dataset_tensors WHERE tensor_id = t.id AND dataset_id NOT IN doomed_dataset)
    ),
    doomed_content (id) AS (
      SELECT id FROM contents AS c
      WHERE NOT EXISTS (SELECT 1 FROM tensors WHERE content_id = c.id AND id NOT IN doomed_tensor)
        AND NOT EXISTS (SELECT 1 FROM run_files WHERE content_id = c.id AND run_id NOT IN doomed_run)
        AND NOT EXISTS (SELECT 1 FROM version_files WHERE content_id = c.id AND version_id NOT IN doomed_version)
    )
    """
  }
}
