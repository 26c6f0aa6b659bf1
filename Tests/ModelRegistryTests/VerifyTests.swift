import Datasets
import SQLite
import StoreTestSupport
import TestSupport
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

@Suite("verify")
struct VerifyTests {
  /// Two versions, the second fine-tuned from the first, and an alias.
  static func registry() throws -> StoredRegistry {
    let stored = try StoredRegistry()
    try stored.train()
    // Some of the second one's stand in pieces.
    stored.registry.pieceSizes = .small
    try stored.train(data: BlobsSource(trainSamples: 12, testSamples: 6, seed: 1))
    try Connection(path: stored.path, mode: .readWrite).execute("INSERT INTO model_aliases VALUES (1, 'champion', 2)")
    return stored
  }

  @Test("a registry that nobody touched is sound, and everything in it was looked at")
  func sound() throws {
    let stored = try Self.registry()
    let found = try stored.reopened().verify()
    #expect(found.isSound && found.problemCount == 0)
    let counts = Dictionary(uniqueKeysWithValues: found.checked.map { ($0.name, $0.count) })
    #expect(counts["tensors"] == 16 && counts["datasets"] == 2 && counts["models"] == 1)
    #expect(counts["contents"] == 1)
    #expect(counts["runs"] == 2 && counts["versions"] == 2 && counts["aliases"] == 1 && counts["alias_events"] == 1)
  }

  @Test("compares each index with its table, not with itself", arguments: ModelRegistry.Schema.tables)
  func wholeTables(table: String) throws {
    let stored = try StoredRegistry()
    let connection = try Connection(path: stored.path, mode: .readOnly)
    let columns = try connection.query("SELECT name FROM pragma_table_info(?)", table) { row in try row.text(0) }
    for column in columns {
      let sql = "EXPLAIN QUERY PLAN SELECT \(column) FROM \(table) \(try Verifier.wholeTable(table, connection))"
      #expect(try connection.query(sql) { row in try row.text(3) } == ["SCAN \(table)"])
    }
  }

  @Test("whatever the other tests change in a row is found", arguments: RotTests.versionChanges + RotTests.tensorChanges)
  func rotInVersions(change: RotTests.Change) throws { try expectProblem(change.table, change.sql, nil) }

  @Test("whatever the other tests change in a run or a dataset is found", arguments: RotTests.runChanges + RotTests.datasetChanges)
  func rotInRuns(change: RotTests.Change) throws { try expectProblem(change.table, change.sql, nil) }

