import Datasets
import SQLite
import StoreTestSupport
import TestSupport
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

@Suite("params, metrics and tags in a list")
struct ListKeyTests {
  /// net/1 to net/3 with 2, 4 and 6 hidden numbers; the last one's loss is NaN.  Tags: the run's, the version's over it, the model's.
  private func stored() throws -> StoredRegistry {
    let stored = try StoredRegistry()
    for (hidden, rate) in [(2, 0.1), (4, 0.2), (6, 1e30)] {
      try stored.train(Hyperparameters(task: .multiclass, hiddenSizes: [hidden], epochs: 30, learningRate: rate), model: "net")
    }
    let connection = try Connection(path: stored.path, mode: .readWrite)
    try connection.executeScript(
      """
      INSERT INTO tags VALUES (1, 'stage', 'old'), (1, 'my key', 1), (2, 'a.b', 'x'), (3, 'say "hi", Bob''s', 2), (2, 'Stage', 7);
      INSERT INTO version_tags VALUES (1, 'stage', 'new'), (2, 'stage', 'new');
      INSERT INTO model_tags VALUES (1, 'team', 'vision')
      """)
    return stored
  }

  private func column(_ stored: StoredRegistry, _ query: ListQuery, of subject: ListSubject = .versions) throws -> [CellValue] {
    try stored.registry.list(subject, query).rows.map { try #require($0.last) }
  }

  static let conditions: [(String, [Int64])] = [
    ("params.learning_rate = 0.2", [2]),
    ("PARAMS . learning_rate > 0.1 AND NOT params.task LIKE 'b%'", [3, 2]),
    ("params /* of the run */ .\n\"learning_rate\" IN (0.1, 0.2) -- params.nosuch", [2, 1]),
    // The names of columns and of keys don't get in each other's way.
    ("params.learning_rate = learning_rate AND learning_rate BETWEEN 0.1 AND 0.3", [2, 1]),
    ("tags.stage = 'new'", [2, 1]),
    ("tags.stage = 'new' AND tags.Stage IS NULL", [1]),
    ("tags.\"my key\" OR tags.[my key]", [1]),
    ("tags.\"a.b\" = 'x'", [2]),
    ("tags.\"say \"\"hi\"\", Bob's\" = 2", [3]),
    ("'params.nosuch' = 'params.nosuch' AND version = 1", [1]),
    ("metrics.train_loss IS NULL", [3]),
    ("metrics.train_loss < 1e9 AND metrics.test_loss <> test_loss + 1", [2, 1]),
    ("run IN (SELECT run_id FROM metrics WHERE metrics.step = 29 AND metrics.value IS NULL)", [3]),
    ("EXISTS (SELECT 1 FROM epochs WHERE epochs.run = versions.run AND epochs.train_loss IS NULL)", [3]),
    ("EXISTS (SELECT 1 FROM json_each(hidden_sizes) WHERE value > 3)", [3, 2]),
  ]

  @Test("stand in conditions", arguments: conditions)
  func condition(condition: String, expected: [Int64]) throws {
    #expect(try column(stored(), ListQuery(condition: condition, columns: ["version"])) == expected.map(CellValue.integer))
  }

  @Test("stand in orders, NULL and NaN last", arguments: [("metrics.train_loss", false), ("metrics.train_loss DESC", true)])
  func orders(order: String, isDescending: Bool) throws {
    let values = try column(stored(), ListQuery(order: order, columns: ["metrics.train_loss"]))
    guard case .real(let first) = values[0], case .real(let second) = values[1], case .real(let last) = values[2] else {
      Issue.record("\(values)")
      return
    }
    #expect(isDescending ? first > second : first < second)
    #expect(last.isNaN)
  }

  @Test("a metric of a run is its newest value, as metrics_latest has it; that of a version is what the run measured")
  func lastValue() throws {
    let stored = try stored()
    try stored.tamper("metrics_latest", "UPDATE metrics_latest SET value = 7 WHERE run_id = 1 AND key = 'train_loss'")
    #expect(try column(stored, ListQuery(condition: "metrics.train_loss = 7", columns: ["version"])) == [])
    let run = try column(stored, ListQuery(condition: "metrics.train_loss = 7", columns: ["run"]), of: .runs)
    #expect(run == [.integer(1)])
  }

  @Test("a column that is asked for twice is an error", arguments: ["VERSION", "tags.\"stage\""])
  func twice(name: String) throws {
    let error = #expect(throws: StoreError.self) {
      try stored().registry.list(.versions, ListQuery(columns: ["version", "tags.stage", name, "seed"]))
    }
    let repeated = name == "VERSION" ? "version" : "tags.stage"
    #expect(error == .repeatedColumn(name: repeated, columns: ["version", "tags.stage", "seed"]))
  }

