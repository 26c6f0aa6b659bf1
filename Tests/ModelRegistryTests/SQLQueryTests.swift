import Datasets
import SQLite
import StoreTestSupport
import TestSupport
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

@Suite("a query in SQL")
struct SQLQueryTests {
  /// `neural-net/1` (binary, the tutorial's), `classes/1` (multiclass) and `numbers/1` (a regression with a category among its features).
  private func stored() throws -> StoredRegistry {
    let stored = try StoredRegistry()
    try stored.train(Hyperparameters(epochs: 20))
    try stored.train(Hyperparameters(task: .multiclass, epochs: 20), model: "classes")
    let lines = (0..<12).map { "\($0),\($0 % 3 == 0 ? "red" : "blue"),\(10 * $0)" }
    let path = try stored.folder.write("n.csv", "a,color,y\n" + lines.joined(separator: "\n") + "\n")
    let dataset = try readDataset(csv: .path(path), options: CSVOptions(target: "y")).dataset
    let experiment = try Experiment(dataset: dataset, hyperparameters: Hyperparameters(task: .regression, epochs: 5))
    let description = RunDescription(model: "numbers", dataset: dataset, datasetName: "n", experiment: experiment)
    _ = try stored.registry.train(experiment, description, report: { _ in })
    return stored
  }

  private func one(_ stored: StoredRegistry, _ sql: String) throws -> CellValue {
    try #require(try stored.registry.query(SQLQuery(sql)).table.rows.first?.first)
  }

  @Test("predict answers as the version's own predictor does, whatever way the row is given")
  func predict() throws {
    let stored = try stored()
    for (name, dataset) in [("1", "blobs"), ("neural-net/1", "blobs"), ("latest", "blobs"), ("classes/1", "blobs"), ("numbers/1", "n")] {
      let record = try stored.registry.version(VersionName(name))
      let predictor = try stored.registry.loadPredictor(record)
      let data = try stored.registry.dataset(stored.registry.datasetRecord(dataset))
      let expected = try predictor(data.x(.test)).map { prediction -> CellValue in
        switch prediction {
        case .binary(let probability, _): .real(Double(probability))
        case .multiclass(_, let index): .text(predictor.architecture.classes[index ?? 0])
        case .regression(let value): .real(value)
        }
      }
      let rows = try stored.registry.query(
        SQLQuery("SELECT predict('\(name)', x0, x1), predict('\(name)', x), row FROM samples('\(dataset)', 'test')")
      ).table.rows
      #expect(rows.map { $0[0] } == expected, "\(name)")
      #expect(rows.map { $0[1] } == expected, "\(name)")
      #expect(rows.map { $0[2] } == (1...expected.count).map { CellValue.integer(Int64($0)) })
    }
  }

