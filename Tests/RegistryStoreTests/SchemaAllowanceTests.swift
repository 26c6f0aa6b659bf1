import TestSupport
import Testing

/// Something that must work, and what a query then answers.
struct Allowance: Sendable, CustomTestStringConvertible {
  let name: String
  let sql: String
  let query: String
  let answer: String
  var testDescription: String { name }

  init(_ name: String, _ sql: String, then query: String, gives answer: String) {
    (self.name, self.sql, self.query, self.answer) = (name, sql, query, answer)
  }
}

@Suite("what the schema allows, through the stock shell")
struct SchemaAllowanceTests {
  @Test("works and leaves no reference astray", arguments: allowances + allowedOfRuns, [false, true])
  func allowed(_ allowance: Allowance, foreignKeys: Bool) throws {
    let script = "\(allowance.sql);\n\(allowance.query);\nPRAGMA foreign_key_check;\nPRAGMA integrity_check;"
    #expect(try Schema.query(script, foreignKeys: foreignKeys) == allowance.answer + "\nok")
  }
}

private let now = "'2026-03-02T12:00:00.000Z'"

private let allowances: [Allowance] = [
  Allowance(
    "rename a model", "UPDATE models SET name = 'new', note = 'n' WHERE id = 1", then: "SELECT name FROM models WHERE id = 1", gives: "new"),
  Allowance(
    "remove a model that never had a version", "DELETE FROM models WHERE id = 3", then: "SELECT count(*) FROM model_tags", gives: "1"),
  Allowance(
    "store a known tensor again: it keeps its id, and the next one is stored",
    """
    INSERT OR REPLACE INTO tensors (digest, dtype, shape, data)
    SELECT printf('%064x', column1), 'U8', '[]', x'07' FROM (VALUES (1), (7), (2), (8))
    """, then: "SELECT group_concat(id || dtype) FROM tensors", gives: "1F32,2F32,3F32,4F32,5F32,6F32,7U8,8U8"),
  Allowance(
    "store a known dataset again",
    "INSERT INTO datasets SELECT NULL, digest, '{}', '[]', 0, 0, 0, 0, created_at, NULL FROM datasets WHERE id = 1",
    then: "SELECT count(*) FROM datasets", gives: "3"),
  Allowance("remove a tensor that nothing needs", "DELETE FROM tensors WHERE id = 6", then: "SELECT count(*) FROM tensors", gives: "5"),
  Allowance(
    "shapes",
    "INSERT INTO tensors (digest, dtype, shape, data) SELECT printf('%064x', 50 + rowid), 'F32', value, x'' FROM (SELECT 1 AS rowid, '[]' AS value UNION ALL SELECT 2, '[0]' UNION ALL SELECT 3, '[10,0,305]')",
    then: "SELECT count(*) FROM tensors", gives: "9"),
  Allowance(
    "remove contents that nothing needs, their pieces with them", contentsInPieces + "DELETE FROM contents WHERE id > 1",
    then: "SELECT group_concat(content_id || ':' || hex(data)) FROM content_pieces", gives: "1:0011,1:22"),
  Allowance(
    "take contents that nothing needs apart, piece by piece",
    contentsInPieces
      + "UPDATE contents SET digest = NULL, byte_count = NULL WHERE id = 2; DELETE FROM content_pieces WHERE content_id >= 2",
    then: "SELECT count(*) FROM contents", gives: "3"),
  Allowance(
    "see a tensor in pieces",
    contentsInPieces
      + """
      INSERT INTO runs (id, uuid, kind, model_id, status, ended_at, digest) VALUES (9, printf('00000000-0000-0000-0000-%012x', 9), 'import', 2,
        'finished', \(now), printf('%064x', 9));
      INSERT INTO model_versions (id, uuid, model_id, version, run_id, tensor_count, parameter_count, state_dict_digest, row_digest)
        VALUES (9, printf('00000000-0000-0000-0000-%012x', 9), 2, 2, 9, 2, 4, printf('%064x', 9), printf('%064x', 9));
      INSERT INTO version_tensors VALUES (9, 0, 'w', 7), (9, 1, 'b', 6)
      """, then: "SELECT name, hex(data), data IS NULL, byte_count, pieces FROM state_dict WHERE version_id = 9",
    gives: "w||1|3|2\nb|00000000|0|4|0"
  ),
  Allowance("note a dataset", "UPDATE datasets SET note = 'n' WHERE id = 1", then: "SELECT note FROM datasets WHERE id = 1", gives: "n"),
  Allowance(
    "remove a dataset that nothing needs, its rows with it", "DELETE FROM datasets WHERE id = 2",
    then: "SELECT count(*) FROM dataset_tensors WHERE dataset_id = 2", gives: "0"),
  Allowance(
    "give a name to another dataset", "INSERT OR REPLACE INTO dataset_names (name, dataset_id) VALUES ('blobs', 2)",
    then: "SELECT dataset_id FROM dataset_names WHERE name = 'blobs'", gives: "2"),
  Allowance(
    "complete a dataset", "INSERT INTO dataset_tensors VALUES (3, 0, 'x_train', 1)", then: "SELECT count(*) FROM dataset_tensors",
    gives: "3"),
  Allowance(
    "note a run that has a version", "UPDATE runs SET note = 'n' WHERE id = 1", then: "SELECT note FROM runs WHERE id = 1", gives: "n"),
  Allowance(
    "a running run logs, logs again, beats and forgets what came after its checkpoint",
    """
    INSERT OR REPLACE INTO metrics VALUES (4, 'train_loss', 0, 0, 0.1, 0), (4, 'train_loss', 1, 0, 9e999, 0), (4, 'train_loss', 2, 0, NULL, 0);
    DELETE FROM metrics WHERE run_id = 4 AND step >= 2;
    UPDATE metrics SET value = 0.2 WHERE run_id = 4 AND step = 0;
    UPDATE params SET value = 6 WHERE run_id = 4;
    UPDATE runs SET heartbeat_at = \(now), owner = 'me' WHERE id = 4;
    INSERT OR REPLACE INTO checkpoints (run_id, epoch, digest, weights) VALUES (4, 2, printf('%064x', 1), x'01');
    UPDATE checkpoints SET epoch = 3
    """, then: "SELECT group_concat(value) FROM metrics WHERE run_id = 4", gives: "0.2,Inf"),
  Allowance(
    "an interrupted run is sealed, and unsealed when it is resumed",
    """
    UPDATE runs SET status = 'interrupted', ended_at = \(now), digest = printf('%064x', 1) WHERE id = 4;
    UPDATE runs SET status = 'running', ended_at = NULL, digest = NULL WHERE id = 4;
    INSERT INTO metrics VALUES (4, 'train_loss', 1, 0, 0.5, 0)
    """, then: "SELECT count(*) FROM metrics WHERE run_id = 4", gives: "2"),
  Allowance(
    "tags of anything come, change and go",
    """
    INSERT OR REPLACE INTO tags VALUES (1, 'who', 'you'); UPDATE version_tags SET value = 2.5; DELETE FROM model_tags
    """, then: "SELECT value FROM tags UNION ALL SELECT value FROM version_tags", gives: "you\n2.5"),
  Allowance(
    "restore a version", "UPDATE model_versions SET deleted_at = NULL WHERE id = 3", then: "SELECT count(*) FROM leaderboard", gives: "4"),
  Allowance(
    "remove a deleted version: its number is not given again",
    """
    DELETE FROM model_versions WHERE id = 3;
    INSERT INTO model_versions (uuid, model_id, version, run_id, tensor_count, parameter_count, state_dict_digest, row_digest)
    SELECT printf('00000000-0000-0000-0000-%012x', 9), id, next_version, 3, 0, 0, printf('%064x', 1), printf('%064x', 1) FROM models WHERE id = 1
    """,
    then:
      "SELECT group_concat(version || ':' || id), (SELECT count(*) FROM version_tensors WHERE version_id = 3) FROM model_versions WHERE model_id = 1",
    gives: "1:1,2:2,4:5|0"),
  Allowance(
    "clear away a whole line, children first",
    """
    DELETE FROM model_aliases;
    UPDATE runs SET status = 'failed', ended_at = \(now) WHERE id = 4;
    UPDATE model_versions SET deleted_at = \(now);
    DELETE FROM model_versions WHERE id <> 1;
    UPDATE runs SET deleted_at = \(now);
    DELETE FROM runs WHERE id <> 1;
    DELETE FROM model_versions;
    DELETE FROM runs;
    DELETE FROM dataset_names;
    DELETE FROM datasets;
    DELETE FROM tensors
    """,
    then: """
      SELECT (SELECT count(*) FROM tensors), (SELECT count(*) FROM runs), (SELECT count(*) FROM params), (SELECT count(*) FROM metrics),
        (SELECT count(*) FROM tags), (SELECT count(*) FROM version_tags), (SELECT count(*) FROM alias_events),
        (SELECT count(*) FROM version_metrics)
      """, gives: "0|0|0|0|0|0|2|0"),
]
