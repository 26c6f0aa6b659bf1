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

  /// SQL for the value that `params.x` and the like have in a row of `base`; nil where a subject has nothing of that kind.
  func value(_ key: ListKey) -> String? {
    let text = key.key.quotedForSQL
    switch (key.kind, subject) {
    case (.params, .versions), (.params, .runs): return "SELECT value FROM params WHERE run_id = base.run AND key = \(text)"
    case (.metrics, .versions), (.metrics, .runs):
      return "SELECT value FROM metrics WHERE run_id = base.run AND key = \(text) ORDER BY step DESC, seq DESC LIMIT 1"
    case (.tags, .versions):
      return """
        SELECT coalesce((SELECT value FROM version_tags WHERE version_id = base.version_id AND key = \(text)),
          (SELECT value FROM tags WHERE run_id = base.run AND key = \(text)))
        """
    case (.tags, .runs): return "SELECT value FROM tags WHERE run_id = base.run AND key = \(text)"
    case (.tags, .models): return "SELECT value FROM model_tags WHERE model_id = base.id AND key = \(text)"
    default: return nil
    }
  }

  /// SQL for whether the metric's last value is NaN: a row without a value.
  func isNaN(_ key: ListKey) -> String? {
    guard key.kind == .metrics, subject == .versions || subject == .runs else { return nil }
    let text = key.key.quotedForSQL
    return "SELECT value IS NULL FROM metrics WHERE run_id = base.run AND key = \(text) ORDER BY step DESC, seq DESC LIMIT 1"
  }
}

extension ListSubject {
  /// `gone` are the runs whose process has gone: they count as interrupted.
  func table(includesDeleted: Bool, gone: [Int64] = []) -> ListTable {
    switch self {
    case .versions: versions(includesDeleted: includesDeleted)
    case .runs: runs(includesDeleted: includesDeleted, gone: gone)
    case .models: Self.modelTable
    case .datasets: Self.datasetTable
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
    let sql = """
      (SELECT r.id AS run, m.name AS model,
        iif(r.id IN (\(gone.map(String.init).joined(separator: ","))), 'interrupted', r.status) AS status, r.kind,
        (SELECT max(version) FROM model_versions WHERE run_id = r.id) AS version,
        coalesce((SELECT min(name) FROM dataset_names WHERE dataset_id = r.dataset_id),
          (SELECT substr(digest, 1, 12) FROM datasets WHERE id = r.dataset_id)) AS dataset,
        (SELECT value FROM params WHERE run_id = r.id AND key = 'task') AS task, r.seed,
        (SELECT max(step) + 1 FROM metrics WHERE run_id = r.id AND key = 'train_loss') AS epochs_done,
        (SELECT value FROM params WHERE run_id = r.id AND key = 'epochs') AS epochs, r.started_at, r.ended_at, r.error, r.note,
        r.deleted_at
      FROM runs AS r JOIN models AS m ON m.id = r.model_id\(includesDeleted ? "" : " WHERE r.deleted_at IS NULL"))
      """
    let columns = [
      "run", "model", "status", "kind", "version", "dataset", "task", "seed", "epochs_done", "epochs", "started_at", "ended_at", "error",
      "note",
    ]
    return ListTable(
      subject: self, sql: sql, columns: includesDeleted ? columns + ["deleted_at"] : columns, newest: "run DESC", aliasKey: nil,
      ofModel: "model = ?1")
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
