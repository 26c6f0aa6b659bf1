import SQLite
import StoreTestSupport
import TestSupport
import Testing

@testable import RegistryStore

/// What SQLite means to do.  A plan depends on the schema and the query, not on how many rows there are (nobody runs ANALYZE).
@Suite("the plan of a list")
struct QueryPlanTests {
  private func plan(_ subject: ListSubject, _ query: ListQuery) throws -> [String] {
    let stored = try StoredRegistry()
    try stored.store(model: "net")
    let statement = try stored.registry.listStatement(subject, query)
    let connection = try Connection(path: stored.path, mode: .readOnly)
    // The lines of the outermost level: subqueries are looked up by key, and sort a version's few aliases.
    let lines = try connection.query("EXPLAIN QUERY PLAN \(statement.sql)", query.limit, query.offset, query.model) { row in
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
    #expect(plan.filter { $0.hasPrefix("SCAN") } == ["SCAN v"], "\(plan)")
    #expect(!plan.contains { $0.contains("MATERIALIZE") || $0.contains("AUTOMATIC") }, "\(plan)")
  }
}
