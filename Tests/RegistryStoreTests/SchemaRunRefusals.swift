private let now = "'2026-03-02T12:00:00.000Z'"

private func uuid(_ number: Int) -> String { "printf('00000000-0000-0000-0000-%012x', \(number))" }

/// Experiments 1 and 2 live, 3 is deleted.  Contents 1 and 2 are sealed, 3 have their first piece.  Run 7 is logged and running, 8 is a part of
/// it and has ended, 9 is deleted; 7 left version 5 (other/2), of files alone, 8 has no model.
let loggedRuns = """
  INSERT INTO experiments (name) VALUES ('one'), ('two'), ('gone');
  UPDATE experiments SET deleted_at = \(now) WHERE name = 'gone';
  INSERT INTO experiment_tags VALUES (1, 'team', 'blue');
  INSERT INTO contents DEFAULT VALUES;
  INSERT INTO content_pieces (content_id, position, data) VALUES (1, 0, x'0011');
  UPDATE contents SET digest = printf('%064x', 1), byte_count = 2;
  INSERT INTO contents DEFAULT VALUES;
  UPDATE contents SET digest = printf('%064x', 2), byte_count = 0 WHERE id = 2;
  INSERT INTO contents DEFAULT VALUES;
  INSERT INTO content_pieces (content_id, position, data) VALUES (3, 0, x'22');
  INSERT INTO runs (id, uuid, kind, status, experiment_id, name) VALUES (7, \(uuid(7)), 'log', 'running', 1, 'seven');
  INSERT INTO runs (id, uuid, kind, status, ended_at, digest, parent_run_id)
    VALUES (8, \(uuid(8)), 'log', 'killed', \(now), printf('%064x', 8), 7);
  INSERT INTO runs (id, uuid, kind, status, deleted_at) VALUES (9, \(uuid(9)), 'log', 'running', \(now));
  INSERT INTO params VALUES (7, 'lr', 0.1, '0.10');
  INSERT INTO metrics VALUES (7, 'loss', -1, 0, 0.5, 0), (7, 'loss', 3, 0, 0.25, 0), (7, 'loss', 3, 1, NULL, 0);
  INSERT INTO run_files (run_id, path, content_id) VALUES (7, 'a.txt', 1), (7, 'b/c.txt', 1);
  INSERT INTO run_datasets (run_id, position, name, digest, dataset_id) VALUES (7, 0, 'd', 'x', 2);
  INSERT INTO model_versions (uuid, model_id, version, run_id, tensor_count, parameter_count, state_dict_digest, row_digest, step, file_count)
    VALUES (\(uuid(50)), 2, 2, 7, 0, 0, printf('%064x', 5), printf('%064x', 5), 3, 2);
  INSERT INTO version_metrics VALUES (5, 'f1', 0.5);
  INSERT INTO version_files VALUES (5, 'm.bin', 1), (5, 't.json', 2);
  INSERT INTO dated_notes (subject, subject_id, text) VALUES ('run', 7, 'first'), ('experiment', 1, 'second');
  """

private func refusal(_ name: String, setup: String = "", _ sql: String, says: String) -> SchemaRefusal {
  SchemaRefusal(name, setup: loggedRuns + setup, sql, says: says)
}

private func newRun(_ columns: String, _ values: String) -> String {
  "INSERT INTO runs (uuid, \(columns)) VALUES (\(uuid(99)), \(values))"
}

/// What logged runs, experiments, files and notes refuse.
let refusedOfRuns: [SchemaRefusal] = ofExperiments + ofLoggedRuns + ofFiles + ofNotes + paths

