import TestSupport
import Testing

/// Something that must not be done, and what the refusal says.
struct SchemaRefusal: Sendable, CustomTestStringConvertible {
  let name: String
  var setup = ""
  let sql: String
  let says: String
  var testDescription: String { name }

  init(_ name: String, setup: String = "", _ sql: String, says: String) {
    (self.name, self.setup, self.sql, self.says) = (name, setup, sql, says)
  }
}

@Suite("what the schema refuses, through the stock shell")
struct SchemaRefusalTests {
  @Test("is refused, says why, and leaves every row as it was", arguments: refusals, [false, true])
  func refused(_ refusal: SchemaRefusal, foreignKeys: Bool) throws {
    let result = try Schema.shell(
      """
      \(refusal.setup)
      .print <before>
      .dump --data-only
      .print <between>
      \(refusal.sql);
      .print <after>
      .dump --data-only
      """, foreignKeys: foreignKeys)
    #expect(result.stderr.contains(refusal.says), "said: \(result.stderr)")
    #expect(result.stderr.split(separator: "\n").count { $0.contains("rror") } == 1, "said: \(result.stderr)")
    let before = result.stdout.split(separator: "<before>\n").last?.split(separator: "<between>").first
    let after = result.stdout.split(separator: "<after>\n").last
    #expect(before != nil && before == after, "rows changed")
  }

  static let refusals = frozen + referred + orphans + numbers + legal + refusedOfContents + refusedOfRuns
}

private func version(id: String = "NULL", uuid: Int = 99, model: Int = 1, number: Int = 4, run: Int = 1, deleted: String = "NULL") -> String
{
  """
  (id, uuid, model_id, version, run_id, deleted_at, tensor_count, parameter_count, state_dict_digest, row_digest)
  VALUES (\(id), printf('00000000-0000-0000-0000-%012x', \(uuid)), \(model), \(number), \(run), \(deleted), 0, 0,
    printf('%064x', 9), printf('%064x', 9))
  """
}

private func tensor(id: String = "NULL", digest: Int = 99, dtype: String = "F32", shape: String = "[1]") -> String {
  "(id, digest, dtype, shape, data) VALUES (\(id), printf('%064x', \(digest)), '\(dtype)', '\(shape)', x'01020304')"
}

private func dataset(id: String = "NULL", digest: Int = 99) -> String {
  """
  (id, digest, source, columns, train_rows, test_rows, feature_count, tensor_count)
  VALUES (\(id), printf('%064x', \(digest)), '{"other":1}', '[]', 1, 1, 1, 1)
  """
}

private func newRun(
  id: String = "NULL", uuid: Int = 99, model: Int = 1, dataset: String = "NULL", parent: String = "NULL", status: String = "'running', NULL"
) -> String {
  """
  (id, uuid, kind, model_id, dataset_id, parent_version_id, status, ended_at)
  VALUES (\(id), printf('00000000-0000-0000-0000-%012x', \(uuid)), 'train', \(model), \(dataset), \(parent), \(status))
  """
}

private let now = "'2026-03-02T12:00:00.000Z'"

