import Testing

/// What is put into a registry, and what must come of it.
extension HostileDatabaseTests {
  struct Attack: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Run in the stock shell, with a writable schema and without foreign keys.  Triggers of the tables named are away meanwhile.
    let sql: String
    /// Whether opening already finds it, so that every command exits 65.
    let isRefused: Bool
    /// Whether `verify` finds something wrong.
    let isFound: Bool
    /// Whether the tables take any type meanwhile.
    let isLoose: Bool

    init(_ description: String, _ sql: String, isRefused: Bool = false, isFound: Bool = true, isLoose: Bool = false) {
      (testDescription, self.sql, self.isRefused, self.isFound) = (description, sql, isRefused, isFound)
      self.isLoose = isLoose
    }
  }

  private static let ofVersion = "UPDATE model_versions SET "
  private static let ofTensor = "UPDATE tensors SET "
  private static let table = "UPDATE sqlite_schema SET "

  /// A trigger on runs under another type, name and table.
  private static func disguised(_ names: String) -> String {
    "INSERT INTO sqlite_schema VALUES (\(names), 0, 'CREATE TRIGGER spy AFTER INSERT ON runs BEGIN DELETE FROM models; END')"
  }

  static let contents = [
    Attack("an architecture that is no JSON", ofVersion + "architecture = '{\"kind\":' || char(10) || '}'"),
    Attack(
      "an architecture nested ten thousand deep",
      ofVersion + "architecture = replace(hex(zeroblob(5000)), '00', '[[') || replace(hex(zeroblob(5000)), '00', ']]')"),
    Attack(
      "an architecture of enormous layers",
      ofVersion + "architecture = replace(architecture, '\"hidden_sizes\":[5]', '\"hidden_sizes\":[1000000000]')"),
    Attack(
      "an architecture of negative layers",
      ofVersion + "architecture = replace(architecture, '\"hidden_sizes\":[5]', '\"hidden_sizes\":[-5]')"),
    Attack(
      "an architecture of numbers beyond Int",
      ofVersion + "architecture = replace(architecture, '\"input_size\":2', '\"input_size\":1e999')"),
    Attack("a label_map beyond the classes", ofVersion + "architecture = replace(architecture, '[0,0,1,1]', '[9,9,9,9]')"),
    Attack("no architecture at all", ofVersion + "architecture = NULL"),
    Attack("a signature of ten megabytes", ofVersion + "signature = '{' || hex(zeroblob(5000000)) || '}'"),
    Attack("a negative count of tensors", ofVersion + "tensor_count = -1"),
    Attack("the largest count of tensors", ofVersion + "tensor_count = 9223372036854775807, parameter_count = 9223372036854775807"),
    Attack("a version number of zero", ofVersion + "version = 0 WHERE id = 3"),
    Attack("infinite losses", ofVersion + "test_loss = 9e999, accuracy = -9e999"),
    Attack("texts that aren't UTF-8", ofVersion + "architecture = CAST(x'7bff7d' AS TEXT); UPDATE models SET note = CAST(x'ff' AS TEXT)"),
    Attack(
      "a model's name that steers the terminal",
      "UPDATE models SET name = char(27) || '[2J' || char(10) || 'x'; UPDATE runs SET note = char(27) || ']0;x'"),
    Attack("a tensor without data", ofTensor + "data = x''"),
    Attack("a tensor larger than it says", ofTensor + "data = zeroblob(20000000)"),
    Attack("a shape that overflows", ofTensor + "shape = '[4294967296,4294967296,4294967296]'"),
    Attack("a negative shape", ofTensor + "shape = '[-5,-2]'"),
    Attack("a shape of a million dimensions", ofTensor + "shape = '[' || replace(hex(zeroblob(1000000)), '00', '1,') || '1]'"),
    Attack("a shape that is no list", ofTensor + "shape = '{}'"),
    Attack("a type that there isn't", ofTensor + "dtype = 'F99'"),
    Attack("digests of other lengths", ofTensor + "digest = substr(digest, 1, 3) || id"),
    Attack(
      "one tensor under five thousand names",
      "INSERT INTO version_tensors SELECT 1, value + 4, 'n' || value, 5 FROM generate_series(1, 5000)"),
    Attack("a version without tensors", "DELETE FROM version_tensors"),
    Attack("tensors at positions beyond Int32", "UPDATE version_tensors SET position = position + 9223372036854775000"),
    Attack("a source that is no JSON", "UPDATE datasets SET source = '[nothing]'"),
    Attack(
      "a source of a billion samples",
      "UPDATE datasets SET source = replace(source, '\"train_samples\":80', '\"train_samples\":1000000000000')", isFound: false),
    Attack("columns that are no JSON", "UPDATE datasets SET columns = '[[[['"),
    Attack("columns nested deep", "UPDATE datasets SET columns = replace(hex(zeroblob(200000)), '00', '{\"a\":') || '1'"),
    Attack("counts of rows that lie", "UPDATE datasets SET train_rows = 9223372036854775807, test_rows = -1"),
    Attack("a dataset without tensors", "DELETE FROM dataset_tensors"),
    Attack(
      "params of every kind", "UPDATE params SET value = x'00' WHERE key = 'task'; UPDATE params SET value = 9e999 WHERE key = 'epochs'"),
    Attack("hidden sizes that are no list", "UPDATE params SET value = '[' || hex(zeroblob(100000)) WHERE key = 'hidden_sizes'"),
    Attack(
      "metrics at enormous and negative steps",
      "UPDATE metrics SET step = 9223372036854775807 - step WHERE step < 5; UPDATE metrics SET step = -step - 1 WHERE step BETWEEN 5 AND 9"),
    Attack(
      "metrics that are enormous", "UPDATE metrics SET value = 9e999 WHERE step % 2; UPDATE metrics SET value = -9e999 WHERE step % 3 = 0"),
    Attack("a run that is its own ancestor", "UPDATE runs SET parent_version_id = 1"),
    Attack("a status that there isn't", "UPDATE runs SET status = 'sleeping'"),
    Attack("a model that isn't there", "UPDATE runs SET model_id = 77; UPDATE model_versions SET model_id = 77"),
    Attack("an alias to another model's version", "INSERT INTO model_aliases VALUES (5, 'champion', 1)"),
    Attack(
      "counters at their ends",
      "UPDATE models SET next_version = 9223372036854775807; UPDATE sqlite_sequence SET seq = 9223372036854775807", isFound: false),
    Attack(
      "statistics that mislead",
      "ANALYZE; UPDATE sqlite_stat1 SET stat = '1 1 1 1 unordered'; INSERT INTO sqlite_stat1 VALUES ('metrics', NULL, '1')", isFound: false),
    Attack("statistics that are nonsense", "ANALYZE; UPDATE sqlite_stat1 SET stat = x'ff00', idx = 'nothing'", isFound: false),
  ]

  static let schemas = [
    Attack("a trigger on our tables", "CREATE TRIGGER spy AFTER INSERT ON runs BEGIN DELETE FROM models; END", isRefused: true),
    Attack(
      "a trigger on a table in capitals", "CREATE TRIGGER spy AFTER INSERT ON RUNS BEGIN DELETE FROM models; END", isRefused: true),
    Attack("a trigger that says it is a view", disguised("'view', 'spy', 'spy'"), isRefused: true),
    Attack("a trigger that says it is a table", disguised("'table', 'spy', 'spy'"), isRefused: true),
    Attack(
      "a trigger that says it is on a user's table", "CREATE TABLE mine (a); " + disguised("'trigger', 'spy', 'mine'"), isRefused: true),
    Attack("a trigger on our views", "CREATE TRIGGER spy INSTEAD OF DELETE ON leaderboard BEGIN DELETE FROM models; END", isRefused: true),
    Attack(
      "a trigger that lies about what it does",
      "DROP TRIGGER tensors_update; CREATE TRIGGER tensors_update BEFORE UPDATE ON tensors BEGIN SELECT 1; END", isRefused: true),
    Attack(
      "a view that lies", "DROP VIEW leaderboard; CREATE VIEW leaderboard AS SELECT *, NULL AS deleted_at FROM all_versions",
      isRefused: true),
    Attack(
      "a view that never ends",
      "DROP VIEW epochs; CREATE VIEW epochs AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i AS run FROM n",
      isRefused: true),
    Attack("a view that refers to itself", "CREATE VIEW a AS SELECT * FROM b; CREATE VIEW b AS SELECT * FROM a", isFound: false),
    Attack(
      "a view of one's own that never ends",
      "CREATE VIEW mine AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n", isFound: false),
    Attack(
      "a view in the place of a table", "ALTER TABLE tensors RENAME TO real_tensors; CREATE VIEW tensors AS SELECT * FROM real_tensors",
      isRefused: true),
    Attack("a table with other columns", "ALTER TABLE tensors RENAME COLUMN data TO bytes", isRefused: true),
    Attack("a generated column", "ALTER TABLE tensors ADD COLUMN twice AS (data || data)", isRefused: true),
    Attack(
      "a check that computes for ever",
      table + "sql = replace(sql, 'length(digest) = 64', 'length(hex(zeroblob(1000000000))) > 1') WHERE name = 'tensors'", isRefused: true),
    Attack("an index over an expression", "CREATE INDEX mine ON Tensors (length(hex(data)))", isRefused: true),
    Attack(
      "an index that asks something of each row", "CREATE INDEX mine ON metrics (key) WHERE length(hex(zeroblob(value))) > 0",
      isRefused: true),
    Attack("an index of one's own", "CREATE INDEX mine ON metrics (value DESC, key COLLATE NOCASE)", isFound: false),
    Attack(
      "a table of one's own with a foreign key that leads nowhere",
      "CREATE TABLE mine (a REFERENCES metrics (value)); INSERT INTO mine VALUES (1)", isFound: false),
    Attack(
      "an index that is another's",
      table + "rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'runs_by_model') WHERE name = 'versions_by_run'"),
    Attack(
      "a table that is another's", table + "rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'metrics') WHERE name = 'params'"),
    Attack("a table beyond the end of the file", table + "rootpage = 100000 WHERE name = 'tensors'"),
    Attack("a table in the first page", table + "rootpage = 1 WHERE name = 'tensors'"),
    Attack("an object without a name", table + "name = NULL WHERE name = 'versions_by_run'", isRefused: true),
    Attack("SQL that isn't any", table + "sql = 'CREATE TABLE tensors (((' WHERE name = 'tensors'", isRefused: true),
    Attack(
      "SQL of ten megabytes",
      "CREATE VIEW mine AS SELECT 1 AS a; " + table
        + "sql = 'CREATE VIEW mine AS SELECT ''' || hex(zeroblob(5000000)) || ''' AS a' WHERE name = 'mine'", isFound: false),
    Attack(
      "SQL nested deep",
      "CREATE VIEW mine AS SELECT 1 AS a; " + table
        + "sql = 'CREATE VIEW mine AS SELECT ' || replace(hex(zeroblob(5000)), '00', '(') || '1' || replace(hex(zeroblob(5000)), '00', ')') || ' AS a' WHERE name = 'mine'",
      isRefused: true),
    Attack("thousands of objects", (0..<2000).map { "CREATE VIEW v\($0) AS SELECT 1;" }.joined(), isFound: false),
    Attack("an application_id of another", "PRAGMA application_id=1", isRefused: true),
    Attack("a schema of the future", "PRAGMA user_version=1000", isRefused: true),
    Attack("a migration with another digest", "UPDATE migrations SET digest = printf('%064x', 1)", isRefused: true),
    Attack(
      "migrations that never end",
      "DROP TABLE migrations; CREATE VIEW migrations AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) "
        + "SELECT i AS number, 'x' AS digest FROM n", isRefused: true),
    Attack("no table of migrations", "DROP TABLE migrations", isRefused: true),
    Attack("migrations with other columns", "ALTER TABLE migrations RENAME COLUMN digest TO hash", isRefused: true),
    Attack(
      "migrations that are computed",
      "DROP TABLE migrations; CREATE TABLE migrations (number INTEGER PRIMARY KEY, name, digest AS (hex(zeroblob(100000000)))); "
        + "INSERT INTO migrations (number) VALUES (1)", isRefused: true),
    Attack(
      "a million migrations", "INSERT INTO migrations SELECT value, 'x', printf('%064x', 1), '' FROM generate_series(1000, 1000000)",
      isRefused: true),
    Attack("a file that says it is new, and isn't", "PRAGMA user_version=0; DELETE FROM migrations", isRefused: true),
    Attack("a file that says it is new, without migrations", "PRAGMA user_version=0; DROP TABLE migrations", isRefused: true),
    Attack("no migrations", "DELETE FROM migrations", isRefused: true),
    // STRICT tables take no other types, unless they were none when the rows came.
    Attack(
      "text and blobs for numbers",
      "UPDATE model_versions SET version = 'three' || version, test_loss = 'low', architecture = x'00ff', tensor_count = NULL",
      isLoose: true),
    Attack("a tensor that is text", "UPDATE tensors SET data = 'text', shape = 5, dtype = NULL WHERE id > 4", isLoose: true),
    Attack("a tensor of NULL", "UPDATE tensors SET data = NULL", isLoose: true),
    Attack("metrics that are no numbers", "UPDATE metrics SET value = 'low', time = x'00', step = step + 0.5", isLoose: true),
    Attack(
      "params that are blobs and NULLs",
      "UPDATE params SET value = x'00' WHERE key = 'task'; UPDATE params SET value = NULL WHERE key <> 'task'", isLoose: true),
    Attack(
      "datasets of the wrong types", "UPDATE datasets SET columns = x'5b5d', source = 7, train_rows = 'many', feature_count = 2.5",
      isLoose: true),
    Attack("runs of the wrong types", "UPDATE runs SET status = 1, seed = 'none', started_at = x'00', digest = 5", isLoose: true),
    Attack(
      "names that are blobs", "UPDATE models SET name = x'00', next_version = 'x'; UPDATE dataset_names SET name = 'x' || dataset_id",
      isLoose: true),
    Attack("migrations of the wrong type", "UPDATE migrations SET digest = x'00'", isRefused: true, isLoose: true),
  ]
}