private let ofExperiments: [SchemaRefusal] = [
  refusal("replace an experiment by name", "REPLACE INTO experiments (name) VALUES ('one')", says: "of this name or id already"),
  refusal("replace an experiment by id", "REPLACE INTO experiments (id, name) VALUES (1, 'new')", says: "of this name or id already"),
  refusal("replace Default", "REPLACE INTO experiments (id, name) VALUES (0, 'Default')", says: "of this name or id already"),
  refusal("rename onto another", "UPDATE OR REPLACE experiments SET name = 'one' WHERE id = 2", says: "of this name or id already"),
  refusal("move an experiment by its rowid", "UPDATE OR REPLACE experiments SET rowid = 1 WHERE id = 2", says: "the id and the date"),
  refusal("date an experiment anew", "UPDATE experiments SET created_at = \(now)", says: "the id and the date"),
  refusal("rename Default", "UPDATE experiments SET name = 'x' WHERE id = 0", says: "the experiment Default stays"),
  refusal("softly delete Default", "UPDATE experiments SET deleted_at = \(now) WHERE id = 0", says: "the experiment Default stays"),
  refusal("delete Default", "DELETE FROM experiments WHERE id = 0", says: "the experiment Default stays"),
  refusal("delete an experiment that lives", "DELETE FROM experiments WHERE id = 2", says: "deleted softly"),
  refusal(
    "delete an experiment with a run", setup: "UPDATE experiments SET deleted_at = \(now) WHERE id = 1;",
    "DELETE FROM experiments WHERE id = 1", says: "a run belongs to this experiment"),
  refusal("an experiment of a negative id", "INSERT INTO experiments (id, name) VALUES (-1, 'x')", says: "id >= 0"),
  refusal("an experiment without a name", "INSERT INTO experiments (name) VALUES ('')", says: "1 to 500 characters"),
  refusal(
    "an experiment of a long name", "INSERT INTO experiments (name) VALUES (printf('%.501c', 'x'))", says: "1 to 500 characters"),
  refusal(
    "an experiment of a control character", "INSERT INTO experiments (name) VALUES ('a' || char(27))", says: "no control characters"),
  refusal("a tag of no experiment", "INSERT INTO experiment_tags VALUES (9, 'k', 1)", says: "no such experiment"),
  refusal("an experiment's tag led astray", "UPDATE experiment_tags SET experiment_id = 9", says: "no such experiment"),
]

private let ofLoggedRuns: [SchemaRefusal] = [
  refusal("a training without a model", newRun("kind, status", "'train', 'running'"), says: "only a logged run may have no model"),
  refusal("an import without a model", newRun("kind, status", "'import', 'running'"), says: "only a logged run may have no model"),
  refusal("a run of no experiment", newRun("kind, status, experiment_id", "'log', 'running', 9"), says: "no such experiment"),
  refusal("a run led to no experiment", "UPDATE runs SET experiment_id = 9 WHERE id = 7", says: "no such experiment"),
  refusal("a part of no run", newRun("kind, status, parent_run_id", "'log', 'running', 99"), says: "no such parent run"),
  refusal("a run made a part of none", "UPDATE runs SET parent_run_id = 99 WHERE id = 7", says: "no such parent run"),
  refusal("a run made a part of itself", "UPDATE runs SET parent_run_id = 7 WHERE id = 7", says: "a run is no part of itself"),
  refusal("a run made a part of its part", "UPDATE runs SET parent_run_id = 8 WHERE id = 7", says: "a run is no part of itself"),
  refusal(
    "a run made a part of its parts' part", setup: "UPDATE runs SET parent_run_id = 8 WHERE id = 1;",
    "UPDATE runs SET parent_run_id = 1 WHERE id = 7", says: "a run is no part of itself"),
  refusal("a logged run made a training", "UPDATE runs SET kind = 'train' WHERE id = 7", says: "what a run is never changes"),
  refusal("a logged run's model taken away", "UPDATE runs SET model_id = NULL WHERE id = 7", says: "what a run is never changes"),
  refusal("a logged run's model changed", "UPDATE runs SET model_id = 1 WHERE id = 7", says: "what a run is never changes"),
  refusal("a logged run of no model", "UPDATE runs SET model_id = 9 WHERE id = 8", says: "no such model"),
  refusal("a logged run with a version, deleted", "UPDATE runs SET deleted_at = \(now) WHERE id = 7", says: "with a live version"),
  refusal("a logged run removed that lives", "DELETE FROM runs WHERE id = 8", says: "deleted softly"),
  refusal(
    "a version of a deleted logged run",
    "INSERT INTO model_versions (uuid, model_id, version, run_id, tensor_count, parameter_count, state_dict_digest, row_digest)"
      + " VALUES (\(uuid(60)), 1, 4, 9, 0, 0, printf('%064x', 6), printf('%064x', 6))", says: "the run is deleted"),
  refusal("a scheduled run with an end", newRun("kind, status, ended_at", "'log', 'scheduled', \(now)"), says: "unless it is running"),
  refusal("a killed run without an end", newRun("kind, status", "'log', 'killed'"), says: "unless it is running"),
  refusal("a scheduled run with a digest", newRun("kind, status, digest", "'log', 'scheduled', printf('%064x', 1)"), says: "no digest yet"),
  refusal(
    "a finished run with an error", newRun("kind, status, ended_at, error", "'log', 'finished', \(now), 'x'"),
    says: "only a failed or interrupted run"),
  refusal("a run of an unknown status", newRun("kind, status", "'log', 'paused'"), says: "status IN"),
  refusal("a run with an empty name", newRun("kind, status, name", "'log', 'running', ''"), says: "1 to 500 characters"),
  refusal("a tree that is half dirty", newRun("kind, status, is_dirty", "'log', 'running', 2"), says: "is_dirty IN"),
  refusal("a lease without an end", "UPDATE runs SET lease_until = 'later' WHERE id = 7", says: "lease_until GLOB"),
  refusal("a param of a sealed logged run", "INSERT INTO params VALUES (8, 'k', 1, NULL)", says: "params of a sealed run"),
  refusal("a metric of a sealed logged run", "INSERT INTO metrics VALUES (8, 'k', 0, 0, 1, 0)", says: "metrics of a sealed run"),
  refusal("a text with a spelling", "INSERT INTO params VALUES (7, 'k', 'adam', 'Adam')", says: "typeof(value) <> 'text'"),
  refusal("a spelling of a sealed run", "UPDATE params SET text = '3' WHERE run_id = 1", says: "params of a sealed run"),
  refusal("a dataset of no run", "INSERT INTO run_datasets (run_id, position, name, digest) VALUES (99, 0, 'd', 'x')", says: "no such run"),
  refusal(
    "a run's dataset that isn't there",
    "INSERT INTO run_datasets (run_id, position, name, digest, dataset_id) VALUES (7, 1, 'd', 'x', 9)", says: "no such dataset"),
  refusal("a run's dataset led astray", "UPDATE run_datasets SET dataset_id = 9", says: "no such dataset"),
  refusal("a run's dataset given to no run", "UPDATE run_datasets SET run_id = 99", says: "no such run"),
]

