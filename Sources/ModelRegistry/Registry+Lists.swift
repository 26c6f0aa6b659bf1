internal import SQLite

/// What `list` lists.
public enum ListSubject: String, Sendable, CaseIterable {
  case versions, runs, models, datasets
}

/// Which rows, in which order, and how many.
public struct ListQuery: Sendable {
  /// An SQL expression over the subject's columns.
  public var condition: String?
  /// SQL ordering terms over the subject's columns; newest first when nil.
  public var order: String?
  public var limit: Int
  public var offset: Int
  public var model: String?
  /// Deleted ones too.
  public var includesDeleted: Bool

  public init(
    condition: String? = nil, order: String? = nil, limit: Int = -1, offset: Int = 0, model: String? = nil, includesDeleted: Bool = false
  ) {
    self.condition = condition
    self.order = order
    self.limit = limit
    self.offset = offset
    self.model = model
    self.includesDeleted = includesDeleted
  }
}

extension Registry {
  /// Rows of versions, runs, models or datasets, newest first unless ordered otherwise.
  ///
  /// Throws `badExpression` for a condition or an order that SQLite doesn't take.
  public func list(_ subject: ListSubject, _ query: ListQuery = ListQuery()) throws -> ResultTable {
    let gone = subject == .runs ? try reading { try runsWithoutProcess() } : []
    let source = subject.source(includesDeleted: query.includesDeleted, gone: gone)
    let order = query.order.map(Self.nullsLast) ?? source.newest
    // What people write stands on lines of its own, so that a comment in it ends there.
    let sql = """
      SELECT \(source.columns.joined(separator: ", ")) FROM (\(source.sql))
      WHERE (?1 IS NULL OR \(source.model) = ?1) AND (
      \(query.condition ?? "1")
      ) ORDER BY
      \(order)
      LIMIT ?2 OFFSET ?3
      """
    return try reading {
      if query.condition != nil || query.order != nil { try checkExpressions(query, source) }
      if let model = query.model {
        let isKnown = try connection.queryFirst("SELECT 1 FROM models WHERE name = ?", model) { _ in true } ?? false
        guard isKnown else { throw try noSuchModel(model) }
      }
      do {
        let rows = try connection.query(sql, query.model, query.limit, query.offset) { row in
          try source.columns.indices.map { Scalar(try row.value($0)) }
        }
        return ResultTable(columns: source.columns, rows: rows)
      } catch let error as SQLiteError where error.isOfTheQuery && (query.condition != nil || query.order != nil) {
        // Some can't be told before they run: a function that isn't allowed, a sum that overflows.
        let options = [query.condition.map { _ in "--where" }, query.order.map { _ in "--order-by" }].compactMap(\.self)
        throw RegistryError.badExpression(option: options.joined(separator: " or "), problem: error.message, columns: source.columns)
      }
    }
  }

  /// Tells whose fault it is when SQLite refuses: each expression is compiled on its own first.
  private func checkExpressions(_ query: ListQuery, _ source: ListSource) throws {
    func check(_ option: String, _ sql: String) throws {
      let parameters: Int
      do {
        parameters = try connection.prepare(sql).parameterCount
      } catch {
        throw RegistryError.badExpression(option: option, problem: error.message, columns: source.columns)
      }
      guard parameters == 0 else {
        throw RegistryError.badExpression(option: option, problem: "a parameter (? or :name) has no value here", columns: source.columns)
      }
    }
    if let condition = query.condition {
      try check("--where", "SELECT 1 FROM (\(source.sql)) WHERE (\n\(condition)\n)")
      // A cast takes one whole expression: no parenthesis can be closed in it that wasn't opened there.
      try check("--where", "SELECT CAST(\n\(condition)\n AS TEXT) FROM (\(source.sql))")
    }
    if let order = query.order { try check("--order-by", "SELECT 1 FROM (\(source.sql)) ORDER BY\n\(order)\nLIMIT 1") }
  }

  /// Columns, with or without a direction, get their NULLs last: NaN and missing losses are no best ones.
  static func nullsLast(_ order: String) -> String {
    terms(of: order).map { term in
      let words = term.split(whereSeparator: \.isWhitespace)
      let isColumn = words.first?.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
      let isSimple = words.count == 1 || (words.count == 2 && ["ASC", "DESC"].contains(words[1].uppercased()))
      return isColumn && isSimple ? "\(term) NULLS LAST" : String(term)
    }.joined(separator: ",")
  }