/// What is stored stays as it is: UPDATE, UPDATE OR REPLACE, REPLACE by each unique column, late INSERT, upsert.
private let frozen: [SchemaRefusal] = [
  SchemaRefusal("update a tensor", "UPDATE tensors SET data = x'00' WHERE id = 6", says: "a stored tensor never changes"),
  SchemaRefusal("update every tensor", "UPDATE tensors SET dtype = 'U8'", says: "a stored tensor never changes"),
  SchemaRefusal(
    "move a tensor by its rowid", "UPDATE OR REPLACE tensors SET rowid = 1 WHERE id = 6", says: "a stored tensor never changes"),
  SchemaRefusal("move a tensor onto another", "UPDATE OR REPLACE tensors SET id = 1 WHERE id = 6", says: "a stored tensor never changes"),
  SchemaRefusal("replace a tensor by id", "INSERT OR REPLACE INTO tensors " + tensor(id: "1"), says: "a stored tensor never changes"),
  SchemaRefusal("ignore into a tensor's id", "INSERT OR IGNORE INTO tensors " + tensor(id: "1"), says: "a stored tensor never changes"),
  SchemaRefusal(
    "upsert a tensor by id", "INSERT INTO tensors " + tensor(id: "1") + " ON CONFLICT (id) DO UPDATE SET data = excluded.data",
    says: "a stored tensor never changes"),
  SchemaRefusal("update a dataset", "UPDATE datasets SET source = '[]' WHERE id = 2", says: "a stored dataset never changes"),
  SchemaRefusal(
    "move a dataset by its rowid", "UPDATE OR REPLACE datasets SET rowid = 1 WHERE id = 2", says: "a stored dataset never changes"),
  SchemaRefusal("replace a dataset by id", "REPLACE INTO datasets " + dataset(id: "1"), says: "a stored dataset never changes"),
  SchemaRefusal(
    "give a dataset another's digest", "UPDATE OR REPLACE datasets SET digest = printf('%064x', 1) WHERE id = 2",
    says: "a stored dataset never changes"),
  SchemaRefusal("update a tensor of a dataset", "UPDATE dataset_tensors SET tensor_id = 1", says: "a stored dataset never changes"),
  SchemaRefusal(
    "replace a tensor of a dataset by position", "REPLACE INTO dataset_tensors VALUES (1, 0, 'other', 1)",
    says: "a stored dataset never changes"),
  SchemaRefusal(
    "replace a tensor of a dataset by name", "REPLACE INTO dataset_tensors VALUES (1, 1, 'x_train', 1)",
    says: "a stored dataset never changes"),
  SchemaRefusal("add a tensor to a dataset", "INSERT INTO dataset_tensors VALUES (1, 1, 'late', 1)", says: "the dataset is complete"),
  SchemaRefusal("delete a tensor of a dataset", "DELETE FROM dataset_tensors", says: "the tensors of a dataset go with it"),
  SchemaRefusal("update a version", "UPDATE model_versions SET test_loss = 0 WHERE id = 1", says: "a stored version never changes"),
  SchemaRefusal(
    "turn a NaN loss to none", "UPDATE model_versions SET test_loss_is_nan = 0 WHERE id = 2", says: "a stored version never changes"),
  SchemaRefusal("give a version an architecture", "UPDATE model_versions SET architecture = '{}'", says: "a stored version never changes"),
  SchemaRefusal(
    "renumber a version", "UPDATE OR REPLACE model_versions SET version = 1 WHERE id = 2", says: "a stored version never changes"),
  SchemaRefusal(
    "move a version by its rowid", "UPDATE OR REPLACE model_versions SET rowid = 1 WHERE id = 2", says: "a stored version never changes"),
  SchemaRefusal(
    "give a version another's uuid", "UPDATE OR REPLACE model_versions SET uuid = printf('00000000-0000-0000-0000-%012x', 1) WHERE id = 2",
    says: "a stored version never changes"),
  SchemaRefusal("replace a version by id", "REPLACE INTO model_versions " + version(id: "1"), says: "a version of this id or uuid already"),
  SchemaRefusal(
    "replace a version by uuid", "REPLACE INTO model_versions " + version(uuid: 1), says: "a version of this id or uuid already"),
  SchemaRefusal("replace a version by number", "REPLACE INTO model_versions " + version(number: 1), says: "next_version of its model"),
  SchemaRefusal("update a metric of a version", "UPDATE version_metrics SET value = 1", says: "a stored version never changes"),
  SchemaRefusal(
    "replace a metric of a version", "REPLACE INTO version_metrics VALUES (1, 'f1', 1)", says: "a stored version never changes"),
  SchemaRefusal("add a metric to a version", "INSERT INTO version_metrics VALUES (1, 'late', 1)", says: "a stored version never changes"),
  SchemaRefusal("delete a metric of a version", "DELETE FROM version_metrics", says: "the metrics of a version go with it, as a whole"),
  SchemaRefusal("a version metric without a version", "INSERT INTO version_metrics VALUES (9, 'k', 1)", says: "no such version"),
  SchemaRefusal("update a tensor of a version", "UPDATE version_tensors SET tensor_id = 6", says: "a stored version never changes"),
  SchemaRefusal("swap names in a version", "UPDATE OR REPLACE version_tensors SET name = 'b'", says: "a stored version never changes"),
  SchemaRefusal(
    "replace a tensor of a version by position", "REPLACE INTO version_tensors VALUES (1, 0, 'other', 6)",
    says: "a stored version never changes"),
  SchemaRefusal(
    "replace a tensor of a version by name", "REPLACE INTO version_tensors VALUES (1, 2, 'w', 6)", says: "a stored version never changes"),
  SchemaRefusal("add a tensor to a version", "INSERT INTO version_tensors VALUES (1, 2, 'late', 6)", says: "the version is complete"),
  SchemaRefusal(
    "delete a tensor of a live version", "DELETE FROM version_tensors WHERE version_id = 1", says: "the tensors of a version go with it"),
  SchemaRefusal(
    "delete a tensor of a deleted version", "DELETE FROM version_tensors WHERE version_id = 3", says: "the tensors of a version go with it"),
  SchemaRefusal("update a param", "UPDATE params SET value = 0 WHERE run_id = 1", says: "params of a sealed run"),
  SchemaRefusal(
    "move a param into a sealed run", "UPDATE OR REPLACE params SET run_id = 1 WHERE run_id = 4", says: "params of a sealed run"),
  SchemaRefusal("replace a param", "REPLACE INTO params (run_id, key, value) VALUES (1, 'epochs', 0)", says: "params of a sealed run"),
  SchemaRefusal(
    "upsert a param", "INSERT INTO params (run_id, key, value) VALUES (1, 'epochs', 0) ON CONFLICT DO UPDATE SET value = 0",
    says: "params of a sealed run"),
  SchemaRefusal("add a param late", "INSERT INTO params (run_id, key, value) VALUES (1, 'late', 0)", says: "params of a sealed run"),
  SchemaRefusal("delete a param", "DELETE FROM params WHERE run_id = 1", says: "params of a sealed run"),
  SchemaRefusal("update a metric", "UPDATE metrics SET value = 0 WHERE run_id = 1", says: "metrics of a sealed run"),
  SchemaRefusal(
    "move a metric into a sealed run", "UPDATE OR REPLACE metrics SET run_id = 1 WHERE run_id = 4", says: "metrics of a sealed run"),
  SchemaRefusal("replace a metric", "REPLACE INTO metrics VALUES (1, 'train_loss', 0, 0, 0, 0)", says: "metrics of a sealed run"),
  SchemaRefusal("add a metric late", "INSERT INTO metrics VALUES (1, 'train_loss', 0, 9, 0, 0)", says: "metrics of a sealed run"),
  SchemaRefusal("ignore a metric in", "INSERT OR IGNORE INTO metrics VALUES (1, 'late', 0, 9, 0, 0)", says: "metrics of a sealed run"),
  SchemaRefusal("delete a metric", "DELETE FROM metrics WHERE run_id = 1", says: "metrics of a sealed run"),
  SchemaRefusal("delete every metric", "DELETE FROM metrics", says: "metrics of a sealed run"),
  SchemaRefusal(
    "checkpoint a sealed run", "REPLACE INTO checkpoints (run_id, epoch, digest, weights) VALUES (1, 1, printf('%064x', 1), x'00')",
    says: "a sealed run takes no checkpoint"),
  SchemaRefusal("move a checkpoint", "UPDATE checkpoints SET run_id = 1", says: "a checkpoint stays with its run"),
  SchemaRefusal("unseal a run that has a version", "UPDATE runs SET digest = NULL WHERE id = 1", says: "a version came of this run"),
  SchemaRefusal("fail a run that has a version", "UPDATE runs SET status = 'failed' WHERE id = 1", says: "a version came of this run"),
  SchemaRefusal("own a run that has a version", "UPDATE runs SET owner = 'me' WHERE id = 1", says: "a version came of this run"),
  SchemaRefusal("reseed a run", "UPDATE runs SET seed = 7 WHERE id = 4", says: "what a run is never changes"),
  SchemaRefusal("give a run another dataset", "UPDATE runs SET dataset_id = 2 WHERE id = 4", says: "what a run is never changes"),
  SchemaRefusal("move a run by its rowid", "UPDATE OR REPLACE runs SET rowid = 1 WHERE id = 4", says: "what a run is never changes"),
  SchemaRefusal(
    "give a run another's uuid", "UPDATE OR REPLACE runs SET uuid = printf('00000000-0000-0000-0000-%012x', 1) WHERE id = 4",
    says: "what a run is never changes"),
  SchemaRefusal("replace a run by id", "REPLACE INTO runs " + newRun(id: "1"), says: "a run of this id or uuid already"),
  SchemaRefusal("replace a run by uuid", "REPLACE INTO runs " + newRun(uuid: 1), says: "a run of this id or uuid already"),
  SchemaRefusal("replace a model by name", "REPLACE INTO models (name) VALUES ('net')", says: "a model of this name or id already"),
  SchemaRefusal("replace a model by id", "REPLACE INTO models (id, name) VALUES (1, 'new')", says: "a model of this name or id already"),
  SchemaRefusal(
    "rename a model onto another", "UPDATE OR REPLACE models SET name = 'net' WHERE id = 2", says: "a model of this name or id already"),
  SchemaRefusal("move a model by its rowid", "UPDATE OR REPLACE models SET rowid = 1 WHERE id = 2", says: "the id and the date of a model"),
  SchemaRefusal("update a migration", "UPDATE migrations SET digest = printf('%064x', 2)", says: "the record of a migration never changes"),
  SchemaRefusal(
    "replace a migration", "REPLACE INTO migrations SELECT 1, 'x', digest, applied_at FROM migrations", says: "recorded already"),
  SchemaRefusal("delete a migration", "DELETE FROM migrations", says: "the record of a migration is never removed"),
  SchemaRefusal("update the history", "UPDATE alias_events SET actor = 'me'", says: "the history of aliases never changes"),
  SchemaRefusal("delete the history", "DELETE FROM alias_events", says: "the history of aliases never changes"),
  SchemaRefusal(
    "replace an event", "REPLACE INTO alias_events (id, model_id, alias, action, version) VALUES (1, 1, 'champion', 'set', 1)",
    says: "written by triggers alone"),
  SchemaRefusal(
    "forge a move that was not", "INSERT INTO alias_events (model_id, alias, action, version) VALUES (1, 'champion', 'set', 2)",
    says: "written by triggers alone"),
  SchemaRefusal(
    "forge the same move again", "INSERT INTO alias_events (model_id, alias, action, version) VALUES (1, 'champion', 'set', 1)",
    says: "written by triggers alone"),
  SchemaRefusal(
    "forge a removal that was not", "INSERT INTO alias_events (model_id, alias, action) VALUES (1, 'champion', 'remove')",
    says: "written by triggers alone"),
  SchemaRefusal(
    "forge a removal of what never was", "INSERT INTO alias_events (model_id, alias, action) VALUES (1, 'never', 'remove')",
    says: "written by triggers alone"),
]