  @Test("are columns, in the order asked for")
  func columns() throws {
    let query = ListQuery(
      condition: "version = 1", columns: ["tags.stage", "VERSION", "params.task", "tags.\"my key\"", "test_loss", "uuid"])
    let table = try stored().registry.list(.versions, query)
    #expect(table.columns == ["tags.stage", "version", "params.task", "tags.my key", "test_loss", "uuid"])
    #expect(table.rows[0].prefix(4) == [.text("new"), .integer(1), .text("multiclass"), .integer(1)])
  }

  @Test("of runs are the run's, of models the model's")
  func otherSubjects() throws {
    let stored = try stored()
    let runs = try column(stored, ListQuery(condition: "tags.stage = 'old'", columns: ["run"]), of: .runs)
    #expect(runs == [.integer(1)])
    let models = try column(stored, ListQuery(condition: "tags.team = 'vision'", columns: ["tags.team"]), of: .models)
    #expect(models == [.text("vision")])
  }

  static let errors: [(ListSubject, ListQuery, StoreError)] = [
    (
      .versions, ListQuery(condition: "tags.stge = 1"),
      .noSuchKey(
        .condition, kind: "tags", subject: .versions, key: "stge", nearest: "stage",
        known: ["Stage", "a.b", "my key", "say \"hi\", Bob's", "stage"])
    ),
    (
      .models, ListQuery(order: "tags.x"),
      .noSuchKey(.order, kind: "tags", subject: .models, key: "x", nearest: nil, known: ["team"])
    ),
    (.versions, ListQuery(condition: "params.seed = 1"), .columnAsKey(.condition, kind: "params", column: "seed")),
    (.versions, ListQuery(columns: ["metrics.Accuracy"]), .columnAsKey(.columns, kind: "metrics", column: "accuracy")),
    (.runs, ListQuery(order: "params.status"), .columnAsKey(.order, kind: "params", column: "status")),
    (.models, ListQuery(columns: ["params.x"]), .noSuchKind(.columns, kind: "params", subject: .models)),
    (.datasets, ListQuery(condition: "tags.x"), .noSuchKind(.condition, kind: "tags", subject: .datasets)),
  ]

  @Test("that nobody has are errors", arguments: errors)
  func isAnError(subject: ListSubject, query: ListQuery, expected: StoreError) throws {
    #expect(throws: expected) { try stored().registry.list(subject, query) }
  }

  @Test("of models are as unknown as those of versions, where only versions have tags")
  func tagsOfOthers() throws {
    let stored = try stored()
    try Connection(path: stored.path, mode: .readWrite).execute("DELETE FROM model_tags")
    for query in [ListQuery(condition: "tags.stage = 'new'"), ListQuery(order: "tags.stage"), ListQuery(columns: ["model", "tags.stage"])] {
      let error = #expect(throws: StoreError.self) { try stored.registry.list(.models, query) }
      let part: StoreError.QueryPart = query.condition != nil ? .condition : query.order != nil ? .order : .columns
      #expect(error == .noSuchKey(part, kind: "tags", subject: .models, key: "stage", nearest: nil, known: []))
    }
  }

