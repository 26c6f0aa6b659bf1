import Foundation
import TestSupport
import Testing

/// A registry made by the SQL files alone and read by the stock sqlite3 shell, without any code of ours between.
enum Schema {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "migrations")

  /// Has the shell read every migration, in order.
  static let reading = Result {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }.sorted()
      .map { ".read '\(folder.appending(path: $0).path)'\n" }.joined()
  }

  /// net has versions 1, 2 (fine-tuned from 1) and 3 (deleted), other has 1, empty has none.  Run 4 is running, run 5 is failed and deleted.
  static let seed = """
    INSERT INTO migrations VALUES (1, 'registry', printf('%064x', 1), '2026-03-01T12:00:00.000Z');
    INSERT INTO models (name) VALUES ('net'), ('other'), ('empty');
    INSERT INTO tensors (digest, dtype, shape, data)
      SELECT printf('%064x', value), 'F32', '[1]', zeroblob(4) FROM json_each('[1,2,3,4,5,6]');
    INSERT INTO datasets (digest, source, columns, train_rows, test_rows, feature_count, tensor_count)
      SELECT printf('%064x', value), '{}', '[]', 80, 20, 2, 1 FROM json_each('[1,2,3]');
    INSERT INTO dataset_tensors VALUES (1, 0, 'x_train', 4), (2, 0, 'x_train', 4);
    INSERT INTO dataset_names (name, dataset_id) VALUES ('blobs', 1), ('alias of blobs', 1);
    INSERT INTO runs (uuid, kind, model_id, dataset_id, status, seed, note)
      SELECT printf('00000000-0000-0000-0000-%012x', value), 'train', iif(value = 6, 2, 1), 1, 'running', value, 'note ' || value
      FROM json_each('[1]');
    INSERT INTO params (run_id, key, value) VALUES (1, 'hidden_sizes', '[5,3]'), (1, 'epochs', 2), (1, 'learning_rate', 0.03), (1, 'task', 'binary');
    INSERT INTO metrics VALUES (1, 'train_loss', 0, 0, 0.7, 0), (1, 'train_loss', 1, 0, 0.6, 0), (1, 'train_loss', 1, 1, NULL, 0),
      (1, 'test_loss', 1, 0, 0.5, 0);
    INSERT INTO tags VALUES (1, 'who', 'me');
    UPDATE runs SET status = 'finished', ended_at = '2026-03-01T12:00:00.000Z', digest = printf('%064x', 1);
    INSERT INTO model_versions (uuid, model_id, version, run_id, test_loss, tensor_count, parameter_count, state_dict_digest, row_digest)
      VALUES (printf('00000000-0000-0000-0000-%012x', 1), 1, 1, 1, 0.5, 2, 2, printf('%064x', 1), printf('%064x', 1));
    INSERT INTO version_metrics VALUES (1, 'f1', 0.9), (1, 'roc_auc', NULL);
    INSERT INTO version_tensors VALUES (1, 0, 'w', 1), (1, 1, 'b', 2);
    INSERT INTO runs (uuid, kind, model_id, dataset_id, parent_version_id, status, ended_at, digest)
      SELECT printf('00000000-0000-0000-0000-%012x', value), 'train', iif(value = 6, 2, 1), 1, iif(value = 2, 1, NULL),
        CASE value WHEN 4 THEN 'running' WHEN 5 THEN 'failed' ELSE 'finished' END,
        iif(value = 4, NULL, '2026-03-01T12:00:00.000Z'), iif(value = 4, NULL, printf('%064x', 1))
      FROM json_each('[2,3,4,5,6]');
    INSERT INTO model_versions (uuid, model_id, version, run_id, tensor_count, parameter_count, state_dict_digest, row_digest, test_loss,
        test_loss_is_nan)
      VALUES (printf('00000000-0000-0000-0000-%012x', 2), 1, 2, 2, 2, 2, printf('%064x', 2), printf('%064x', 2), NULL, 1),
        (printf('00000000-0000-0000-0000-%012x', 3), 1, 3, 3, 2, 2, printf('%064x', 3), printf('%064x', 3), 0.1, 0),
        (printf('00000000-0000-0000-0000-%012x', 4), 2, 1, 6, 1, 1, printf('%064x', 4), printf('%064x', 4), 0.2, 0);
    INSERT INTO version_tensors VALUES (2, 0, 'w', 1), (2, 1, 'b', 3), (3, 0, 'w', 1), (3, 1, 'b', 5), (4, 0, 'w', 2);
    UPDATE model_versions SET deleted_at = '2026-03-01T12:00:00.000Z' WHERE id = 3;
    INSERT INTO params (run_id, key, value) VALUES (4, 'epochs', 5);
    INSERT INTO metrics VALUES (4, 'train_loss', 0, 0, 0.7, 0);
    INSERT INTO checkpoints (run_id, epoch, digest, weights) VALUES (4, 1, printf('%064x', 1), x'00');
    INSERT INTO version_tags VALUES (1, 'stage', 'good');
    INSERT INTO model_tags VALUES (1, 'team', 'blue'), (3, 'team', 'red');
    INSERT INTO model_aliases VALUES (1, 'champion', 1);
    UPDATE runs SET deleted_at = '2026-03-01T12:00:00.000Z' WHERE id = 5;
    """

  /// The seeded registry, made once.
  private static let template = Result {
    let folder = try TemporaryFolder()
    let path = folder.path("registry.db")
    let made = try run("sqlite3", ["-batch", "-init", "/dev/null", path], input: "\(reading.get())\(seed)\n")
    guard made.stderr.isEmpty else { throw ShellError(message: made.stderr) }
    return (folder, path)
  }

  struct ShellError: Error { let message: String }

  /// Runs SQL and dot commands in the stock shell on a copy of the seeded registry that lives in memory.
  static func shell(_ script: String, foreignKeys: Bool = false) throws -> ProcessResult {
    let path = try template.get().1
    let keys = foreignKeys ? "PRAGMA foreign_keys = ON;\n" : ""
    return try run("sqlite3", ["-batch", "-init", "/dev/null", ":memory:"], input: ".restore '\(path)'\n\(keys)\(script)\n")
  }

  /// What a query prints; fails the test when the shell says anything else.
  static func query(_ script: String, foreignKeys: Bool = false) throws -> String {
    let result = try shell(script, foreignKeys: foreignKeys)
    #expect(result.stderr == "")
    return result.stdout.trimmingCharacters(in: .newlines)
  }
}