/// What something needs stays.
private let referred: [SchemaRefusal] = [
  SchemaRefusal("delete a tensor of a version", "DELETE FROM tensors WHERE id = 3", says: "a version needs this tensor"),
  SchemaRefusal(
    "delete a tensor of a deleted version, which may come back", "DELETE FROM tensors WHERE id = 5", says: "a version needs this tensor"),
  SchemaRefusal("delete a tensor of a dataset", "DELETE FROM tensors WHERE id = 4", says: "a dataset needs this tensor"),
  SchemaRefusal("delete every tensor", "DELETE FROM tensors", says: "needs this tensor"),
  SchemaRefusal(
    "delete a dataset that a run saw", setup: "DELETE FROM dataset_names;", "DELETE FROM datasets WHERE id = 1",
    says: "a run needs this dataset"),
  SchemaRefusal(
    "delete a dataset that has a name", setup: "INSERT INTO dataset_names (name, dataset_id) VALUES ('two', 2);",
    "DELETE FROM datasets WHERE id = 2", says: "a name points to this dataset"),
  SchemaRefusal("delete a run that made a version", "DELETE FROM runs WHERE id = 1", says: "a version came of this run"),
  SchemaRefusal("delete a run that is not softly deleted", "DELETE FROM runs WHERE id = 4", says: "deleted softly"),
  SchemaRefusal(
    "softly delete a run with a live version", "UPDATE runs SET deleted_at = \(now) WHERE id = 2", says: "a run with a live version"),
  SchemaRefusal("softly delete a running run", "UPDATE runs SET deleted_at = \(now) WHERE id = 4", says: "a running run can't be deleted"),
  SchemaRefusal("delete a live version", "DELETE FROM model_versions WHERE id = 4", says: "deleted softly"),
  SchemaRefusal("delete an aliased version", "DELETE FROM model_versions WHERE id = 1", says: "an alias points to this version"),
  SchemaRefusal(
    "softly delete an aliased version", "UPDATE model_versions SET deleted_at = \(now) WHERE id = 1",
    says: "an alias points to this version"),
  SchemaRefusal(
    "delete the parent of a fine-tuned version",
    setup: "DELETE FROM model_aliases; UPDATE model_versions SET deleted_at = \(now) WHERE id = 1;",
    "DELETE FROM model_versions WHERE id = 1",
    says: "a run was fine-tuned from this version"),
  SchemaRefusal(
    "restore a version whose run is deleted", setup: "UPDATE runs SET deleted_at = \(now) WHERE id = 3;",
    "UPDATE model_versions SET deleted_at = NULL WHERE id = 3", says: "restore it first"),
  SchemaRefusal("delete a model that had versions", "DELETE FROM models WHERE id = 2", says: "a model that has had a version stays"),
  SchemaRefusal(
    "delete a model that has a run", setup: "INSERT INTO runs \(newRun(model: 3));", "DELETE FROM models WHERE id = 3",
    says: "a run belongs to this model"),
]