  @Test("a category that is written as a number is found by its text, however SQL has it")
  func numberedCategories() throws {
    let stored = try StoredRegistry()
    let lines = (0..<12).map { "\($0),\([1, 2, 10][$0 % 3]),\(10 * $0)" }
    let path = try stored.folder.write("n.csv", "a,zip,y\n" + lines.joined(separator: "\n") + "\n")
    var options = CSVOptions(target: "y")
    options.categorical = ["zip"]
    let dataset = try readDataset(csv: .path(path), options: options).dataset
    let experiment = try Experiment(dataset: dataset, hyperparameters: Hyperparameters(task: .regression, epochs: 5))
    let description = RunDescription(model: "n", dataset: dataset, datasetName: "n", experiment: experiment)
    _ = try stored.registry.train(experiment, description, report: { _ in })
    for category in [1, 2, 10] {
      #expect(try one(stored, "SELECT predict('n/1', 3, \(category)) = predict('n/1', 3, '\(category)')") == .integer(1))
    }
    // Its place among the categories 1, 10, 2 is no name of one.
    #expect(throws: StoreError.queryFailed(problem: "predict: '0' isn't a category of 'zip', which n/1 knows")) {
      try stored.registry.query(SQLQuery("SELECT predict('n/1', 3, 0)"))
    }
  }

  @Test("a version may be a number, an alias, another one in each row, or NULL")
  func versions() throws {
    let stored = try stored()
    try Connection(path: stored.path, mode: .readWrite).execute("INSERT INTO model_aliases VALUES (1, 'champion', 1)")
    let expected = try one(stored, "SELECT predict(1, -1, 1)")
    #expect(try one(stored, "SELECT predict('neural-net@champion', -1, 1)") == expected)
    #expect(try one(stored, "SELECT predict('@champion', -1, 1.0)") == expected)
    #expect(try one(stored, "SELECT predict(NULL, -1, 1)") == .null)
    #expect(try one(stored, "SELECT predict(1, -1, NULL)") == .null)
    let each = try stored.registry.query(
      SQLQuery("SELECT predict(model || '/' || version, 1, 1) FROM leaderboard WHERE model <> 'numbers' ORDER BY version_id"))
    #expect(each.table.rows[0][0] == (try one(stored, "SELECT predict(1, 1, 1)")))
    #expect(each.table.rows[1][0] == (try one(stored, "SELECT predict('classes/1', 1, 1)")))
  }

  static let failures: [(String, String)] = [
    ("SELECT predict(1, 1)", "predict: neural-net/1 takes 2 features, not 1"),
    ("SELECT predict(1, 1, 2, 3)", "predict: neural-net/1 takes 2 features, not 3"),
    ("SELECT predict(1, zeroblob(24))", "predict: neural-net/1 takes 2 features, not 3"),
    ("SELECT predict(1, zeroblob(17))", "predict: a blob of 17 bytes is not made of float64"),
    ("SELECT predict(1)", "predict is called as predict(version, x1, x2, …) or predict(version, x)"),
    ("SELECT predict(1.5, 1, 2)", "predict: a version is a number or a text such as 'name/3' or 'name@champion'"),
    ("SELECT predict(1, 'a', 2)", "predict: feature 1 of neural-net/1 is a number, not text"),
    ("SELECT predict(1, 9007199254740993, 2)", "predict: 9007199254740993 is an integer that float64 doesn't hold"),
    ("SELECT predict('numbers/1', 1, 0)", "predict: '0' isn't a category of 'color', which numbers/1 knows"),
    ("SELECT predict('numbers/1', 1, x'00')", "predict: 'color' of numbers/1 is a category: give its text"),
    ("SELECT predict('numbers/1', 1, 'green')", "predict: 'green' isn't a category of 'color', which numbers/1 knows"),
    ("SELECT l2(1)", "l2: a tensor's data is a blob, not integer"),
    ("SELECT l2(zeroblob(6))", "6 bytes are no whole number of F32, which have 4 each"),
    ("SELECT l2(zeroblob(8), 'C64')", "the elements of C64 are no single numbers"),
    ("SELECT distance(zeroblob(8), zeroblob(12))", "distance: the first has 2 elements, the second 3"),
    ("SELECT * FROM samples('blobs', 'all')", "samples: 'all' is neither 'train' nor 'test'"),
    ("SELECT * FROM tensor_values(1)", "tensor_values: a tensor's data is a blob"),
    ("SELECT abs(-9223372036854775808)", "integer overflow"),
  ]

  @Test("says what a function was given", arguments: failures)
  func failure(sql: String, problem: String) throws {
    #expect(throws: StoreError.queryFailed(problem: problem)) { try stored().registry.query(SQLQuery(sql)) }
  }

  @Test("what a function doesn't find is the registry's own error")
  func missing() throws {
    let stored = try stored()
    #expect(throws: StoreError.noModelHas(name: "9", models: ["numbers", "classes", "neural-net"], path: stored.path)) {
      try stored.registry.query(SQLQuery("SELECT predict(9, 1, 1)"))
    }
    #expect(throws: StoreError.noSuchDataset(name: "x", known: ["n", "blobs"], path: stored.path)) {
      try stored.registry.query(SQLQuery("SELECT * FROM samples('x', 'test')"))
    }
    #expect(throws: StoreError.illegalVersionName("@")) { try stored.registry.query(SQLQuery("SELECT predict('@', 1, 1)")) }
    // A later query isn't blamed for it.
    #expect(throws: StoreError.queryFailed(problem: "integer overflow")) {
      try stored.registry.query(SQLQuery("SELECT abs(-9223372036854775808)"))
    }
  }

  @Test("samples are the dataset's raw rows")
  func samples() throws {
    let stored = try stored()
    let data = try stored.registry.dataset(stored.registry.datasetRecord("n"))
    let table = try stored.registry.query(SQLQuery("SELECT y, label, x0, x1, x2, x63, x FROM samples('n', 'train')", blobs: .hex)).table
    #expect(table.rows.count == data.trainCount)
    for (index, row) in table.rows.enumerated() {
      let (a, color) = (data.x(.train)[2 * index], data.x(.train)[2 * index + 1])
      #expect(row.prefix(6) == [.real(10 * a), .null, .real(a), .text(color == 0 ? "blue" : "red"), .null, .null])
    }
    let blobs = try stored.registry.query(SQLQuery("SELECT y, label, typeof(x), length(x) FROM samples('blobs', 'test')")).table.rows
    #expect(blobs.count == 6)
    for row in blobs {
      guard case .integer(let y) = row[0] else {
        Issue.record("\(row)")
        continue
      }
      #expect(row[1...] == [.text("\(y)"), .text("blob"), .integer(16)])
    }
    #expect(try one(stored, "SELECT count(*) FROM samples(NULL, 'test')") == .integer(0))
    let digest = try stored.registry.datasetRecord("blobs").digest
    #expect(try one(stored, "SELECT count(*) FROM samples('\(digest.prefix(8))', 'test')") == .integer(6))
  }

  @Test("l2, distance and tensor_values agree on the stored weights")
  func tensors() throws {
    let stored = try stored()
    let table = try stored.registry.query(
      SQLQuery(
        """
        SELECT abs(l2(data) - (SELECT sqrt(sum(value * value)) FROM tensor_values(data, dtype))) < 1e-12, distance(data, data),
          distance(data, zeroblob(length(data)), dtype) = l2(data), (SELECT count(*) * 4 FROM tensor_values(data)) = length(data)
        FROM state_dict
        """)
    ).table
    #expect(table.rows.count == 12)
    for row in table.rows { #expect(row == [.integer(1), .real(0), .integer(1), .integer(1)]) }
  }

  @Test("gives so many rows, and says if there were more", arguments: [(2, true), (3, false), (4, false), (nil, false), (0, true)])
  func limit(limit: Int?, isCut: Bool) throws {
    let stored = try stored()
    let result = try stored.registry.query(SQLQuery("SELECT model FROM leaderboard", rowLimit: limit))
    #expect(result.table.rows.count == min(3, limit ?? 3))
    #expect(result.isCut == isCut)
  }

  @Test("tells columns of one name apart, and gives blobs as their size or as hexadecimal")
  func columns() throws {
    let stored = try StoredRegistry()
    let sql = "SELECT 1 AS a, 2 AS a, 3 AS a_2, x'00ff' AS b"
    #expect(
      try stored.registry.query(SQLQuery(sql)).table
        == ResultTable(columns: ["a", "a_2", "a_2_2", "b"], rows: [[.integer(1), .integer(2), .integer(3), .blob(bytes: 2)]]))
    #expect(try stored.registry.query(SQLQuery(sql, blobs: .hex)).table.rows[0][3] == .text("00ff"))
  }

  static let refusals: [(String, StoreError)] = [
    ("INSERT INTO models (name) VALUES ('x')", .notReadOnly(what: "INSERT")),
    ("WITH x AS (SELECT 1) DELETE FROM tags", .notReadOnly(what: "DELETE")),
    ("CREATE TABLE t (a)", .notReadOnly(what: "CREATE")),
    ("ATTACH 'x' AS y", .notReadOnly(what: "ATTACH")),
    ("PRAGMA journal_mode = WAL", .notReadOnly(what: "PRAGMA journal_mode")),
    ("BEGIN", .notReadOnly(what: "a transaction")),
    ("VACUUM INTO 'y'", .notReadOnly(what: "a statement that gives no rows")),
    ("SELECT 1; SELECT 2", .notOneStatement(isEmpty: false)),
    ("SELECT 1; nonsense", .notOneStatement(isEmpty: false)),
    (" ;\n", .notOneStatement(isEmpty: true)),
    ("SELECT ?", .badSQL(problem: "a parameter (? or :name) has no value here", nearest: nil)),
    ("SELECT tst_loss FROM leaderboard", .badSQL(problem: "no such column: tst_loss", nearest: "test_loss")),
    ("SELECT l.modl FROM leaderboard AS l", .badSQL(problem: "no such column: l.modl", nearest: "model")),
    ("SELECT \"x\"", .doubleQuoted(.sql, text: "x", nearest: nil)),
    ("SELECT predct(1, 2)", .badSQL(problem: "no such function: predct", nearest: "predict")),
    ("SELECT * FROM leaderbord", .badSQL(problem: "no such table: leaderbord", nearest: "leaderboard")),
    ("SELECT * FROM samples('x')", .badSQL(problem: "it is called as samples(dataset, split)", nearest: nil)),
  ]

  @Test("refuses what isn't one SELECT", arguments: refusals)
  func refusal(sql: String, expected: StoreError) throws {
    let stored = try StoredRegistry()
    #expect(throws: expected) { try stored.registry.query(SQLQuery(sql)) }
  }

  @Test("is given up when its time is over")
  func endless() throws {
    let stored = try StoredRegistry()
    let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
    #expect(throws: StoreError.outOfTime(limit: .milliseconds(50), .sql)) {
      try stored.registry.query(SQLQuery(endless, timeLimit: .milliseconds(50)))
    }
  }
}
