import TestSupport
import Testing

@Suite("the views")
struct SchemaViewTests {
  @Test("leaderboard has the live versions with the params of their runs")
  func leaderboard() throws {
    let rows = try Schema.query(
      """
      SELECT model, version, aliases, run, dataset, task, hidden_size, typeof(hidden_size), hidden_sizes, epochs, learning_rate, optimizer, seed,
        test_loss, test_loss_is_nan FROM leaderboard ORDER BY version_id;
      """)
    #expect(
      rows
        == """
        net|1|champion|1|alias of blobs|binary|5|integer|[5,3]|2|0.03||1|0.5|0
        net|2||2|alias of blobs|||null|||||||1
        other|1||6|alias of blobs|||null||||||0.2|0
        """)
  }

  @Test("epochs are those that ran, and those that were asked for where no loss is stored")
  func epochsThatRan() throws {
    let rows = try Schema.query(
      """
      DROP TRIGGER params_update;
      UPDATE params SET value = 2000 WHERE key = 'epochs';
      SELECT epochs FROM leaderboard WHERE version_id = 1;
      SELECT epochs FROM all_versions WHERE version_id = 1;
      DROP TRIGGER metrics_delete;
      DELETE FROM metrics;
      SELECT epochs FROM leaderboard WHERE version_id = 1;
      """)
    #expect(rows == "2\n2\n2000")
  }

  @Test("aliases are sorted, a dataset without a name shows its digest, odd hidden_sizes are NULL")
  func oddities() throws {
    let rows = try Schema.query(
      """
      INSERT INTO model_aliases VALUES (1, 'best', 1), (1, 'stable', 1);
      DELETE FROM dataset_names;
      SELECT aliases, dataset FROM leaderboard WHERE version_id = 1;
      PRAGMA ignore_check_constraints = ON;
      DROP TRIGGER params_update;
      UPDATE params SET value = 'wide' WHERE key = 'hidden_sizes';
      SELECT hidden_size IS NULL, hidden_sizes FROM leaderboard WHERE version_id = 1;
      """)
    #expect(rows == "best,champion,stable|000000000000\n1|wide")
  }

  @Test("all_versions has the deleted ones too")
  func allVersions() throws {
    #expect(
      try Schema.query(
        "SELECT group_concat(version_id || ':' || (deleted_at IS NOT NULL)) FROM (SELECT * FROM all_versions ORDER BY version_id);")
        == "1:0,2:0,3:1,4:0")
  }

  @Test("epochs has a row for each epoch, the newest value and NaN as NULL")
  func epochs() throws {
    let rows = try Schema.query("SELECT *, typeof(test_loss) FROM epochs WHERE run = 1 ORDER BY epoch;")
    #expect(rows == "1|0|0.7||0|null\n1|1||0.5|0|real")
  }

  @Test("state_dict has the tensors of live versions in order")
  func stateDict() throws {
    let rows = try Schema.query(
      "SELECT version, position, name, dtype, shape, hex(data) FROM state_dict WHERE model = 'net' ORDER BY version, position;")
    #expect(rows == "1|0|w|F32|[1]|00000000\n1|1|b|F32|[1]|00000000\n2|0|w|F32|[1]|00000000\n2|1|b|F32|[1]|00000000")
  }

  @Test("lineage walks to the first ancestor, through any name")
  func lineage() throws {
    let rows = try Schema.query(
      """
      UPDATE models SET name = 'n"\\t' WHERE id = 1;
      INSERT INTO runs (uuid, kind, model_id, parent_version_id, status, ended_at, digest)
      VALUES (printf('00000000-0000-0000-0000-%012x', 9), 'train', 2, 2, 'finished', '2026-03-01T12:00:00.000Z', printf('%064x', 1));
      INSERT INTO model_versions (uuid, model_id, version, run_id, tensor_count, parameter_count, state_dict_digest, row_digest)
      VALUES (printf('00000000-0000-0000-0000-%012x', 9), 2, 2, 7, 0, 0, printf('%064x', 1), printf('%064x', 1));
      SELECT parent_model, parent_version, depth, ancestors, json_extract(ancestors, '$[1]') FROM lineage WHERE model = 'other' ORDER BY version;
      """)
    #expect(rows == "||0|[]|\nn\"\\t|2|2|[\"n\\\"\\\\t/2\",\"n\\\"\\\\t/1\"]|n\"\\t/1")
  }

  @Test("lineage ends in a crafted circle too")
  func circle() throws {
    let rows = try Schema.query(
      """
      DROP TRIGGER runs_update;
      UPDATE runs SET parent_version_id = 2 WHERE id = 1;
      UPDATE runs SET parent_version_id = 4 WHERE id = 6;
      SELECT model, version, ancestors FROM lineage ORDER BY version_id;
      """)
    #expect(rows == "net|1|[]\nnet|2|[\"net/1\"]\nnet|3|[]\nother|1|[]")
  }

  static let orders = [
    "test_loss", "test_loss NULLS LAST", "test_loss DESC", "test_loss DESC NULLS LAST", "version_id DESC",
  ]

  @Test(
    "the first 20 come from an index, without sorting", arguments: ["leaderboard", "all_versions"],
    orders.flatMap { [($0, ""), ($0, "WHERE (\nmodel = 'net'\n)")] })
  func plan(view: String, query: (order: String, condition: String)) throws {
    let plan = try Schema.query("EXPLAIN QUERY PLAN SELECT * FROM \(view) \(query.condition) ORDER BY \(query.order) LIMIT 20;")
      .split(separator: "\n").filter { $0.hasPrefix("|--") || $0.hasPrefix("`--") }.map { $0.dropFirst(3) }
    // What stands at the outermost level sorts the whole; the aliases of one row are sorted further in.
    #expect(!plan.contains { $0.contains("TEMP B-TREE") })
    let versions = try #require(plan.first { $0.hasPrefix("SCAN v") || $0.hasPrefix("SEARCH v") })
    if query.condition.isEmpty {
      #expect(plan.first == versions)
      #expect(versions == (query.order.hasPrefix("test_loss") ? "SCAN v USING INDEX versions_by_test_loss" : "SCAN v"))
    } else {
      #expect(versions.hasPrefix("SEARCH v USING INDEX") && versions.hasSuffix("(model_id=?)"))
    }
  }

  @Test(
    "one version, its state_dict, its lineage and its curve are found by keys",
    arguments: [
      "leaderboard WHERE model = 'net' AND version = 3", "lineage WHERE model = 'net' AND version = 3",
      "state_dict WHERE model = 'net' AND version = 3 ORDER BY position", "epochs WHERE run = 1 ORDER BY epoch",
      "alias_history WHERE model = 'net' AND alias = 'champion'",
    ])
  func lookups(query: String) throws {
    let plan = try Schema.query("EXPLAIN QUERY PLAN SELECT * FROM \(query);")
    let tables = plan.split(separator: "\n").filter { $0.hasPrefix("|--S") || $0.hasPrefix("`--S") }
    #expect(!tables.isEmpty && tables.allSatisfy { $0.dropFirst(3).hasPrefix("SEARCH") }, "\(plan)")
  }
}