/// Nothing refers to what isn't there, with foreign keys off too.
private let orphans: [SchemaRefusal] = [
  SchemaRefusal("a dataset tensor without a dataset", "INSERT INTO dataset_tensors VALUES (9, 0, 'x', 1)", says: "no such dataset"),
  SchemaRefusal("a dataset tensor without a tensor", "INSERT INTO dataset_tensors VALUES (3, 0, 'x', 9)", says: "no such tensor"),
  SchemaRefusal(
    "a dataset name without a dataset", "INSERT INTO dataset_names (name, dataset_id) VALUES ('x', 9)", says: "no such dataset"),
  SchemaRefusal("a dataset name led astray", "UPDATE dataset_names SET dataset_id = 9 WHERE name = 'blobs'", says: "no such dataset"),
  SchemaRefusal("a run without a model", "INSERT INTO runs " + newRun(model: 9), says: "no such model"),
  SchemaRefusal("a run without its dataset", "INSERT INTO runs " + newRun(dataset: "9"), says: "no such dataset"),
  SchemaRefusal("a run on half a dataset", "INSERT INTO runs " + newRun(dataset: "3"), says: "the dataset is incomplete"),
  SchemaRefusal("a run without its parent", "INSERT INTO runs " + newRun(parent: "9"), says: "no such version"),
  SchemaRefusal("a param without a run", "INSERT INTO params (run_id, key, value) VALUES (9, 'k', 1)", says: "no such run"),
  SchemaRefusal("a param led astray", "UPDATE params SET run_id = 9 WHERE run_id = 4", says: "no such run"),
  SchemaRefusal("a metric without a run", "INSERT INTO metrics VALUES (9, 'k', 0, 0, 1, 0)", says: "no such run"),
  SchemaRefusal("a metric led astray", "UPDATE metrics SET run_id = 9 WHERE run_id = 4", says: "no such run"),
  SchemaRefusal("a tag without a run", "INSERT INTO tags VALUES (9, 'k', 1)", says: "no such run"),
  SchemaRefusal("a tag led astray", "UPDATE tags SET run_id = 9", says: "no such run"),
  SchemaRefusal("a version tag without a version", "INSERT INTO version_tags VALUES (9, 'k', 1)", says: "no such version"),
  SchemaRefusal("a version tag led astray", "UPDATE version_tags SET version_id = 9", says: "no such version"),
  SchemaRefusal("a model tag without a model", "INSERT INTO model_tags VALUES (9, 'k', 1)", says: "no such model"),
  SchemaRefusal("a model tag led astray", "UPDATE model_tags SET model_id = 9 WHERE model_id = 1", says: "no such model"),
  SchemaRefusal(
    "a checkpoint without a run", "INSERT INTO checkpoints (run_id, epoch, digest, weights) VALUES (9, 1, printf('%064x', 1), x'00')",
    says: "no such run"),
  SchemaRefusal("a version without a model", "INSERT INTO model_versions " + version(model: 9), says: "no such model"),
  SchemaRefusal("a version without a run", "INSERT INTO model_versions " + version(run: 9), says: "no such run"),
  SchemaRefusal("a version tensor without a version", "INSERT INTO version_tensors VALUES (9, 0, 'w', 1)", says: "no such version"),
  SchemaRefusal(
    "a version tensor without a tensor",
    setup:
      "INSERT INTO runs \(newRun(uuid: 98)); UPDATE runs SET status = 'finished', ended_at = \(now), digest = printf('%064x', 1) WHERE id = 7;"
      + "INSERT INTO model_versions SELECT NULL, replace(uuid, '01', '77'), 1, 4, 7, NULL, NULL, NULL, NULL, 0, 0, 1, 1, created_at, row_digest,"
      + " row_digest, NULL, NULL, NULL, NULL, NULL, 0 FROM model_versions WHERE id = 1;",
    "INSERT INTO version_tensors VALUES (5, 0, 'w', 9)",
    says: "no such tensor"),
  SchemaRefusal("an alias to no version", "INSERT INTO model_aliases VALUES (1, 'a', 9)", says: "a live version of its model"),
  SchemaRefusal("an alias to another model's version", "INSERT INTO model_aliases VALUES (1, 'a', 4)", says: "a live version of its model"),
  SchemaRefusal("an alias to a deleted version", "INSERT INTO model_aliases VALUES (1, 'a', 3)", says: "a live version of its model"),
  SchemaRefusal(
    "an alias replaced by a deleted version", "REPLACE INTO model_aliases VALUES (1, 'champion', 3)", says: "a live version of its model"),
  SchemaRefusal("an alias moved to a deleted version", "UPDATE model_aliases SET version_id = 3", says: "a live version of its model"),
  SchemaRefusal("an alias moved to another model", "UPDATE model_aliases SET model_id = 2, version_id = 4", says: "can't be renamed"),
  SchemaRefusal(
    "an undoing of another alias's event",
    setup: "INSERT INTO alias_context VALUES (1, 'me', NULL, 1);", "INSERT INTO model_aliases VALUES (1, 'other', 2)",
    says: "undo an earlier event of its own"),
]

