import SQLite
import StoreTestSupport
import TestSupport
import Testing

@testable import RegistryStore

/// What SQLite means to do.  A plan depends on the schema and the query, not on how many rows there are (nobody runs ANALYZE).
@Suite("the plan of a list")
struct QueryPlanTests {
  private func plan(_ subject: ListSubject, _ query: ListQuery, ranked: Bool = false, attempt: Int? = nil, keys: Bool = false) throws
    -> [String]
  {
    let stored = try StoredRegistry()
    try stored.store(model: "net")
    if keys {
      let run = try stored.registry.startRun(params: ["lr": 0.1])
      try run.log("a", step: 0, 1)
      try run.end()
    }
    let statement = try stored.registry.listStatement(subject, query)
    let sql =
      if let attempt { statement.attempts[attempt] } else if ranked { statement.attempts[statement.attempts.count - 2] } else {
        statement.sql
      }
    let connection = try Connection(path: stored.path, mode: .readOnly)
    // The lines of the outermost level: subqueries are looked up by key, and sort a version's few aliases.
    let lines = try connection.query("EXPLAIN QUERY PLAN \(sql)", query.limit, query.offset, query.model) { row in
      (parent: try row.int(1), detail: try row.text(3))
    }
    return lines.filter { $0.parent == 0 }.map(\.detail)
  }

  static let ordered: [(ListSubject, ListQuery, String)] = [
    (.versions, ListQuery(limit: 20), "SCAN v"),
    (.versions, ListQuery(limit: 20, model: "net"), "SEARCH v USING INDEX sqlite_autoindex_model_versions_3 (model_id=?)"),
    (.versions, ListQuery(order: "test_loss", limit: 20), "SCAN v USING INDEX versions_by_test_loss"),
    (.versions, ListQuery(order: "test_loss DESC", limit: 20), "SCAN v USING INDEX versions_by_test_loss"),
    (
      .versions, ListQuery(order: "test_loss", limit: 20, model: "net"),
      "SEARCH v USING INDEX versions_by_model_and_test_loss (model_id=?)"
    ),
    (
      .versions, ListQuery(order: "test_loss DESC", limit: 20, model: "net"),
      "SEARCH v USING INDEX versions_by_model_and_test_loss (model_id=?)"
    ),
    (.versions, ListQuery(order: "test_loss", limit: 20, includesDeleted: true), "SCAN v USING INDEX versions_by_test_loss"),
    (
      .versions, ListQuery(condition: "params.task = 'x' OR tags.y", order: "test_loss", limit: 20),
      "SCAN v USING INDEX versions_by_test_loss"
    ),
    (
      .versions, ListQuery(condition: "test_loss < 0.1", order: "test_loss", limit: 20),
      "SEARCH v USING INDEX versions_by_test_loss (test_loss<?)"
    ),
    (.runs, ListQuery(limit: 20), "SCAN r"),
  ]

  /// Conditions and orders of runs, and where the query begins: with `ranked` without the rows that have no value of the key.
  static let ofRuns: [(ListQuery, ranked: Bool, String)] = [
    (
      ListQuery(condition: "metrics.a < 0.3", limit: 20), false,
      "SEARCH k0 USING COVERING INDEX metrics_latest_by_value (key=? AND value<?)"
    ),
    (
      ListQuery(condition: "metrics.a < 0.3 AND params.lr <= 0.1", order: "metrics.a", limit: 20), true,
      "SEARCH k0 USING COVERING INDEX metrics_latest_by_value (key=? AND value"
    ),
    (ListQuery(condition: "params.lr <= 0.1", limit: 20), false, "SEARCH k0 USING COVERING INDEX params_by_value (key=? AND value<?)"),
    (ListQuery(order: "metrics.a DESC", limit: 20), true, "SEARCH k0 USING COVERING INDEX metrics_latest_by_value (key=? AND value>?)"),
    (ListQuery(order: "params.lr", limit: 20), true, "SEARCH k0 USING COVERING INDEX params_by_value (key=?)"),
  ]