private let ofFiles: [SchemaRefusal] = [
  refusal("a file of no run", "INSERT INTO run_files (run_id, path, content_id) VALUES (99, 'x', 1)", says: "no such run"),
  refusal("a file of no contents", "INSERT INTO run_files (run_id, path, content_id) VALUES (7, 'x', 9)", says: "no such contents"),
  refusal("a file of half its contents", "INSERT INTO run_files (run_id, path, content_id) VALUES (7, 'x', 3)", says: "not sealed"),
  refusal("a file given to no run", "UPDATE run_files SET run_id = 99", says: "no such run"),
  refusal("a file given half its contents", "UPDATE run_files SET content_id = 3", says: "not sealed"),
  refusal("a file of no version", "INSERT INTO version_files VALUES (99, 'x', 1)", says: "no such version"),
  refusal("a version's file of half its contents", "INSERT INTO version_files VALUES (5, 'x', 3)", says: "not sealed"),
  refusal("add a file to a version", "INSERT INTO version_files VALUES (5, 'x', 1)", says: "the version is complete"),
  refusal("add a file to a version of tensors", "INSERT INTO version_files VALUES (1, 'x', 1)", says: "the version is complete"),
  refusal("replace a file of a version", "REPLACE INTO version_files VALUES (5, 'm.bin', 2)", says: "a stored version never changes"),
  refusal("update a file of a version", "UPDATE version_files SET content_id = 2", says: "a stored version never changes"),
  refusal("delete a file of a version", "DELETE FROM version_files WHERE version_id = 5", says: "the files of a version go with it"),
  refusal(
    "change how many files a version has", "UPDATE model_versions SET file_count = 1 WHERE id = 5", says: "a stored version never changes"),
  refusal("change the step of a version", "UPDATE model_versions SET step = 4 WHERE id = 5", says: "a stored version never changes"),
  refusal("change the source of a version", "UPDATE model_versions SET source = 'x' WHERE id = 5", says: "a stored version never changes"),
  refusal("a metric after the files", "INSERT INTO version_metrics VALUES (5, 'late', 1)", says: "a stored version never changes"),
  refusal(
    "a metric of a version of nothing",
    setup: "INSERT INTO model_versions (uuid, model_id, version, run_id, tensor_count, parameter_count, state_dict_digest, row_digest)"
      + " VALUES (\(uuid(60)), 2, 3, 7, 0, 0, printf('%064x', 6), printf('%064x', 6));",
    "INSERT INTO version_metrics VALUES (6, 'k', 1)", says: "without tensors and files has no metrics"),
  refusal(
    "unseal the contents of a run's file",
    setup: "DELETE FROM run_files; INSERT INTO run_files (run_id, path, content_id) VALUES (8, 'x', 2);",
    "UPDATE contents SET digest = NULL, byte_count = NULL WHERE id = 2", says: "a run needs these contents"),
  refusal(
    "unseal the contents of a version's file", "UPDATE contents SET digest = NULL, byte_count = NULL WHERE id = 2",
    says: "a version needs these contents"),
  refusal("delete the contents of a run's file", "DELETE FROM contents WHERE id = 1", says: "a run needs these contents"),
  refusal("delete the contents of a version's file", "DELETE FROM contents WHERE id = 2", says: "a version needs these contents"),
  refusal("contents outside without a folder", "INSERT INTO contents (is_outside) VALUES (1)", says: "no folder of files"),
  refusal("contents moved outside", "UPDATE contents SET is_outside = 1 WHERE id = 3", says: "stored contents never change"),
  refusal("a folder after the first file", "INSERT INTO registry_settings VALUES ('artifacts', 'x')", says: "before the first file"),
  SchemaRefusal(
    "a piece of contents that are a file",
    setup: "INSERT INTO registry_settings VALUES ('artifacts', 'x'); INSERT INTO contents (is_outside) VALUES (1);",
    "INSERT INTO content_pieces (content_id, position, data) VALUES (1, 0, x'00')", says: "these contents are a file"),
  SchemaRefusal(
    "a folder forgotten that files stand in",
    setup: "INSERT INTO registry_settings VALUES ('artifacts', 'x'); INSERT INTO contents (is_outside) VALUES (1);",
    "DELETE FROM registry_settings", says: "files stand in this folder"),
  SchemaRefusal(
    "a folder replaced that files stand in",
    setup: "INSERT INTO registry_settings VALUES ('artifacts', 'x'); INSERT INTO contents (is_outside) VALUES (1);",
    "REPLACE INTO registry_settings VALUES ('artifacts', 'y')", says: "before the first file"),
  SchemaRefusal(
    "a setting renamed", setup: "INSERT INTO registry_settings VALUES ('artifacts', 'x');", "UPDATE registry_settings SET key = 'other'",
    says: "the key of a setting never changes"),
]

