import StoreTestSupport
import Testing

@testable import ModelRegistry
@testable import RegistryStore

/// What was changed behind the registry's back is an error, never a number.
@Suite("rot")
struct RotTests {
  struct Change: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let table: String
    let sql: String

    init(_ description: String, _ table: String, _ sql: String) {
      (testDescription, self.table, self.sql) = (description, table, sql)
    }
  }

  static let weights = "(SELECT tensor_id FROM version_tensors WHERE version_id = 1 AND position = 0)"

  static let versionChanges = [
    Change("a loss", "model_versions", "UPDATE model_versions SET test_loss = 0.001"),
    Change("a loss in its last bit", "model_versions", "UPDATE model_versions SET train_loss = train_loss * (1 + 2.3e-16)"),
    Change("a loss made NaN", "model_versions", "UPDATE model_versions SET test_loss = NULL, test_loss_is_nan = 1"),
    Change("a loss removed", "model_versions", "UPDATE model_versions SET test_loss = NULL"),
    Change("the accuracy", "model_versions", "UPDATE model_versions SET accuracy = 1 - accuracy * 0.5"),
    Change(
      "the architecture", "model_versions", "UPDATE model_versions SET architecture = replace(architecture, '[0,0,1,1]', '[1,1,0,0]')"),
    Change("the architecture removed", "model_versions", "UPDATE model_versions SET architecture = NULL"),
    Change("the signature", "model_versions", "UPDATE model_versions SET signature = '{}'"),
    Change("the digest of the state_dict", "model_versions", "UPDATE model_versions SET state_dict_digest = printf('%064x', 1)"),
    Change("the row's own digest", "model_versions", "UPDATE model_versions SET row_digest = printf('%064x', 1)"),
    Change("the count of tensors", "model_versions", "UPDATE model_versions SET tensor_count = 5"),
    Change("a metric", "version_metrics", "UPDATE version_metrics SET value = 0.99 WHERE key = 'f1'"),
    Change("a metric made NaN", "version_metrics", "UPDATE version_metrics SET value = NULL WHERE key = 'f1'"),
    Change("a metric's key", "version_metrics", "UPDATE version_metrics SET key = 'F1' WHERE key = 'f1'"),
    Change("a metric removed", "version_metrics", "DELETE FROM version_metrics WHERE key = 'roc_auc'"),
    Change("a metric added", "version_metrics", "INSERT INTO version_metrics VALUES (1, 'zeal', 1)"),
    Change("the time", "model_versions", "UPDATE model_versions SET created_at = '2020-01-01T00:00:00.000Z'"),
    Change("the run's uuid", "runs", "UPDATE runs SET uuid = '00000000-0000-0000-0000-000000000001'"),
  ]

  @Test("in the row of a version is found when it is read", arguments: versionChanges)
  func version(change: Change) throws {
    let stored = try StoredRegistry()
    try stored.train()
    try stored.tamper(change.table, change.sql)
    let registry = try stored.reopened()
    #expect(throws: StoreError.rotten(what: "version neural-net/1", path: stored.path)) { try registry.version(VersionName("1")) }
    expect(.rotten) { try registry.loadNeuralNet(version: 1) }
  }

  static let tensorChanges = [
    Change("one bit of the data", "tensors", "UPDATE tensors SET data = CAST(x'01' || substr(data, 2) AS BLOB) WHERE id = \(weights)"),
    Change("a byte more", "tensors", "UPDATE tensors SET data = CAST(data || x'00' AS BLOB) WHERE id = \(weights)"),
    Change("no data", "tensors", "UPDATE tensors SET data = x'' WHERE id = \(weights)"),
    Change("the type", "tensors", "UPDATE tensors SET dtype = 'I32' WHERE id = \(weights)"),
    Change("the shape", "tensors", "UPDATE tensors SET shape = '[2,5]' WHERE id = \(weights)"),
    Change(
      "a shape that overflows", "tensors", "UPDATE tensors SET shape = '[4294967296,4294967296,4294967296]' WHERE id = \(weights)"),
    Change("a shape beyond Int", "tensors", "UPDATE tensors SET shape = '[99999999999999999999]' WHERE id = \(weights)"),
    Change("the digest", "tensors", "UPDATE tensors SET digest = printf('%064x', 1) WHERE id = \(weights)"),
    Change("a name", "version_tensors", "UPDATE version_tensors SET name = 'linear_9.weight' WHERE position = 0"),
    Change("the order", "version_tensors", "UPDATE version_tensors SET position = 9 WHERE position = 0"),
    Change("a tensor missing", "version_tensors", "DELETE FROM version_tensors WHERE position = 3"),
    Change(
      "another tensor", "version_tensors",
      "UPDATE version_tensors SET tensor_id = (SELECT tensor_id FROM version_tensors WHERE position = 3) WHERE position = 1"),
  ]

  @Test("in a tensor is found when the weights are loaded", arguments: tensorChanges)
  func tensor(change: Change) throws {
    let stored = try StoredRegistry()
    try stored.train()
    try stored.tamper(change.table, change.sql)
    let registry = try stored.reopened()
    #expect(expect(.rotten) { try registry.loadNeuralNet(version: 1) }?.path == stored.path)
  }

  static let runChanges = [
    Change("a metric", "metrics", "UPDATE metrics SET value = 0.001 WHERE key = 'train_loss' AND step = 1"),
    Change("a metric made NaN", "metrics", "UPDATE metrics SET value = NULL WHERE key = 'train_loss' AND step = 2"),
    Change("a metric's time", "metrics", "UPDATE metrics SET time = time + 1 WHERE key = 'train_loss' AND step = 0"),
    Change("a metric's name", "metrics", "UPDATE metrics SET key = 'val_loss' WHERE key = 'test_loss'"),
    Change("a metric removed", "metrics", "DELETE FROM metrics WHERE key = 'train_loss' AND step = 1"),
    Change("a metric added", "metrics", "INSERT INTO metrics (run_id, key, step, value, time) VALUES (1, 'train_loss', 3, 0.1, 0)"),
    Change("a param", "params", "UPDATE params SET value = 0.04 WHERE key = 'learning_rate'"),
    Change("a param's type", "params", "UPDATE params SET value = CAST(value AS TEXT) WHERE key = 'epochs'"),
    Change("a param removed", "params", "DELETE FROM params WHERE key = 'task'"),
    Change("a param added", "params", "INSERT INTO params (run_id, key, value) VALUES (1, 'zeal', 11)"),
  ]

  @Test("in the params and metrics of a run is found when it is read", arguments: runChanges)
  func run(change: Change) throws {
    let stored = try StoredRegistry()
    try stored.train()
    _ = try stored.registry.run(1)
    try stored.tamper(change.table, change.sql)
    #expect(throws: StoreError.rotten(what: "the record of run 1", path: stored.path)) { try stored.reopened().run(1) }
  }

  static let datasetChanges = [
    Change(
      "a number", "tensors",
      "UPDATE tensors SET data = CAST(x'01' || substr(data, 2) AS BLOB) WHERE id = (SELECT tensor_id FROM dataset_tensors WHERE name = 'x_test')"
    ),
    Change("a column's name", "datasets", "UPDATE datasets SET columns = replace(columns, 'x0', 'x9')"),
    Change("the columns", "datasets", "UPDATE datasets SET columns = '[]'"),
    Change("the source", "datasets", "UPDATE datasets SET source = '[]'"),
    Change("a name", "dataset_tensors", "UPDATE dataset_tensors SET name = 'z_test' WHERE name = 'x_test'"),
    Change("the digest", "datasets", "UPDATE datasets SET digest = printf('%064x', 1)"),
  ]

  @Test("in a dataset is found when it is rebuilt", arguments: datasetChanges)
  func dataset(change: Change) throws {
    let stored = try StoredRegistry()
    try stored.train()
    try stored.tamper(change.table, change.sql)
    let registry = try stored.reopened()
    #expect(expect(.rotten) { try registry.dataset(ofRun: 1) }?.path == stored.path)
  }
}