/// Numbers come from next_version; a version comes of a sealed run of its model.
private let numbers: [SchemaRefusal] = [
  SchemaRefusal("a version that skips a number", "INSERT INTO model_versions " + version(number: 5), says: "next_version of its model"),
  SchemaRefusal("a number given a second time", "INSERT INTO model_versions " + version(number: 3), says: "next_version of its model"),
  SchemaRefusal("a counter turned back", "UPDATE models SET next_version = 1 WHERE id = 1", says: "next_version counts up by itself"),
  SchemaRefusal(
    "a counter turned on", "UPDATE models SET next_version = next_version + 1 WHERE id = 1", says: "next_version counts up by itself"),
  SchemaRefusal(
    "a model that begins in the middle", "INSERT INTO models (name, next_version) VALUES ('x', 5)", says: "begins with version 1"),
  SchemaRefusal("a version of a running run", "INSERT INTO model_versions " + version(run: 4), says: "finished and sealed"),
  SchemaRefusal("a version of a failed run", "INSERT INTO model_versions " + version(run: 5), says: "finished and sealed"),
  SchemaRefusal(
    "a version of another model's run", "INSERT INTO model_versions " + version(run: 6), says: "the run belongs to another model"),
  SchemaRefusal(
    "a version of a deleted run", setup: "UPDATE runs SET deleted_at = \(now) WHERE id = 3;",
    "INSERT INTO model_versions " + version(run: 3),
    says: "the run is deleted"),
  SchemaRefusal(
    "a version that is born deleted", "INSERT INTO model_versions " + version(deleted: now), says: "stored before it is deleted"),
]

