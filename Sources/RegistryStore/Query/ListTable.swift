/// The table that a list shows: where the rows of a subject come from.
struct ListTable {
  let subject: ListSubject
  /// A SELECT, or a view.
  let sql: String
  /// The columns of a result for which none were asked.
  let columns: [String]
  let newest: String
  /// The column that tells which rows' aliases are asked for; nil for a subject without aliases.
  let aliasKey: String?
  /// Whether a row is of the model `?1`.
  let ofModel: String

  /// Where the value that `params.x` and the like have in a row of `base` comes from.
  enum Source {
    /// A table with a row for each run and key, and an index by key and value: it is joined, so that the index can begin the query.
    case joined(table: String)
    /// A subquery.
    case computed(String)
  }

  /// Nil where a subject has nothing of that kind.
  func source(_ key: ListKey) -> Source? {
    let text = key.key.quotedForSQL
    switch (key.kind, subject) {
    case (.params, .versions), (.params, .runs): return .joined(table: "params")
    case (.metrics, .versions), (.metrics, .runs): return .joined(table: "metrics_latest")
    case (.tags, .versions):
      return .computed(
        """
        SELECT coalesce((SELECT value FROM version_tags WHERE version_id = base.version_id AND key = \(text)),
          (SELECT value FROM tags WHERE run_id = base.run AND key = \(text)))
        """)
    case (.tags, .runs): return .computed("SELECT value FROM tags WHERE run_id = base.run AND key = \(text)")
    case (.tags, .models): return .computed("SELECT value FROM model_tags WHERE model_id = base.id AND key = \(text)")
    case (.tags, .experiments): return .computed("SELECT value FROM experiment_tags WHERE experiment_id = base.id AND key = \(text)")
    default: return nil
    }
  }

  /// Whether a row is among the newest; nil for a subject of which there are never many.
  func isAmongNewest(_ count: Int) -> String? {
    switch subject {
    case .runs: "run > (SELECT max(id) FROM runs) - \(count)"
    case .versions: "version_id > (SELECT max(id) FROM model_versions) - \(count)"
    case .models, .datasets, .experiments: nil
    }
  }

  /// Whether a key's value may be NaN: a row without a value.
  func mayBeNaN(_ key: ListKey) -> Bool { key.kind == .metrics && source(key) != nil }
}

extension ListSubject {
  /// `gone` are the runs whose process has gone: they count as interrupted.
  func table(includesDeleted: Bool, gone: [Int64] = []) -> ListTable {
    switch self {
    case .versions: versions(includesDeleted: includesDeleted)
    case .runs: runs(includesDeleted: includesDeleted, gone: gone)
    case .models: Self.modelTable
    case .datasets: Self.datasetTable
    case .experiments: experiments(includesDeleted: includesDeleted)
    }
  }

  private func versions(includesDeleted: Bool) -> ListTable {
    let columns = [
      "model", "version", "aliases", "run", "dataset", "task", "hidden_size", "hidden_sizes", "epochs", "learning_rate", "optimizer",
      "batch_size", "momentum", "weight_decay", "seed", "train_loss", "test_loss", "accuracy", "train_loss_is_nan", "test_loss_is_nan",
      "created_at", "precision", "recall", "f1", "roc_auc", "class_weight", "guessed",
    ]
    // A loss that was weighed by class can't be held against a plain one.
    let classWeight = "(SELECT value FROM params WHERE run_id = l.run AND key = 'class_weight') AS class_weight"
    return ListTable(
      subject: self, sql: "(SELECT l.*, \(classWeight) FROM \(includesDeleted ? "all_versions" : "leaderboard") AS l)",
      columns: includesDeleted ? columns + ["deleted_at"] : columns, newest: "version_id DESC", aliasKey: "version_id",
      ofModel: "model = ?1")
  }

  private func runs(includesDeleted: Bool, gone: [Int64]) -> ListTable {
    let columns =
      [
        "run", "name", "experiment", "model", "status", "kind", "version", "dataset", "task", "seed", "epochs_done", "epochs", "started_at",
        "ended_at", "seconds", "user", "source", "git_commit", "is_dirty", "exit_code", "parent_run", "error", "note",
      ] + (includesDeleted ? ["deleted_at"] : [])
    let view = includesDeleted ? "all_runs" : "run_list"
    let isGone = "iif(run IN (\(gone.map(String.init).joined(separator: ","))), 'interrupted', status) AS status"
    // The view counts the epochs of a training by the step of its train_loss; the steps of other programs may be anything.
    let epochsDone = "iif(kind = 'train', epochs_done, NULL) AS epochs_done"
    let selected = columns.map { $0 == "epochs_done" ? epochsDone : $0 == "status" && !gone.isEmpty ? isGone : $0 }
    let hidden = ["experiment_id", "dataset_id", "uuid"]
    return ListTable(
      subject: self, sql: "(SELECT \((selected + hidden).joined(separator: ", ")) FROM \(view))", columns: columns,
      newest: "run DESC", aliasKey: nil, ofModel: "model = ?1")
  }