private let ofNotes: [SchemaRefusal] =
  ["model", "run", "dataset", "experiment"].map {
    refusal(
      "a note about no \($0)", "INSERT INTO dated_notes (subject, subject_id, text) VALUES ('\($0)', 99, 'x')",
      says: "something that exists")
  } + [
    refusal(
      "a note about a version", "INSERT INTO dated_notes (subject, subject_id, text) VALUES ('version', 1, 'x')", says: "exists"),
    refusal(
      "an empty note", "INSERT INTO dated_notes (subject, subject_id, text) VALUES ('run', 1, '')", says: "text <> ''"),
    refusal(
      "replace a note", "REPLACE INTO dated_notes (id, subject, subject_id, text) VALUES (1, 'run', 1, 'x')", says: "of this id already"),
    refusal("move a note by its rowid", "UPDATE OR REPLACE dated_notes SET rowid = 1 WHERE id = 2", says: "never change"),
    refusal("give a note to another run", "UPDATE dated_notes SET subject_id = 1 WHERE id = 1", says: "never change"),
    refusal("date a note anew", "UPDATE dated_notes SET at = \(now)", says: "never change"),
  ]

private let paths: [SchemaRefusal] = [
  "''", "'/a'", "'a/'", "'a//b'", "'.'", "'..'", "'./a'", "'a/..'", "'a/../b'", "'a/./b'", "'a' || char(0)", "printf('%.4097c', 'x')",
].flatMap { path in
  [
    refusal(
      "the path \(path) of a run's file", "INSERT INTO run_files (run_id, path, content_id) VALUES (7, \(path), 1)", says: "a path "),
    refusal(
      "the path \(path) of a version's file",
      setup:
        "INSERT INTO model_versions (uuid, model_id, version, run_id, tensor_count, parameter_count, state_dict_digest, row_digest, file_count)"
        + " VALUES (\(uuid(60)), 2, 3, 7, 0, 0, printf('%064x', 6), printf('%064x', 6), 1);",
      "INSERT INTO version_files VALUES (6, \(path), 1)", says: "a path "),
  ]
}

private func allowance(_ name: String, _ sql: String, then query: String, gives answer: String) -> Allowance {
  Allowance(name, loggedRuns + sql, then: query, gives: answer)
}