/// What CHECKs say is legal.
private let legal: [SchemaRefusal] =
  [
    ("", "1 to 200 characters"), (String(repeating: "x", count: 201), "1 to 200 characters"), ("a/b", "no slash"), ("a@b", "no slash"),
    ("a:b", "no slash"), ("12", "not all digits"), (" a", "no space at its ends"), ("a ", "no space at its ends"),
    ("a\u{1}b", "no control characters"), ("a\u{7F}", "no control characters"), ("a\u{9B}b", "no control characters"), ("latest", "latest"),
  ].flatMap { name, says in
    [
      SchemaRefusal("the model name '\(name.prefix(9))'", "INSERT INTO models (name) VALUES ('\(name)')", says: says),
      SchemaRefusal("the alias '\(name.prefix(9))'", "INSERT INTO model_aliases VALUES (1, '\(name)', 1)", says: says),
    ]
  } + [
    SchemaRefusal("a NUL in a name", "INSERT INTO models (name) VALUES ('a' || char(0) || 'b')", says: "no control characters"),
    SchemaRefusal(
      "an upper-case digest", "INSERT INTO tensors (digest, dtype, shape, data) SELECT upper(printf('%064x', 10)), 'F32', '[1]', x''",
      says: "64 lower-case"),
    SchemaRefusal(
      "a short digest", "INSERT INTO tensors (digest, dtype, shape, data) VALUES ('ab', 'F32', '[1]', x'')", says: "64 lower-case"),
    SchemaRefusal("an unknown dtype", "INSERT INTO tensors " + tensor(dtype: "float32"), says: "dtype IN"),
    SchemaRefusal("a negative id", "INSERT INTO tensors " + tensor(id: "-1"), says: "id > 0"),
    SchemaRefusal(
      "a tensor without data", "INSERT INTO tensors (digest, dtype, shape, data) VALUES (printf('%064x', 99), 'F32', '[1]', NULL)",
      says: "NOT NULL"),
    SchemaRefusal(
      "a tensor of text", "INSERT INTO tensors (digest, dtype, shape, data) VALUES (printf('%064x', 99), 'F32', '[1]', 'text')",
      says: "cannot store TEXT"),
    SchemaRefusal(
      "an upper-case uuid",
      "INSERT INTO runs (uuid, kind, model_id, status) VALUES ('00000000-0000-0000-0000-00000000000A', 'train', 1, 'running')",
      says: "36 lower-case"),
    SchemaRefusal(
      "a uuid of dashes",
      "INSERT INTO runs (uuid, kind, model_id, status) VALUES ('00000000-0000-0000-0000------------00', 'train', 1, 'running')",
      says: "36 lower-case"),
    SchemaRefusal(
      "a run of another kind", "INSERT INTO runs (uuid, kind, model_id, status) VALUES ('x', 'x', 1, 'running')", says: "kind IN"),
    SchemaRefusal("a finished run without an end", "INSERT INTO runs " + newRun(status: "'finished', NULL"), says: "unless it is running"),
    SchemaRefusal("a running run with an end", "INSERT INTO runs " + newRun(status: "'running', \(now)"), says: "unless it is running"),
    SchemaRefusal("a time that is none", "INSERT INTO runs " + newRun(status: "'failed', 'yesterday'"), says: "ended_at GLOB"),
    SchemaRefusal(
      "a time without milliseconds", "INSERT INTO runs " + newRun(status: "'failed', '2026-03-01T12:00:00Z'"), says: "ended_at GLOB"),
    SchemaRefusal("a NULL param", "INSERT INTO params (run_id, key, value) VALUES (4, 'k', NULL)", says: "NOT NULL"),
    SchemaRefusal(
      "a NaN param, which turns NULL", "INSERT INTO params (run_id, key, value) VALUES (4, 'k', 9e999 - 9e999)", says: "NOT NULL"),
    SchemaRefusal("a blob param", "INSERT INTO params (run_id, key, value) VALUES (4, 'k', x'00')", says: "typeof(value)"),
    SchemaRefusal("a text metric", "INSERT INTO metrics VALUES (4, 'k', 0, 0, 'low', 0)", says: "cannot store TEXT"),
    SchemaRefusal(
      "a second context", setup: "INSERT INTO alias_context (id, actor) VALUES (1, 'me');",
      "INSERT INTO alias_context (id, actor) VALUES (2, 'me')", says: "id = 1"),
  ]
  + ["[1.5]", "[1, 2]", "[-1]", "{}", "5", "[", "[[1]]", "[01]", "[1,]"].map {
    SchemaRefusal("the shape \($0)", "INSERT INTO tensors " + tensor(shape: $0), says: "compact JSON array")
  }