  private func expectProblem(_ table: String, _ sql: String, _ kind: Verification.Problem.Kind?) throws {
    let stored = try StoredRegistry()
    try stored.train()
    try stored.tamper(table, sql)
    let found = try stored.reopened().verify()
    #expect(!found.isSound)
    if let kind { #expect(found.problems.contains { $0.kind == kind }, "\(found.problems)") }
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let table: String
    let sql: String
    let kind: Verification.Problem.Kind
    /// Of the problem's words.
    let what: String
    let place: String
    var isQuick = true

    init(
      _ table: String, _ sql: String, _ kind: Verification.Problem.Kind, _ what: String, at place: String, needsBytes: Bool = false
    ) {
      testDescription = what
      (self.table, self.sql, self.kind, self.what, self.place) = (table, sql, kind, what, place)
      isQuick = !needsBytes
    }
  }

  static let damages = [
    Damage(
      "tensors", "UPDATE tensors SET data = CAST(x'01' || substr(data, 2) AS BLOB) WHERE id = 5", .tensor, "its digest is another",
      at: "tensors id 5 (linear_1.weight of neural-net/1)", needsBytes: true),
    Damage(
      "tensors", "UPDATE tensors SET data = x'' WHERE id = 6", .tensor, "0 bytes are not what F32 [5] has",
      at: "tensors id 6 (linear_1.bias of neural-net/1)", needsBytes: true),
    Damage(
      "datasets", "UPDATE datasets SET train_rows = 11 WHERE id = 1", .dataset, "train_rows is 11, the data has 12",
      at: "datasets id 1 (blobs)", needsBytes: true),
    Damage(
      "datasets", "UPDATE datasets SET feature_count = 0 WHERE id = 1", .dataset, "feature_count is 0, the data has 2",
      at: "datasets id 1 (blobs)", needsBytes: true),
    Damage(
      "datasets", "UPDATE datasets SET tensor_count = 5 WHERE id = 1", .dataset, "tensor_count is 5, there are 4",
      at: "datasets id 1 (blobs)"),
    Damage(
      "models", "UPDATE models SET next_version = 2", .model, "next_version is 2, but there is a version 2", at: "models id 1 (neural-net)"),
    Damage(
      "runs", "UPDATE runs SET digest = NULL WHERE id = 1", .run, "nothing seals its params and metrics", at: "runs id 1 (neural-net)"),
    Damage(
      "runs", "UPDATE runs SET seed = 9 WHERE id = 2", .run, "the record of run 2 is not what was stored",
      at: "runs id 2 (neural-net)"),
    Damage(
      "runs", "UPDATE runs SET deleted_at = ended_at WHERE id = 1", .version, "its run is deleted", at: "model_versions id 1 (neural-net/1)"
    ),
    Damage(
      "runs", "UPDATE runs SET parent_version_id = 2 WHERE id = 1", .version, "it is older than its parent",
      at: "model_versions id 1 (neural-net/1)"),
    Damage(
      "checkpoints", "UPDATE checkpoints SET weights = CAST(x'ff' || substr(weights, 2) AS BLOB)", .checkpoint,
      "the checkpoint of run 3 is not what was stored", at: "checkpoints of run 3", needsBytes: true),
    Damage(
      "checkpoints", "UPDATE checkpoints SET epoch = 9", .checkpoint, "the checkpoint of run 3 is not what was stored",
      at: "checkpoints of run 3", needsBytes: true),
    Damage(
      "version_tensors", "DELETE FROM version_tensors WHERE version_id = 2 AND position = 3", .version, "tensor_count is 4, there are 3",
      at: "model_versions id 2 (neural-net/2)"),
    Damage(
      "model_aliases", "UPDATE model_aliases SET version_id = 1", .alias, "it points to version 1, its history ends with 2",
      at: "model_aliases (neural-net@champion)"),
    Damage(
      "model_versions", "UPDATE model_versions SET deleted_at = created_at WHERE id = 2", .alias, "it points to the deleted version 2",
      at: "model_aliases (neural-net@champion)"),
    Damage(
      "model_aliases", "DELETE FROM model_aliases", .alias, "it is the newest, and yet there is no such alias",
      at: "alias_events id 1 (neural-net@champion)"),
    Damage(
      "alias_events", "UPDATE alias_events SET version = 7", .alias, "it tells of a version whose number was never given",
      at: "alias_events id 1 (neural-net@champion)"),
    Damage(
      "alias_context", "INSERT INTO alias_context VALUES (1, 'me', NULL, NULL)", .alias, "it holds the actor of a move that nobody makes",
      at: "alias_context"),
    Damage(
      "sqlite_sequence", "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'model_versions'", .file,
      "the counter of ids is behind the newest row", at: "model_versions"),
    Damage(
      "dataset_names", "UPDATE dataset_names SET dataset_id = 9 WHERE dataset_id = 1", .reference, "a row of datasets that isn't there",
      at: "dataset_names"),
  ]

  @Test("says what is wrong and where", arguments: damages)
  func says(damage: Damage) throws {
    let stored = try Self.registry()
    try stored.interrupt()
    #expect(try stored.reopened().verify().isSound)
    try stored.force(damage.table, damage.sql)
    let found = try stored.reopened().verify()
    #expect(
      found.problems.contains { $0.kind == damage.kind && $0.what.hasSuffix(damage.what) && $0.place == damage.place }, "\(found.problems)")
    if damage.isQuick { #expect(try !stored.reopened().verify(quick: true).isSound) }
  }

  @Test("an architecture that doesn't fit its tensors is found, though every digest is right")
  func architecture() throws {
    let stored = try StoredRegistry()
    let recorder = try stored.recorder()
    let wide = try Experiment(
      dataset: Dataset(BlobsSource(trainSamples: 12, testSamples: 6)), hyperparameters: Hyperparameters(hiddenSizes: [7]))
    _ = try recorder.finish(
      VersionContent(stateDict: stored.stateDict(), architecture: wide.architecture, trainLoss: nil, testLoss: nil, accuracy: nil))
    let found = try stored.reopened().verify()
    #expect(found.problems.map(\.kind) == [.version])
    #expect(found.problems.first?.what.contains("'linear_1.weight' has shape [5, 2], the net needs [7, 2]") == true)
  }

  @Test("goes on after a problem, lists so many and counts the others")
  func bounded() throws {
    let stored = try Self.registry()
    try stored.force("tensors", "UPDATE tensors SET data = x''")
    let all = try stored.reopened().verify()
    // The sixteenth has its bytes elsewhere.
    #expect(all.problems.filter { $0.kind == .tensor }.count == 15 && all.unlisted == 0)
    let some = try stored.reopened().verify(limit: 3)
    #expect(some.problems == Array(all.problems.prefix(3)))
    #expect(some.problemCount == all.problemCount)
  }

  @Test("writers go on between the rows, and what they store is no problem")
  func besideWriters() throws {
    let stored = try Self.registry()
    var steps = 0
    let found = try stored.reopened().verify { step in
      steps += 1
      guard steps % 10 == 3 else { return }
      try stored.train(data: BlobsSource(trainSamples: 12, testSamples: 6, seed: UInt64(steps)))
    }
    #expect(found.isSound, "\(found.problems)")
    #expect(try stored.reopened().verify().isSound)
  }

  /// SQLite's check of the whole file stops at it, and there was no result at all.
  @Test("a user's own table with a foreign key that leads nowhere is no problem of the registry's")
  func foreignKeyMismatch() throws {
    let stored = try Self.registry()
    try stored.write("CREATE TABLE mine (a REFERENCES metrics (value)); PRAGMA foreign_keys=OFF; INSERT INTO mine VALUES (1)")
    #expect(try stored.reopened().verify().isSound)
  }

  @Test("a registry without rows is sound")
  func empty() throws {
    let stored = try StoredRegistry()
    #expect(try stored.reopened().verify().isSound)
  }
}

extension StoredRegistry {
  /// Runs SQL that triggers and foreign keys forbid; the triggers stand again afterwards, byte for byte.
  func force(_ table: String, _ sql: String) throws {
    let connection = try Connection(path: path, mode: .readWrite)
    try connection.execute("PRAGMA foreign_keys=OFF")
    let triggers = try connection.query("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'") { row in
      (name: try row.text(0), sql: try row.text(1))
    }
    try connection.transaction {
      for trigger in triggers { try connection.execute("DROP TRIGGER \(trigger.name)") }
      try connection.executeScript(sql)
      for trigger in triggers { try connection.execute(trigger.sql) }
    }
  }
}
