import TestSupport
import Testing

@Suite("the history of aliases")
struct SchemaAliasTests {
  static let history = "SELECT alias, action, version, actor, reason, undoes FROM alias_history ORDER BY event;"

  @Test("writes each move once, whichever statement makes it", arguments: [false, true], [false, true])
  func moves(foreignKeys: Bool, recursiveTriggers: Bool) throws {
    let history = try Schema.query(
      """
      PRAGMA recursive_triggers = \(recursiveTriggers ? "ON" : "OFF");
      UPDATE model_aliases SET version_id = 2;
      INSERT INTO model_aliases VALUES (1, 'champion', 1) ON CONFLICT DO UPDATE SET version_id = excluded.version_id;
      INSERT OR IGNORE INTO model_aliases VALUES (1, 'champion', 2);
      DELETE FROM model_aliases;
      INSERT INTO model_aliases VALUES (1, 'champion', 2);
      \(Self.history)
      """, foreignKeys: foreignKeys)
    #expect(
      history == """
        champion|set|1|||
        champion|set|2|||
        champion|set|1|||
        champion|remove||||
        champion|set|2|||
        """)
  }

  @Test("writes a REPLACE, which fires no DELETE trigger")
  func replace() throws {
    let history = try Schema.query("REPLACE INTO model_aliases VALUES (1, 'champion', 2);\n\(Self.history)")
    #expect(history == "champion|set|1|||\nchampion|set|2|||")
  }

  @Test("writes a REPLACE that does fire a DELETE trigger as a removal and a set")
  func recursiveReplace() throws {
    let history = try Schema.query(
      "PRAGMA recursive_triggers = ON;\nREPLACE INTO model_aliases VALUES (1, 'champion', 2);\n\(Self.history)")
    #expect(history == "champion|set|1|||\nchampion|remove||||\nchampion|set|2|||")
  }

  @Test("a move to where the alias stands is no move", arguments: ["INSERT", "REPLACE", "INSERT OR IGNORE"])
  func standing(verb: String) throws {
    let history = try Schema.query(
      "\(verb) INTO model_aliases VALUES (1, 'champion', 1);\nUPDATE model_aliases SET version_id = 1;\n\(Self.history)")
    #expect(history == "champion|set|1|||")
  }

  @Test("knows actor, reason and what was undone from the context, and raw SQL from its absence")
  func context() throws {
    let history = try Schema.query(
      """
      BEGIN IMMEDIATE;
      INSERT INTO alias_context VALUES (1, 'ada', 'better on the test split', NULL);
      UPDATE model_aliases SET version_id = 2;
      DELETE FROM alias_context;
      COMMIT;
      BEGIN IMMEDIATE;
      INSERT INTO alias_context VALUES (1, 'ada', NULL, 2);
      UPDATE model_aliases SET version_id = 1;
      DELETE FROM alias_context;
      COMMIT;
      DELETE FROM model_aliases;
      \(Self.history)
      """)
    #expect(
      history == """
        champion|set|1|||
        champion|set|2|ada|better on the test split|
        champion|set|1|ada||2
        champion|remove||||
        """)
  }

  @Test("outlives the version that it tells of")
  func outlives() throws {
    let history = try Schema.query(
      """
      UPDATE model_versions SET deleted_at = NULL WHERE id = 3;
      INSERT INTO model_aliases VALUES (1, 'old', 3);
      DELETE FROM model_aliases WHERE alias = 'old';
      UPDATE model_versions SET deleted_at = '2026-03-01T12:00:00.000Z' WHERE id = 3;
      DELETE FROM model_versions WHERE id = 3;
      SELECT alias, action, version FROM alias_history WHERE alias = 'old';
      """)
    #expect(history == "old|set|3\nold|remove|")
  }
}