/// What logged runs, experiments, files and notes allow.
let allowedOfRuns: [Allowance] = [
  allowance(
    "an experiment is renamed, deleted and removed with its tags and notes",
    "UPDATE runs SET experiment_id = NULL; UPDATE experiments SET name = 'x', deleted_at = \(now) WHERE id = 1; DELETE FROM experiments WHERE id = 1",
    then: "SELECT count(*), (SELECT count(*) FROM experiment_tags), (SELECT count(*) FROM dated_notes) FROM experiments", gives: "3|0|1"),
  allowance(
    "metrics_latest follows inserts, updates, replacements and deletes",
    """
    INSERT INTO metrics VALUES (7, 'loss', 9, 0, 1, 5), (7, 'loss', 4, 0, 2, 5); REPLACE INTO metrics VALUES (7, 'loss', 9, 0, 3, 6);
    UPDATE metrics SET key = 'other' WHERE step = 4 AND run_id = 7; DELETE FROM metrics WHERE step = 9 AND run_id = 7
    """, then: "SELECT group_concat(key || step || coalesce(value, 'NaN')) FROM metrics_latest WHERE run_id = 7",
    gives: "loss3NaN,other42.0"),
  allowance(
    "a logged run goes on after its end, and leaves versions of two models",
    """
    UPDATE runs SET status = 'running', ended_at = NULL, digest = NULL WHERE id = 8; INSERT INTO metrics VALUES (8, 'loss', 0, 0, 1, 0);
    INSERT INTO model_versions (uuid, model_id, version, run_id, tensor_count, parameter_count, state_dict_digest, row_digest)
      VALUES (\(uuid(61)), 1, 4, 8, 0, 0, printf('%064x', 6), printf('%064x', 6)), (\(uuid(62)), 2, 3, 8, 0, 0, printf('%064x', 6), printf('%064x', 6));
    UPDATE runs SET status = 'finished', ended_at = \(now), digest = printf('%064x', 9) WHERE id = 8
    """, then: "SELECT model, version, status FROM all_runs WHERE run = 8", gives: "net|4|finished"),
  allowance(
    "a run goes with its files, datasets, notes and newest metrics, and its parts stay",
    """
    UPDATE model_versions SET deleted_at = \(now) WHERE id = 5; DELETE FROM model_versions WHERE id = 5;
    UPDATE runs SET deleted_at = \(now) WHERE id = 7; DELETE FROM runs WHERE id = 7; DELETE FROM contents WHERE id = 1
    """,
    then: """
      SELECT (SELECT count(*) FROM run_files), (SELECT count(*) FROM version_files), (SELECT count(*) FROM run_datasets),
        (SELECT count(*) FROM metrics_latest WHERE run_id = 7), (SELECT count(*) FROM dated_notes), (SELECT parent_run_id IS NULL FROM runs WHERE id = 8)
      """, gives: "0|0|0|0|1|1"),
  allowance(
    "a dataset goes, and the run still says that it read it", "DELETE FROM datasets WHERE id = 2",
    then: "SELECT name, dataset_id IS NULL FROM run_datasets", gives: "d|1"),
  allowance(
    "files of a run come, change and go",
    """
    REPLACE INTO run_files (run_id, path, content_id) VALUES (7, 'a.txt', 2); UPDATE run_files SET path = 'd.txt' WHERE path = 'b/c.txt';
    DELETE FROM run_files WHERE path = 'a.txt'
    """, then: "SELECT path, content_id FROM run_files", gives: "d.txt|1"),
  allowance(
    "a version is described at any time", "UPDATE model_versions SET description = 'good' WHERE id = 5",
    then: "SELECT description FROM leaderboard WHERE version_id = 5", gives: "good"),
  allowance(
    "a note is worded anew", "UPDATE dated_notes SET text = 'better', author = 'me' WHERE id = 1",
    then: "SELECT text FROM dated_notes WHERE id = 1", gives: "better"),
  allowance(
    "the files of live runs and versions are listed", "SELECT 1 WHERE 0",
    then: "SELECT run, model, version, path, byte_count FROM artifacts ORDER BY path",
    gives: "7|other||a.txt|2\n7|other||b/c.txt|2\n7|other|2|m.bin|2\n7|other|2|t.json|0"),
  Allowance(
    "a folder is chosen, and moved with its files",
    """
    INSERT INTO registry_settings VALUES ('artifacts', 'x'); INSERT INTO contents (is_outside) VALUES (1);
    UPDATE contents SET digest = printf('%064x', 1), byte_count = 99; UPDATE registry_settings SET value = 'y'
    """, then: "SELECT value, byte_count FROM registry_settings, contents", gives: "y|99"),
]