  /// The parts of a list between its commas, but for those in parentheses and quotes.
  private static func terms(of order: String) -> [Substring] {
    var terms: [Substring] = []
    var (start, depth) = (order.startIndex, 0)
    var quote: Character?
    for index in order.indices {
      let character = order[index]
      if let open = quote {
        if character == open { quote = nil }
      } else if "'\"`".contains(character) {
        quote = character
      } else if "()".contains(character) {
        depth += character == "(" ? 1 : -1
      } else if character == ",", depth == 0 {
        terms.append(order[start..<index])
        start = order.index(after: index)
      }
    }
    return terms + [order[start...]]
  }
}

/// Where the rows of a subject come from.
private struct ListSource {
  let sql: String
  let columns: [String]
  let newest: String
  /// The column with the model's name.
  let model: String
}

extension ListSubject {
  /// `gone` are the runs whose process has gone: they count as interrupted.
  fileprivate func source(includesDeleted: Bool, gone: [Int64]) -> ListSource {
    switch self {
    case .versions:
      let columns = [
        "model", "version", "aliases", "run", "dataset", "task", "hidden_size", "hidden_sizes", "epochs", "learning_rate", "optimizer",
        "batch_size", "momentum", "weight_decay", "seed", "train_loss", "test_loss", "accuracy", "train_loss_is_nan", "test_loss_is_nan",
        "created_at",
      ]
      return ListSource(
        sql: includesDeleted ? "SELECT * FROM all_versions" : "SELECT * FROM leaderboard",
        columns: includesDeleted ? columns + ["deleted_at"] : columns, newest: "version_id DESC", model: "model")
    case .runs:
      let sql = """
        SELECT r.id AS run, m.name AS model,
          iif(r.id IN (\(gone.map(String.init).joined(separator: ","))), 'interrupted', r.status) AS status, r.kind, (SELECT max(version) FROM model_versions WHERE run_id = r.id) AS version,
          coalesce((SELECT min(name) FROM dataset_names WHERE dataset_id = r.dataset_id),
            (SELECT substr(digest, 1, 12) FROM datasets WHERE id = r.dataset_id)) AS dataset,
          (SELECT value FROM params WHERE run_id = r.id AND key = 'task') AS task, r.seed,
          (SELECT max(step) + 1 FROM metrics WHERE run_id = r.id AND key = 'train_loss') AS epochs_done,
          (SELECT value FROM params WHERE run_id = r.id AND key = 'epochs') AS epochs, r.started_at, r.ended_at, r.error, r.note
        FROM runs AS r JOIN models AS m ON m.id = r.model_id WHERE r.deleted_at IS NULL OR \(includesDeleted ? 1 : 0)
        """
      return ListSource(
        sql: sql,
        columns: [
          "run", "model", "status", "kind", "version", "dataset", "task", "seed", "epochs_done", "epochs", "started_at", "ended_at",
          "error", "note",
        ], newest: "run DESC", model: "model")
    case .models:
      let sql = """
        SELECT m.id, m.name AS model, (SELECT count(*) FROM model_versions WHERE model_id = m.id AND deleted_at IS NULL) AS versions,
          (SELECT max(version) FROM model_versions WHERE model_id = m.id AND deleted_at IS NULL) AS latest,
          (SELECT min(test_loss) FROM model_versions WHERE model_id = m.id AND deleted_at IS NULL) AS best_test_loss,
          (SELECT group_concat(alias || '=' || version, ' ') FROM (SELECT a.alias, v.version FROM model_aliases AS a
            JOIN model_versions AS v ON v.id = a.version_id WHERE a.model_id = m.id ORDER BY a.alias)) AS aliases, m.note, m.created_at
        FROM models AS m
        """
      return ListSource(
        sql: sql, columns: ["model", "versions", "latest", "best_test_loss", "aliases", "note", "created_at"], newest: "id DESC",
        model: "model")
    case .datasets:
      let sql = """
        SELECT d.id, coalesce((SELECT group_concat(name, ', ') FROM (SELECT name FROM dataset_names WHERE dataset_id = d.id ORDER BY name)),
            substr(d.digest, 1, 12)) AS dataset, d.train_rows, d.test_rows, d.feature_count AS features,
          iif(json_valid(d.source), json_extract(d.source, '$.kind'), NULL) AS source, (SELECT count(*) FROM runs WHERE dataset_id = d.id) AS runs, d.digest, d.created_at
        FROM datasets AS d
        """
      return ListSource(
        sql: sql, columns: ["dataset", "train_rows", "test_rows", "features", "source", "runs", "digest", "created_at"], newest: "id DESC",
        model: "NULL")
    }
  }
}