  @Test("of runs begins with the index of the metric or the param that it asks for", arguments: ofRuns)
  func runsByIndex(query: ListQuery, ranked: Bool, first: String) throws {
    let plan = try plan(.runs, query, ranked: ranked, keys: true)
    #expect(plan.first?.hasPrefix(first) == true, "\(plan)")
    #expect(!plan.contains("USE TEMP B-TREE FOR ORDER BY") || query.order == nil, "\(plan)")
    #expect(!plan.contains { $0.contains("MATERIALIZE") || $0.contains("AUTOMATIC") || $0.contains("CO-ROUTINE") }, "\(plan)")
  }

  @Test(
    "first looks at the newest, or at the first of the order, where few rows are wanted",
    arguments: [
      (ListQuery(condition: "metrics.a < 0.9 AND params.lr < 1", limit: 20), "SEARCH r USING INTEGER PRIMARY KEY (rowid>?)"),
      (
        ListQuery(condition: "params.lr < 1", order: "metrics.a", limit: 20),
        "SEARCH k0 USING COVERING INDEX metrics_latest_by_value (key=? AND value>? AND value<?)"
      ),
      (
        ListQuery(condition: "params.lr < 1", order: "metrics.a DESC", limit: 20),
        "SEARCH k0 USING COVERING INDEX metrics_latest_by_value (key=? AND value>?)"
      ),
    ])
  func fewRows(query: ListQuery, first: String) throws {
    let plan = try plan(.runs, query, attempt: 0, keys: true).filter { !$0.contains("SUBQUERY") }
    let outer = plan[0].replacing("k1", with: "k0")
    #expect(outer == first, "\(plan)")
    #expect(!plan.contains("USE TEMP B-TREE FOR ORDER BY") && !plan.contains { $0.hasPrefix("SCAN") }, "\(plan)")
  }

  @Test("of runs gives the same rows by the index as without it, page by page, whatever has a value")
  func pages() throws {
    let stored = try StoredRegistry()
    for number in 0..<30 {
      let run = try stored.registry.startRun(params: ["lr": ParamValue(number % 3)])
      if number % 5 != 0 { try run.log("m", step: 0, number % 7 == 0 ? .nan : Double(number % 4)) }
      try run.end()
    }
    for order in ["metrics.m", "metrics.m DESC", "params.lr, metrics.m", "metrics.m DESC, params.lr"] {
      let all = try stored.registry.list(.runs, ListQuery(order: order)).rows.map { $0[0] }
      #expect(all.count == 30)
      let paged = try stride(from: 0, to: 30, by: 4).flatMap {
        try stored.registry.list(.runs, ListQuery(order: order, limit: 4, offset: $0)).rows.map { $0[0] }
      }
      #expect(paged == all, "\(order)")
    }
  }

  @Test("goes by an index in the order of the list, and sorts nothing", arguments: ordered)
  func goesByIndex(subject: ListSubject, query: ListQuery, first: String) throws {
    let plan = try plan(subject, query)
    #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
    #expect(plan.contains(first) || plan.contains { $0.hasPrefix(first) }, "\(plan)")
    #expect(!plan.contains { $0.contains("MATERIALIZE") || $0.contains("AUTOMATIC") || $0.contains("CO-ROUTINE") }, "\(plan)")
  }

  @Test(
    "with any condition reads the versions once, all else by key",
    arguments: [
      "hidden_size >= 5 AND learning_rate < 0.1", "metrics.test_loss < 0.1", "params.task = 'x' AND metrics.train_loss > test_loss",
      "tags.stage = 'x' OR accuracy > 0.9", "dataset LIKE 'b%'", "aliases LIKE '%champion%'", "f1 > 0.8",
    ])
  func scans(condition: String) throws {
    let plan = try plan(.versions, ListQuery(condition: condition, order: "accuracy", limit: 20))
    // A metric that is asked for begins the query, by its index.
    #expect(plan.filter { $0.hasPrefix("SCAN") } == (plan[0].hasPrefix("SEARCH k0 USING COVERING INDEX") ? [] : ["SCAN v"]), "\(plan)")
    #expect(!plan.contains { $0.contains("MATERIALIZE") || $0.contains("AUTOMATIC") }, "\(plan)")
  }
}
