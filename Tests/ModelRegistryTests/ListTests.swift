import Datasets
import SQLite
import StoreTestSupport
import TestSupport
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

@Suite("a list")
struct ListTests {
  /// Versions 1–4 of "net" with different sizes and losses, of which 3 has NaN losses; version 1 of "other".
  private func stored() throws -> StoredRegistry {
    let stored = try StoredRegistry()
    for (hidden, rate) in [(2, 0.1), (6, 0.2), (4, 1e30), (8, 0.4)] {
      try stored.train(Hyperparameters(task: .multiclass, hiddenSizes: [hidden], epochs: 30, learningRate: rate), model: "net")
    }
    try stored.train(model: "other")
    return stored
  }

  private func versions(_ registry: Registry, _ query: ListQuery) throws -> [String] {
    let table = try registry.list(.versions, query)
    let (model, version) = (table.columns.firstIndex(of: "model"), table.columns.firstIndex(of: "version"))
    return try table.rows.map { row in
      guard case .text(let name) = row[try #require(model)], case .integer(let number) = row[try #require(version)] else { return "?" }
      return "\(name)/\(number)"
    }
  }

  @Test("is newest first, and takes a model, a condition, a limit and an offset")
  func conditions() throws {
    let stored = try stored()
    let registry = try stored.reopened()
    let cases: [(ListQuery, [String])] = [
      (ListQuery(), ["other/1", "net/4", "net/3", "net/2", "net/1"]),
      (ListQuery(model: "net"), ["net/4", "net/3", "net/2", "net/1"]),
      (ListQuery(condition: "hidden_size >= 5"), ["other/1", "net/4", "net/2"]),
      (ListQuery(condition: "hidden_size >= 6 OR version = 1", model: "net"), ["net/4", "net/2", "net/1"]),
      (ListQuery(condition: "test_loss_is_nan"), ["net/3"]),
      (ListQuery(condition: "test_loss IS NULL"), ["net/3"]),
      (ListQuery(condition: "learning_rate = 0.4 -- the last"), ["net/4"]),
      (ListQuery(condition: "model LIKE 'o%'"), ["other/1"]),
      (ListQuery(condition: "0"), []),
      (ListQuery(limit: 2), ["other/1", "net/4"]),
      (ListQuery(limit: 2, offset: 3), ["net/2", "net/1"]),
      (ListQuery(offset: 4), ["net/1"]),
      (ListQuery(limit: 0), []),
      (ListQuery(offset: 99), []),
      (ListQuery(order: "hidden_size", model: "net"), ["net/1", "net/3", "net/2", "net/4"]),
      (ListQuery(order: "model DESC, version -- by number"), ["other/1", "net/1", "net/2", "net/3", "net/4"]),
      (ListQuery(order: "-version", limit: 1), ["net/4"]),
      // NaN is last in every column of a list, whichever the direction.
      (ListQuery(order: "test_loss IS NOT NULL, test_loss, seed", limit: 1, model: "net"), ["net/3"]),
      (ListQuery(condition: "version = 3", order: "test_loss, seed", model: "net"), ["net/3"]),
    ]
    for (query, wanted) in cases { #expect(try versions(registry, query) == wanted, "\(query)") }
  }

  @Test("has NaN last in both directions", arguments: ["test_loss", "test_loss ASC", "test_loss desc", "  train_loss  DESC "])
  func nullsLast(order: String) throws {
    let stored = try stored()
    let sorted = try versions(stored.reopened(), ListQuery(order: order, model: "net"))
    #expect(sorted.count == 4)
    #expect(sorted.last == "net/3")
    let losses = try sorted.dropLast().map { try stored.registry.version(VersionName($0)) }
      .map { order.contains("train") ? $0.trainLoss ?? .nan : $0.testLoss ?? .nan }
    #expect(losses == losses.sorted(by: order.uppercased().contains("DESC") ? { $0 > $1 } : { $0 < $1 }))
  }

  @Test("a NaN row shows no number")
  func nan() throws {
    let table = try stored().registry.list(.versions, ListQuery(condition: "version = 3"))
    let row = Dictionary(uniqueKeysWithValues: zip(table.columns, try #require(table.rows.first)))
    #expect(row["test_loss"] == .null)
    #expect(row["test_loss_is_nan"] == .integer(1))
    #expect(row["train_loss_is_nan"] == .integer(1))
  }

  @Test(
    "refuses a condition that is no expression",
    arguments: [
      "", "test_loss <", "nosuch > 1", "test_loss < 0.1)", "1) UNION SELECT 1 --", "1; DROP TABLE models", "(SELECT 1", "'open",
      "sum(test_loss) > 1", "nosuch(1)", "\u{0}",
    ])
  func badConditions(condition: String) throws {
    let stored = try StoredRegistry()
    let error = #expect(throws: StoreError.self) { try stored.registry.list(.versions, ListQuery(condition: condition)) }
    #expect(error?.part == .condition)
    switch error?.code {
    case .badExpression: #expect(error?.names.contains("test_loss") == condition.hasPrefix("nosuch >"))
    case .emptyExpression: #expect(condition == "")
    case .aboutManyRows: #expect(condition.hasPrefix("sum"))
    default: Issue.record("\(String(describing: error))")
    }
  }

  @Test(
    "refuses an order that is none",
    arguments: ["nosuch", "test_loss SIDEWAYS", "test_loss,", "test_loss LIMIT 1", "test_loss; DELETE FROM models", "(", "99"])
  func badOrders(order: String) throws {
    let stored = try StoredRegistry()
    let error = expect(.badExpression) { try stored.registry.list(.versions, ListQuery(order: order)) }
    #expect(error?.part == .order)
  }

  @Test("hides what is deleted unless asked")
  func deleted() throws {
    let stored = try stored()
    try Connection(path: stored.path, mode: .readWrite).execute(
      "UPDATE model_versions SET deleted_at = '2026-03-01T12:00:00.000Z' WHERE version = 2")
    #expect(try versions(stored.registry, ListQuery(model: "net")) == ["net/4", "net/3", "net/1"])
    #expect(try versions(stored.registry, ListQuery(model: "net", includesDeleted: true)) == ["net/4", "net/3", "net/2", "net/1"])
    #expect(try stored.registry.list(.versions, ListQuery(includesDeleted: true)).columns.last == "deleted_at")
  }

  @Test("of every subject has a row of its columns", arguments: ListSubject.allCases)
  func subjects(subject: ListSubject) throws {
    let stored = try stored()
    let wanted = [ListSubject.versions: 5, .runs: 5, .models: 2, .datasets: 1, .experiments: 3][subject]
    let table = try stored.reopened().list(subject)
    #expect(table.rows.count == wanted)
    #expect(table.rows.allSatisfy { $0.count == table.columns.count })
    for column in table.columns { _ = try stored.registry.list(subject, ListQuery(condition: "\(column) IS NULL OR 1", order: column)) }
  }
}