  @Test(
    "a kind that is misspelt is named with the key",
    arguments: [
      ("param.epochs", "params.epochs", false), ("param.epohcs", "params.epochs", true), ("metric.test_loss", "metrics.test_loss", false),
      ("tag.stage", "tags.stage", false), ("param.nope", nil, true), ("versions.sed", "seed", true),
    ])
  func misspeltKind(name: String, expected: String?, listsOthers: Bool) throws {
    let stored = try stored()
    for query in [ListQuery(condition: "\(name) > 1"), ListQuery(order: name), ListQuery(columns: [name])] {
      let error = #expect(throws: StoreError.self) { try stored.registry.list(.versions, query) }
      #expect(error?.code == .badExpression && error?.message == "no such column: \(name)")
      #expect(error?.suggestions == (expected.map { [$0] } ?? []))
      #expect(error?.names.isEmpty != listsOthers)
    }
  }

  @Test("a text in double quotes is told from a name", arguments: [("neural-net", nil), ("net", nil), ("sed", "seed")])
  func doubleQuotes(text: String, nearest: String?) throws {
    let stored = try stored()
    #expect(throws: StoreError.doubleQuoted(.condition, text: text, nearest: nearest)) {
      try stored.registry.list(.versions, ListQuery(condition: "params.learning_rate > 0 AND model = \"\(text)\""))
    }
  }

  @Test("of a new registry are no errors: nothing has any")
  func emptyRegistry() throws {
    let stored = try StoredRegistry()
    #expect(try stored.registry.list(.versions, ListQuery(condition: "tags.x = 1 OR params.y > 2 OR metrics.z < 3")).rows.isEmpty)
  }

  @Test(
    "a column that is almost there is named",
    arguments: [
      ("tset_loss", "test_loss"), ("Test_Los", "test_loss"), ("sed", "seed"), ("acuracy", "accuracy"), ("hidden", "hidden_size"),
      ("xyz", nil),
      ("learningrate", "learning_rate"), ("vers", "version"), ("test", "test_loss"), ("ve", nil),
    ])
  func nearest(word: String, expected: String?) throws {
    let stored = try StoredRegistry()
    for query in [ListQuery(condition: "\(word) > 1"), ListQuery(order: word), ListQuery(columns: [word])] {
      let error = #expect(throws: StoreError.self) { try stored.registry.list(.versions, query) }
      #expect(error?.code == .badExpression && error?.message == "no such column: \(word)")
      #expect(error?.suggestions == (expected.map { [$0] } ?? []))
      #expect(error?.names.contains("test_loss") == true && error?.names.contains("uuid") == false)
    }
  }

  @Test("an expression that doesn't end is given up")
  func endless() throws {
    let stored = try stored()
    let endless = "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c) > version"
    let limit = Duration.milliseconds(50)
    for query in [ListQuery(condition: endless, timeLimit: limit), ListQuery(order: endless, timeLimit: limit)] {
      #expect(throws: StoreError.outOfTime(limit: limit, query.order == nil ? .condition : .order)) {
        try stored.registry.list(.versions, query)
      }
    }
    #expect(try stored.registry.list(.versions).rows.count == 3)
  }

  @Test("aliases with commas in their names stay whole")
  func aliases() throws {
    let stored = try stored()
    try Connection(path: stored.path, mode: .readWrite).executeScript(
      "INSERT INTO model_aliases VALUES (1, 'a,b', 2), (1, 'champion', 2), (1, 'old', 1)")
    let versions = try stored.registry.listing(.versions)
    #expect(versions.aliases.map { $0.map(\.alias) } == [[], ["a,b", "champion"], ["old"]])
    let models = try stored.registry.listing(.models, ListQuery(columns: ["aliases"]))
    #expect(models.aliases == [[("a,b", 2), ("champion", 2), ("old", 1)].map { AliasTarget(alias: $0.0, version: $0.1) }])
    #expect(try stored.registry.listing(.versions, ListQuery(columns: ["version"])).aliases.isEmpty)
  }
}