@Suite("the schema as a file")
struct SchemaFileTests {
  @Test("an empty registry is sound and small")
  func empty() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("empty.db")
    let made = try run(
      "sqlite3", ["-batch", "-init", "/dev/null", path],
      input: """
        PRAGMA page_size = 16384;
        BEGIN IMMEDIATE;
        \(Schema.reading.get())
        COMMIT;
        PRAGMA integrity_check;
        PRAGMA foreign_key_check;

        """)
    #expect(made.stderr == "")
    #expect(made.stdout == "ok\n")
    let size = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    #expect(size <= 69 * 16384)
  }

  @Test("every table is STRICT")
  func strict() throws {
    let loose = try Schema.query(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite%';")
    #expect(loose == "")
  }

  @Test("every foreign key has an index that begins with its columns")
  func foreignKeyIndexes() throws {
    // The shell's .lint fkey-indexes overlooks the primary keys of WITHOUT ROWID tables.
    let slow = try Schema.query(
      """
      WITH key (child, id, columns) AS (
        SELECT t.name, k.id, count(*) FROM pragma_table_list AS t JOIN pragma_foreign_key_list(t.name) AS k GROUP BY 1, 2)
      SELECT child, id FROM key
      WHERE columns <> (
        SELECT coalesce(max(matching), 0) FROM (
          SELECT count(*) AS matching FROM pragma_index_list(child) AS i JOIN pragma_index_info(i.name) AS c
          JOIN pragma_foreign_key_list(child) AS k ON k.id = key.id AND k."from" = c.name
          WHERE c.seqno < key.columns GROUP BY i.name))
        AND child <> 'checkpoints'; -- whose key is the rowid
      """)
    #expect(slow == "")
  }

  @Test("no foreign key lets a row that is referred to go, but for rows that belong to it")
  func restrict() throws {
    let actions = try Schema.query(
      """
      SELECT DISTINCT t.name || ' ' || k.on_delete FROM pragma_table_list AS t JOIN pragma_foreign_key_list(t.name) AS k
      WHERE k.on_delete <> 'RESTRICT' ORDER BY 1;
      """)
    #expect(
      actions.split(separator: "\n").map(String.init) == [
        "checkpoints CASCADE", "content_pieces CASCADE", "dataset_tensors CASCADE", "experiment_tags CASCADE", "metrics CASCADE",
        "metrics_latest CASCADE", "model_tags CASCADE", "params CASCADE", "run_datasets CASCADE", "run_datasets SET NULL",
        "run_files CASCADE", "runs SET NULL", "tags CASCADE", "version_files CASCADE", "version_metrics CASCADE", "version_tags CASCADE",
        "version_tensors CASCADE",
      ])
  }

  @Test("every table and view explains itself in .schema")
  func comments() throws {
    let silent = try Schema.query(
      "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%' AND sql NOT LIKE '%' || char(10) || '  -- %';"
    )
    #expect(silent == "")
  }

  @Test("a dump reads back to the same registry")
  func dump() throws {
    let dump = try Schema.query(".dump")
    let back = try run("sqlite3", ["-batch", "-init", "/dev/null", ":memory:"], input: dump + "\n.dump\n")
    #expect(back.stderr == "")
    #expect(back.stdout.trimmingCharacters(in: .newlines) == dump)
  }

  @Test("the views can be read where the schema isn't trusted")
  func untrusted() throws {
    let views = ["all_versions", "leaderboard", "epochs", "state_dict", "lineage", "alias_history"]
    let script = views.map { "SELECT count(*) > 0 FROM (SELECT * FROM \($0));" }.joined(separator: "\n")
    #expect(try Schema.query("PRAGMA trusted_schema = OFF;\n" + script) == views.map { _ in "1" }.joined(separator: "\n"))
  }
}