  private func experiments(includesDeleted: Bool) -> ListTable {
    let columns = ["experiment", "runs", "newest_run", "note", "created_at"] + (includesDeleted ? ["deleted_at"] : [])
    // A run without an experiment is one of Default, whose number is 0.
    let sql = """
      (SELECT e.id, e.name AS experiment,
        (SELECT count(*) FROM runs WHERE experiment_id = e.id AND deleted_at IS NULL)
          + iif(e.id = 0, (SELECT count(*) FROM runs WHERE experiment_id IS NULL AND deleted_at IS NULL), 0) AS runs,
        (SELECT max(id) FROM (SELECT max(id) AS id FROM runs WHERE experiment_id = e.id AND deleted_at IS NULL
          UNION ALL SELECT max(id) FROM runs WHERE e.id = 0 AND experiment_id IS NULL AND deleted_at IS NULL)) AS newest_run,
        e.note, e.artifact_location, e.created_at, e.updated_at, e.deleted_at
      FROM experiments AS e\(includesDeleted ? "" : " WHERE e.deleted_at IS NULL"))
      """
    return ListTable(
      subject: self, sql: sql, columns: columns, newest: "id DESC", aliasKey: nil,
      ofModel: "id IN (SELECT coalesce(experiment_id, 0) FROM runs WHERE model_id = (SELECT id FROM models WHERE name = ?1))")
  }

  private static let modelTable = ListTable(
    subject: .models,
    sql: """
      (SELECT m.id, m.name AS model, (SELECT count(*) FROM model_versions WHERE model_id = m.id AND deleted_at IS NULL) AS versions,
        (SELECT version FROM model_versions WHERE model_id = m.id AND deleted_at IS NULL ORDER BY version DESC LIMIT 1) AS latest,
        (SELECT test_loss FROM model_versions WHERE model_id = m.id AND test_loss IS NOT NULL AND deleted_at IS NULL
          ORDER BY test_loss LIMIT 1) AS best_test_loss,
        (SELECT group_concat(alias || '=' || version, ' ') FROM (SELECT a.alias, v.version FROM model_aliases AS a
          JOIN model_versions AS v ON v.id = a.version_id WHERE a.model_id = m.id ORDER BY a.alias)) AS aliases, m.note, m.created_at
      FROM models AS m)
      """,
    columns: ["model", "versions", "latest", "best_test_loss", "aliases", "note", "created_at"], newest: "id DESC", aliasKey: "id",
    ofModel: "model = ?1")

  /// The kind of a dataset's source is cut out of the text that `DatasetSource` writes: SQLite 3.40's `json_valid` takes a text for
  /// malformed when there is no memory to parse it, and `json_extract` is an error for one that is.
  private static let datasetTable = ListTable(
    subject: .datasets,
    sql: """
      (SELECT d.id, coalesce((SELECT group_concat(name, ', ') FROM (SELECT name FROM dataset_names WHERE dataset_id = d.id ORDER BY name)),
          substr(d.digest, 1, 12)) AS dataset, d.train_rows, d.test_rows, d.feature_count AS features,
        (SELECT substr(rest, 1, instr(rest, '"') - 1) FROM (SELECT substr(d.source, instr(d.source, '"kind":"') + 8) AS rest)
          WHERE instr(d.source, '"kind":"') > 0) AS source,
        (SELECT count(*) FROM runs WHERE dataset_id = d.id) AS runs, d.digest, d.created_at
      FROM datasets AS d)
      """,
    columns: ["dataset", "train_rows", "test_rows", "features", "source", "runs", "digest", "created_at"], newest: "id DESC",
    aliasKey: nil,
    ofModel: "id IN (SELECT dataset_id FROM runs WHERE model_id = (SELECT id FROM models WHERE name = ?1))")
}

extension String {
  /// As a string literal of SQL.
  var quotedForSQL: String { "'" + replacing("'", with: "''") + "'" }

  /// As a name of SQL.
  var quotedAsName: String { "\"" + replacing("\"", with: "\"\"") + "\"" }
}
