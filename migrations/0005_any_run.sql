-- Migration 5: runs of any program.  A run may be logged by a training that isn't this program's: with any params and metrics, files, the
-- datasets that it read, in an experiment, as a part of another run, for no model until it has a version.  A version may hold files beside
-- tensors or instead of them.
--
-- Tables that stood before are changed where they stand, in the text of the schema, which is how SQLite's page on ALTER TABLE loosens a
-- constraint where every stored row stays as it is: copying the metrics of a large registry would take minutes.  Columns are added there too,
-- with what they mean.  Before it begins, the program compares that text with what the migrations before this one made.

CREATE TABLE experiments (
  -- A name that groups runs.  Number 0 is Default.
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id >= 0),
  name TEXT NOT NULL UNIQUE,
  note TEXT,
  artifact_location TEXT, -- where other programs are told to put files; NULL is this registry
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  updated_at TEXT -- when its name, note, tags or deletion last changed
    CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  deleted_at TEXT -- soft: restore takes it back
    CHECK (deleted_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  CONSTRAINT "an experiment name has 1 to 500 characters" CHECK (length(name) BETWEEN 1 AND 500),
  CONSTRAINT "an experiment name has no control characters"
    CHECK (name NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*' AND instr(name, char(0)) = 0),
  CONSTRAINT "the experiment Default stays" CHECK (id <> 0 OR name = 'Default' AND deleted_at IS NULL)
) STRICT;
INSERT INTO experiments (id, name) VALUES (0, 'Default');

CREATE TABLE experiment_tags (
  -- What people say of an experiment; may change at any time.
  experiment_id INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE,
  key TEXT NOT NULL CHECK (key <> ''),
  value ANY NOT NULL CHECK (typeof(value) IN ('integer', 'real', 'text')),
  PRIMARY KEY (experiment_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_datasets (
  -- A dataset that a run says it read.
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  name TEXT NOT NULL,
  digest TEXT NOT NULL, -- as the run gave it: any text
  source_type TEXT,
  source TEXT,
  schema TEXT,
  profile TEXT,
  context TEXT, -- train, test, …
  dataset_id INTEGER REFERENCES datasets ON DELETE SET NULL, -- where a stored dataset has this digest
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_datasets_by_dataset ON run_datasets (dataset_id);

CREATE TABLE metrics_latest (
  -- The newest value of each metric of a run: that of its highest step; of a step that was logged again, the last.  Kept up with `metrics`,
  -- so that an index finds the best of many runs.
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  key TEXT NOT NULL,
  value REAL, -- NULL is NaN
  step INTEGER NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY (run_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX metrics_latest_by_value ON metrics_latest (key, value);

CREATE TABLE run_files (
  -- A file that a run left: an artifact.  Equal ones are stored once.
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  path TEXT NOT NULL,
  content_id INTEGER NOT NULL REFERENCES contents ON DELETE RESTRICT,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  PRIMARY KEY (run_id, path),
  CONSTRAINT "a path is relative and has no part that is empty, . or .."
    CHECK ('/' || path || '/' NOT GLOB '*//*' AND '/' || path || '/' NOT GLOB '*/./*' AND '/' || path || '/' NOT GLOB '*/../*'),
  CONSTRAINT "a path has at most 4096 bytes and no NUL" CHECK (length(CAST(path AS BLOB)) <= 4096 AND instr(path, char(0)) = 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_files_by_content ON run_files (content_id);

CREATE TABLE version_files (
  -- A file of a version: a model in a format of its own, a tokenizer, ….
  version_id INTEGER NOT NULL REFERENCES model_versions ON DELETE CASCADE,
  path TEXT NOT NULL,
  content_id INTEGER NOT NULL REFERENCES contents ON DELETE RESTRICT,
  PRIMARY KEY (version_id, path),
  CONSTRAINT "a path is relative and has no part that is empty, . or .."
    CHECK ('/' || path || '/' NOT GLOB '*//*' AND '/' || path || '/' NOT GLOB '*/./*' AND '/' || path || '/' NOT GLOB '*/../*'),
  CONSTRAINT "a path has at most 4096 bytes and no NUL" CHECK (length(CAST(path AS BLOB)) <= 4096 AND instr(path, char(0)) = 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX version_files_by_content ON version_files (content_id);

CREATE TABLE dated_notes (
  -- A note with its date; `note` of the thing itself is the newest.
  id INTEGER PRIMARY KEY CHECK (id > 0),
  subject TEXT NOT NULL CHECK (subject IN ('model', 'run', 'dataset', 'experiment')), -- a version's notes are its run's
  subject_id INTEGER NOT NULL,
  at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  author TEXT, -- NULL means raw SQL
  text TEXT NOT NULL CHECK (text <> '')
) STRICT;
CREATE INDEX dated_notes_by_subject ON dated_notes (subject, subject_id);

CREATE TABLE registry_settings (
  -- What was chosen for this registry: artifacts, the folder that files stand in, where it isn't this file.
  key TEXT PRIMARY KEY CHECK (key <> ''),
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(replace(replace(replace(replace(replace(replace(replace(replace(sql,
  '-- One execution: a training or an import.', '-- One execution: a training of this program, an import, or what another program logged.'),
  'CHECK (kind IN (''train'', ''import''))', 'CHECK (kind IN (''train'', ''import'', ''log''))'),
  'model_id INTEGER NOT NULL REFERENCES models ON DELETE RESTRICT,',
    'model_id INTEGER REFERENCES models ON DELETE RESTRICT, -- a logged run may have none until it has a version'),
  'status IN (''running'', ''finished'', ''failed'', ''interrupted'')',
    'status IN (''scheduled'', ''running'', ''finished'', ''failed'', ''killed'', ''interrupted'')'),
  'CHECK ((status = ''running'') = (ended_at IS NULL))', 'CHECK ((status IN (''scheduled'', ''running'')) = (ended_at IS NULL))'),
  'CHECK (error IS NULL OR status IN (''failed'', ''interrupted''))', 'CHECK (error IS NULL OR status IN (''failed'', ''killed'', ''interrupted''))'),
  'CHECK (digest IS NULL OR status <> ''running'')', 'CHECK (digest IS NULL OR status NOT IN (''scheduled'', ''running''))'),
  'CHECK (deleted_at IS NULL OR status <> ''running'')', 'CHECK (deleted_at IS NULL OR status <> ''running'' OR kind = ''log'')'),
  '  CONSTRAINT "a uuid is 36 lower-case characters"',
'  experiment_id INTEGER REFERENCES experiments ON DELETE RESTRICT, -- NULL is 0, Default
  name TEXT,
  user TEXT, -- who started it
  source TEXT, -- the file or the command
  parent_run_id INTEGER REFERENCES runs ON DELETE SET NULL, -- the run that it is a part of
  git_commit TEXT,
  is_dirty INTEGER CHECK (is_dirty IN (0, 1)), -- whether files differed from that commit
  exit_code INTEGER, -- of a command that was recorded
  lease_until TEXT -- of a writer that isn''t a process of this machine: after this it counts as gone
    CHECK (lease_until GLOB ''[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z''),
  CONSTRAINT "a run name has 1 to 500 characters" CHECK (length(name) BETWEEN 1 AND 500),
  CONSTRAINT "a uuid is 36 lower-case characters"')
WHERE type = 'table' AND name = 'runs';

UPDATE sqlite_schema SET sql = replace(replace(sql,
  'step INTEGER NOT NULL CHECK (step >= 0),', 'step INTEGER NOT NULL,'),
  'Step e is epoch e from 0: train_loss before', 'Step e of a training is epoch e from 0: train_loss before')
WHERE type = 'table' AND name = 'metrics';

UPDATE sqlite_schema SET sql = replace(sql,
  '  PRIMARY KEY (run_id, key)',
'  text TEXT CHECK (text IS NULL OR typeof(value) <> ''text''), -- of a number, its spelling where the shortest is another: 0.10
  PRIMARY KEY (run_id, key)')
WHERE type = 'table' AND name = 'params';

UPDATE sqlite_schema SET sql = replace(sql,
  '  UNIQUE (model_id, version),',
'  step INTEGER, -- of a logged run: the step that it was saved at
  source TEXT, -- what its writer said it came from
  description TEXT, -- may change at any time
  file_count INTEGER NOT NULL DEFAULT 0 CHECK (file_count >= 0), -- rows that version_files holds for it
  UNIQUE (model_id, version),')
WHERE type = 'table' AND name = 'model_versions';

UPDATE sqlite_schema SET sql = replace(sql,
  '  CONSTRAINT "a digest is 64',
'  is_outside INTEGER NOT NULL DEFAULT 0 CHECK (is_outside IN (0, 1)), -- whether its bytes are a file of the folder in registry_settings, and no pieces
  CONSTRAINT "a digest is 64')
WHERE type = 'table' AND name = 'contents';

PRAGMA writable_schema = RESET;

CREATE INDEX runs_by_experiment ON runs (experiment_id);
CREATE INDEX runs_by_parent_run ON runs (parent_run_id);
CREATE INDEX params_by_value ON params (key, value);

-- What stands in older registries: a training's experiment is its model's name.

INSERT OR IGNORE INTO experiments (name, created_at) SELECT name, created_at FROM models WHERE id IN (SELECT model_id FROM runs) ORDER BY id;
UPDATE runs SET experiment_id = (SELECT e.id FROM experiments AS e JOIN models AS m ON m.name = e.name WHERE m.id = runs.model_id);

INSERT INTO metrics_latest (run_id, key, value, step, time)
-- From key to key, not from row to row: each has thousands.
WITH RECURSIVE series (run_id, key) AS (
  SELECT id, (SELECT min(key) FROM metrics WHERE run_id = runs.id) FROM runs
  UNION ALL
  SELECT run_id, (SELECT min(key) FROM metrics WHERE run_id = s.run_id AND key > s.key) FROM series AS s WHERE key IS NOT NULL
)
SELECT s.run_id, s.key, m.value, m.step, m.time
FROM series AS s
JOIN metrics AS m ON (m.run_id, m.key, m.step, m.seq) = (
  SELECT run_id, key, step, seq FROM metrics WHERE run_id = s.run_id AND key = s.key ORDER BY step DESC, seq DESC LIMIT 1)
WHERE s.key IS NOT NULL;

-- experiments: may be renamed; removed only after a soft delete and without a run.

CREATE TRIGGER experiments_insert BEFORE INSERT ON experiments
BEGIN
  SELECT RAISE(ABORT, 'there is an experiment of this name or id already') FROM experiments WHERE name = NEW.name OR id = NEW.id;
END;

CREATE TRIGGER experiments_update BEFORE UPDATE ON experiments
BEGIN
  SELECT RAISE(ABORT, 'the id and the date of an experiment never change') WHERE NEW.id <> OLD.id OR NEW.created_at <> OLD.created_at;
  SELECT RAISE(ABORT, 'there is an experiment of this name or id already') FROM experiments WHERE name = NEW.name AND id <> OLD.id;
END;

CREATE TRIGGER experiments_delete BEFORE DELETE ON experiments
BEGIN
  SELECT RAISE(ABORT, 'the experiment Default stays') WHERE OLD.id = 0;
  SELECT RAISE(ABORT, 'a run belongs to this experiment') FROM runs WHERE experiment_id = OLD.id;
  SELECT RAISE(ABORT, 'an experiment is deleted softly (deleted_at) before it is removed') WHERE OLD.deleted_at IS NULL;
END;

CREATE TRIGGER experiments_deleted AFTER DELETE ON experiments
BEGIN
  DELETE FROM experiment_tags WHERE experiment_id = OLD.id;
  DELETE FROM dated_notes WHERE subject = 'experiment' AND subject_id = OLD.id;
END;

CREATE TRIGGER experiment_tags_insert BEFORE INSERT ON experiment_tags
WHEN NOT EXISTS (SELECT 1 FROM experiments WHERE id = NEW.experiment_id)
BEGIN
  SELECT RAISE(ABORT, 'there is no such experiment');
END;

CREATE TRIGGER experiment_tags_update BEFORE UPDATE ON experiment_tags
WHEN NOT EXISTS (SELECT 1 FROM experiments WHERE id = NEW.experiment_id)
BEGIN
  SELECT RAISE(ABORT, 'there is no such experiment');
END;

-- runs: what a run is never changes.  What a training or an import did is frozen by its version; a logged run may go on after its end, and is
-- sealed again at the next.

DROP TRIGGER runs_insert;
CREATE TRIGGER runs_insert BEFORE INSERT ON runs
BEGIN
  SELECT RAISE(ABORT, 'there is a run of this id or uuid already') FROM runs WHERE id = NEW.id OR uuid = NEW.uuid;
  SELECT RAISE(ABORT, 'only a logged run may have no model') WHERE NEW.model_id IS NULL AND NEW.kind <> 'log';
  SELECT RAISE(ABORT, 'there is no such model')
  WHERE NEW.model_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM models WHERE id = NEW.model_id);
  SELECT RAISE(ABORT, 'there is no such dataset')
  WHERE NEW.dataset_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM datasets WHERE id = NEW.dataset_id);
  SELECT RAISE(ABORT, 'the dataset is incomplete') FROM datasets
  WHERE id = NEW.dataset_id AND tensor_count <> (SELECT count(*) FROM dataset_tensors WHERE dataset_id = NEW.dataset_id);
  SELECT RAISE(ABORT, 'there is no such version')
  WHERE NEW.parent_version_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM model_versions WHERE id = NEW.parent_version_id);
  SELECT RAISE(ABORT, 'there is no such experiment')
  WHERE NEW.experiment_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM experiments WHERE id = NEW.experiment_id);
  SELECT RAISE(ABORT, 'there is no such parent run')
  WHERE NEW.parent_run_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.parent_run_id);
END;

DROP TRIGGER runs_update;
CREATE TRIGGER runs_update BEFORE UPDATE ON runs
BEGIN
  SELECT RAISE(ABORT, 'what a run is never changes')
  WHERE (NEW.id, NEW.uuid, NEW.kind, NEW.dataset_id, NEW.parent_version_id, NEW.seed, NEW.started_at, NEW.user, NEW.source, NEW.git_commit,
      NEW.is_dirty)
    IS NOT (OLD.id, OLD.uuid, OLD.kind, OLD.dataset_id, OLD.parent_version_id, OLD.seed, OLD.started_at, OLD.user, OLD.source, OLD.git_commit,
      OLD.is_dirty)
    OR NEW.model_id IS NOT OLD.model_id AND OLD.model_id IS NOT NULL;
  SELECT RAISE(ABORT, 'there is no such model')
  WHERE NEW.model_id IS NOT OLD.model_id AND NOT EXISTS (SELECT 1 FROM models WHERE id = NEW.model_id);
  SELECT RAISE(ABORT, 'there is no such experiment')
  WHERE NEW.experiment_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM experiments WHERE id = NEW.experiment_id);
  SELECT RAISE(ABORT, 'there is no such parent run')
  WHERE NEW.parent_run_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.parent_run_id);
  SELECT RAISE(ABORT, 'a run is no part of itself')
  WHERE NEW.parent_run_id IS NOT NULL AND NEW.parent_run_id IS NOT OLD.parent_run_id
    AND NEW.id IN (
      WITH RECURSIVE above (id) AS (
        SELECT NEW.parent_run_id
        UNION -- which ends the walk in a damaged file, too
        SELECT r.parent_run_id FROM above JOIN runs AS r ON r.id = above.id WHERE r.parent_run_id IS NOT NULL
      )
      SELECT id FROM above);
  SELECT RAISE(ABORT, 'a version came of this run: only its note may change')
  WHERE (NEW.status, NEW.digest, NEW.ended_at, NEW.error, NEW.program_version, NEW.host, NEW.pid, NEW.process_start, NEW.boot_id,
      NEW.pid_namespace, NEW.heartbeat_at, NEW.owner)
    IS NOT (OLD.status, OLD.digest, OLD.ended_at, OLD.error, OLD.program_version, OLD.host, OLD.pid, OLD.process_start, OLD.boot_id,
      OLD.pid_namespace, OLD.heartbeat_at, OLD.owner)
    AND OLD.kind <> 'log' AND EXISTS (SELECT 1 FROM model_versions WHERE run_id = OLD.id);
  SELECT RAISE(ABORT, 'a run that is sealed by its digest stays sealed')
  WHERE OLD.digest IS NOT NULL AND OLD.kind <> 'log' AND OLD.status <> 'interrupted' -- which may be resumed
    AND (NEW.digest, NEW.status, NEW.ended_at, NEW.error) IS NOT (OLD.digest, OLD.status, OLD.ended_at, OLD.error);
  SELECT RAISE(ABORT, 'a run with a live version can''t be deleted') FROM model_versions
  WHERE NEW.deleted_at IS NOT NULL AND run_id = OLD.id AND deleted_at IS NULL;
END;

DROP TRIGGER runs_deleted;
CREATE TRIGGER runs_deleted AFTER DELETE ON runs
BEGIN
  DELETE FROM params WHERE run_id = OLD.id;
  DELETE FROM metrics_latest WHERE run_id = OLD.id;
  DELETE FROM metrics WHERE run_id = OLD.id;
  DELETE FROM tags WHERE run_id = OLD.id;
  DELETE FROM checkpoints WHERE run_id = OLD.id;
  DELETE FROM run_files WHERE run_id = OLD.id;
  DELETE FROM run_datasets WHERE run_id = OLD.id;
  DELETE FROM dated_notes WHERE subject = 'run' AND subject_id = OLD.id;
  UPDATE runs SET parent_run_id = NULL WHERE parent_run_id = OLD.id;
END;

-- metrics_latest: follows metrics, whoever writes them.

CREATE TRIGGER metrics_inserted AFTER INSERT ON metrics
BEGIN
  INSERT INTO metrics_latest (run_id, key, value, step, time)
  SELECT run_id, key, value, step, time FROM metrics WHERE run_id = NEW.run_id AND key = NEW.key ORDER BY step DESC, seq DESC LIMIT 1
  ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value, step = excluded.step, time = excluded.time;
END;

CREATE TRIGGER metrics_updated AFTER UPDATE ON metrics
BEGIN
  DELETE FROM metrics_latest WHERE run_id = OLD.run_id AND key = OLD.key;
  INSERT INTO metrics_latest (run_id, key, value, step, time)
  SELECT run_id, key, value, step, time FROM metrics WHERE run_id = OLD.run_id AND key = OLD.key ORDER BY step DESC, seq DESC LIMIT 1;
  INSERT INTO metrics_latest (run_id, key, value, step, time)
  SELECT run_id, key, value, step, time FROM metrics WHERE run_id = NEW.run_id AND key = NEW.key ORDER BY step DESC, seq DESC LIMIT 1
  ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value, step = excluded.step, time = excluded.time;
END;

CREATE TRIGGER metrics_deleted AFTER DELETE ON metrics
WHEN EXISTS (SELECT 1 FROM metrics_latest WHERE run_id = OLD.run_id AND key = OLD.key AND step = OLD.step)
BEGIN
  DELETE FROM metrics_latest WHERE run_id = OLD.run_id AND key = OLD.key;
  INSERT INTO metrics_latest (run_id, key, value, step, time)
  SELECT run_id, key, value, step, time FROM metrics WHERE run_id = OLD.run_id AND key = OLD.key ORDER BY step DESC, seq DESC LIMIT 1;
END;

-- run_files, run_datasets: free, but for a run and contents that exist.

CREATE TRIGGER run_files_insert BEFORE INSERT ON run_files
BEGIN
  SELECT RAISE(ABORT, 'there is no such run') WHERE NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id);
  SELECT RAISE(ABORT, 'there are no such contents, or they are not sealed')
  WHERE NOT EXISTS (SELECT 1 FROM contents WHERE id = NEW.content_id AND digest IS NOT NULL);
END;

CREATE TRIGGER run_files_update BEFORE UPDATE ON run_files
BEGIN
  SELECT RAISE(ABORT, 'there is no such run') WHERE NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id);
  SELECT RAISE(ABORT, 'there are no such contents, or they are not sealed')
  WHERE NOT EXISTS (SELECT 1 FROM contents WHERE id = NEW.content_id AND digest IS NOT NULL);
END;

CREATE TRIGGER run_datasets_insert BEFORE INSERT ON run_datasets
BEGIN
  SELECT RAISE(ABORT, 'there is no such run') WHERE NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id);
  SELECT RAISE(ABORT, 'there is no such dataset')
  WHERE NEW.dataset_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM datasets WHERE id = NEW.dataset_id);
END;

CREATE TRIGGER run_datasets_update BEFORE UPDATE ON run_datasets
BEGIN
  SELECT RAISE(ABORT, 'there is no such run') WHERE NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id);
  SELECT RAISE(ABORT, 'there is no such dataset')
  WHERE NEW.dataset_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM datasets WHERE id = NEW.dataset_id);
END;

DROP TRIGGER datasets_deleted;
CREATE TRIGGER datasets_deleted AFTER DELETE ON datasets
BEGIN
  DELETE FROM dataset_tensors WHERE dataset_id = OLD.id;
  DELETE FROM dated_notes WHERE subject = 'dataset' AND subject_id = OLD.id;
  UPDATE run_datasets SET dataset_id = NULL WHERE dataset_id = OLD.id;
END;

DROP TRIGGER models_deleted;
CREATE TRIGGER models_deleted AFTER DELETE ON models
BEGIN
  DELETE FROM model_tags WHERE model_id = OLD.id;
  DELETE FROM dated_notes WHERE subject = 'model' AND subject_id = OLD.id;
END;

-- dated_notes: about something that exists.

CREATE TRIGGER dated_notes_insert BEFORE INSERT ON dated_notes
BEGIN
  SELECT RAISE(ABORT, 'there is a note of this id already') FROM dated_notes WHERE id = NEW.id;
  SELECT RAISE(ABORT, 'a note is about something that exists')
  WHERE NOT EXISTS (SELECT 1 FROM models WHERE NEW.subject = 'model' AND id = NEW.subject_id)
    AND NOT EXISTS (SELECT 1 FROM runs WHERE NEW.subject = 'run' AND id = NEW.subject_id)
    AND NOT EXISTS (SELECT 1 FROM datasets WHERE NEW.subject = 'dataset' AND id = NEW.subject_id)
    AND NOT EXISTS (SELECT 1 FROM experiments WHERE NEW.subject = 'experiment' AND id = NEW.subject_id);
END;

CREATE TRIGGER dated_notes_update BEFORE UPDATE ON dated_notes
WHEN (NEW.id, NEW.subject, NEW.subject_id, NEW.at) IS NOT (OLD.id, OLD.subject, OLD.subject_id, OLD.at)
BEGIN
  SELECT RAISE(ABORT, 'what a note is about and its date never change');
END;

-- registry_settings: where files stand is chosen while there are none.

CREATE TRIGGER registry_settings_insert BEFORE INSERT ON registry_settings
WHEN NEW.key = 'artifacts' AND EXISTS (SELECT 1 FROM contents)
BEGIN
  SELECT RAISE(ABORT, 'the folder of files is chosen before the first file is stored');
END;

CREATE TRIGGER registry_settings_update BEFORE UPDATE ON registry_settings
WHEN NEW.key <> OLD.key
BEGIN
  SELECT RAISE(ABORT, 'the key of a setting never changes');
END;

CREATE TRIGGER registry_settings_delete BEFORE DELETE ON registry_settings
WHEN OLD.key = 'artifacts' AND EXISTS (SELECT 1 FROM contents WHERE is_outside = 1)
BEGIN
  SELECT RAISE(ABORT, 'files stand in this folder');
END;

-- model_versions: of a logged run at any time and for any model.

DROP TRIGGER versions_insert;
CREATE TRIGGER versions_insert BEFORE INSERT ON model_versions
BEGIN
  SELECT RAISE(ABORT, 'there is a version of this id or uuid already') FROM model_versions WHERE id = NEW.id OR uuid = NEW.uuid;
  SELECT RAISE(ABORT, 'there is no such model') WHERE NOT EXISTS (SELECT 1 FROM models WHERE id = NEW.model_id);
  SELECT RAISE(ABORT, 'the number of a new version is next_version of its model') FROM models
  WHERE id = NEW.model_id AND NEW.version <> next_version;
  SELECT RAISE(ABORT, 'there is no such run') WHERE NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id);
  SELECT RAISE(ABORT, 'the run belongs to another model') FROM runs
  WHERE id = NEW.run_id AND kind <> 'log' AND model_id IS NOT NEW.model_id;
  SELECT RAISE(ABORT, 'a version comes of a run that is finished and sealed by its digest, or of a logged run') FROM runs
  WHERE id = NEW.run_id AND kind <> 'log' AND (status <> 'finished' OR digest IS NULL);
  SELECT RAISE(ABORT, 'the run is deleted') FROM runs WHERE id = NEW.run_id AND deleted_at IS NOT NULL;
  SELECT RAISE(ABORT, 'a version is stored before it is deleted') WHERE NEW.deleted_at IS NOT NULL;
END;

DROP TRIGGER versions_inserted;
CREATE TRIGGER versions_inserted AFTER INSERT ON model_versions
BEGIN
  UPDATE models SET next_version = next_version + 1 WHERE id = NEW.model_id;
  UPDATE runs SET model_id = NEW.model_id WHERE id = NEW.run_id AND model_id IS NULL;
END;

DROP TRIGGER versions_update;
CREATE TRIGGER versions_update BEFORE UPDATE ON model_versions
BEGIN
  SELECT RAISE(ABORT, 'a stored version never changes, but for its description')
  WHERE (NEW.id, NEW.uuid, NEW.model_id, NEW.version, NEW.run_id, NEW.train_loss, NEW.test_loss, NEW.accuracy, NEW.train_loss_is_nan,
      NEW.test_loss_is_nan, NEW.tensor_count, NEW.parameter_count, NEW.created_at, NEW.state_dict_digest, NEW.row_digest,
      NEW.signature, NEW.architecture, NEW.step, NEW.source, NEW.file_count)
    IS NOT (OLD.id, OLD.uuid, OLD.model_id, OLD.version, OLD.run_id, OLD.train_loss, OLD.test_loss, OLD.accuracy, OLD.train_loss_is_nan,
      OLD.test_loss_is_nan, OLD.tensor_count, OLD.parameter_count, OLD.created_at, OLD.state_dict_digest, OLD.row_digest,
      OLD.signature, OLD.architecture, OLD.step, OLD.source, OLD.file_count);
  SELECT RAISE(ABORT, 'an alias points to this version') FROM model_aliases
  WHERE NEW.deleted_at IS NOT NULL AND version_id = OLD.id;
  SELECT RAISE(ABORT, 'the run of this version is deleted: restore it first') FROM runs
  WHERE NEW.deleted_at IS NULL AND id = OLD.run_id AND deleted_at IS NOT NULL;
END;

DROP TRIGGER versions_deleted;
CREATE TRIGGER versions_deleted AFTER DELETE ON model_versions
BEGIN
  DELETE FROM version_tensors WHERE version_id = OLD.id;
  DELETE FROM version_tags WHERE version_id = OLD.id;
  DELETE FROM version_files WHERE version_id = OLD.id;
END;

CREATE TRIGGER version_files_insert BEFORE INSERT ON version_files
BEGIN
  SELECT RAISE(ABORT, 'there is no such version') WHERE NOT EXISTS (SELECT 1 FROM model_versions WHERE id = NEW.version_id);
  SELECT RAISE(ABORT, 'there are no such contents, or they are not sealed')
  WHERE NOT EXISTS (SELECT 1 FROM contents WHERE id = NEW.content_id AND digest IS NOT NULL);
  SELECT RAISE(ABORT, 'a stored version never changes') FROM version_files WHERE version_id = NEW.version_id AND path = NEW.path;
  SELECT RAISE(ABORT, 'the version is complete') FROM model_versions
  WHERE id = NEW.version_id AND (SELECT count(*) FROM version_files WHERE version_id = NEW.version_id) >= file_count;
END;

CREATE TRIGGER version_files_update BEFORE UPDATE ON version_files
BEGIN
  SELECT RAISE(ABORT, 'a stored version never changes');
END;

CREATE TRIGGER version_files_delete BEFORE DELETE ON version_files
WHEN EXISTS (SELECT 1 FROM model_versions WHERE id = OLD.version_id)
BEGIN
  SELECT RAISE(ABORT, 'the files of a version go with it, as a whole');
END;

DROP TRIGGER version_metrics_insert;
CREATE TRIGGER version_metrics_insert BEFORE INSERT ON version_metrics
BEGIN
  SELECT RAISE(ABORT, 'there is no such version') WHERE NOT EXISTS (SELECT 1 FROM model_versions WHERE id = NEW.version_id);
  SELECT RAISE(ABORT, 'a stored version never changes') FROM version_metrics WHERE version_id = NEW.version_id AND key = NEW.key;
  SELECT RAISE(ABORT, 'a stored version never changes') FROM version_tensors WHERE version_id = NEW.version_id;
  SELECT RAISE(ABORT, 'a stored version never changes') FROM version_files WHERE version_id = NEW.version_id;
  SELECT RAISE(ABORT, 'a version without tensors and files has no metrics') FROM model_versions
  WHERE id = NEW.version_id AND tensor_count = 0 AND file_count = 0;
END;

-- contents: a run's or a version's files need them too; they may stand in a folder.

DROP TRIGGER contents_insert;
CREATE TRIGGER contents_insert BEFORE INSERT ON contents
BEGIN
  SELECT RAISE(ABORT, 'contents are sealed once their pieces are here') WHERE NEW.digest IS NOT NULL;
  SELECT RAISE(ABORT, 'stored contents never change') FROM contents WHERE id = NEW.id;
  SELECT RAISE(ABORT, 'this registry has no folder of files')
  WHERE NEW.is_outside = 1 AND NOT EXISTS (SELECT 1 FROM registry_settings WHERE key = 'artifacts');
END;

DROP TRIGGER contents_update;
CREATE TRIGGER contents_update BEFORE UPDATE ON contents
BEGIN
  SELECT RAISE(ABORT, 'stored contents never change')
  WHERE NEW.id <> OLD.id OR NEW.digest <> OLD.digest OR NEW.byte_count <> OLD.byte_count OR NEW.is_outside <> OLD.is_outside;
  SELECT RAISE(ABORT, 'a tensor needs these contents') FROM tensors WHERE content_id = OLD.id AND NEW.digest IS NULL;
  SELECT RAISE(ABORT, 'a run needs these contents') FROM run_files WHERE content_id = OLD.id AND NEW.digest IS NULL;
  SELECT RAISE(ABORT, 'a version needs these contents') FROM version_files WHERE content_id = OLD.id AND NEW.digest IS NULL;
  SELECT RAISE(ABORT, 'these contents are stored already') FROM contents WHERE digest = NEW.digest AND id <> OLD.id;
  SELECT RAISE(ABORT, 'the pieces have another size')
  WHERE NEW.is_outside = 0
    AND NEW.byte_count <> (SELECT coalesce(sum(length(data)), 0) FROM content_pieces WHERE content_id = OLD.id);
END;

DROP TRIGGER contents_delete;
CREATE TRIGGER contents_delete BEFORE DELETE ON contents
BEGIN
  SELECT RAISE(ABORT, 'a tensor needs these contents') FROM tensors WHERE content_id = OLD.id;
  SELECT RAISE(ABORT, 'a run needs these contents') FROM run_files WHERE content_id = OLD.id;
  SELECT RAISE(ABORT, 'a version needs these contents') FROM version_files WHERE content_id = OLD.id;
END;

DROP TRIGGER content_pieces_insert;
CREATE TRIGGER content_pieces_insert BEFORE INSERT ON content_pieces
BEGIN
  SELECT RAISE(ABORT, 'there are no such contents, or they are sealed')
  WHERE NOT EXISTS (SELECT 1 FROM contents WHERE id = NEW.content_id AND digest IS NULL);
  SELECT RAISE(ABORT, 'these contents are a file') FROM contents WHERE id = NEW.content_id AND is_outside = 1;
  SELECT RAISE(ABORT, 'pieces come in order')
  WHERE NEW.position <> (SELECT coalesce(max(position) + 1, 0) FROM content_pieces WHERE content_id = NEW.content_id);
  SELECT RAISE(ABORT, 'a stored piece never changes') FROM content_pieces WHERE id = NEW.id;
END;

-- Views.

DROP VIEW leaderboard;
DROP VIEW all_versions;
CREATE VIEW all_versions (
  model, version, aliases, run, dataset, task, hidden_size, hidden_sizes, epochs, learning_rate, optimizer, batch_size, momentum,
  weight_decay, seed, train_loss, test_loss, accuracy, train_loss_is_nan, test_loss_is_nan, kind, tensor_count, parameter_count, note,
  created_at, deleted_at, version_id, dataset_id, uuid, precision, recall, f1, roc_auc, experiment, step, source, description, file_count,
  guessed
) AS
  -- A version per row, deleted ones included, with the params of its run; epochs are those that ran, or were asked for where no loss is stored.
SELECT
  m.name,
  v.version,
  (SELECT group_concat(alias, ',') FROM (SELECT alias FROM model_aliases WHERE version_id = v.id ORDER BY alias)),
  v.run_id,
  coalesce(
    (SELECT min(name) FROM dataset_names WHERE dataset_id = r.dataset_id),
    (SELECT substr(digest, 1, 12) FROM datasets WHERE id = r.dataset_id)),
  (SELECT value FROM params WHERE run_id = v.run_id AND key = 'task'),
  -- [64,32]: a cast reads the digits that text begins with
  (SELECT CAST(substr(value, 2) AS INTEGER) FROM params WHERE run_id = v.run_id AND key = 'hidden_sizes' AND value GLOB '[[][0-9]*]'),
  (SELECT value FROM params WHERE run_id = v.run_id AND key = 'hidden_sizes'),
  coalesce(
    (SELECT step + 1 FROM metrics_latest WHERE run_id = v.run_id AND key = 'train_loss'),
    (SELECT value FROM params WHERE run_id = v.run_id AND key = 'epochs')),
  (SELECT value FROM params WHERE run_id = v.run_id AND key = 'learning_rate'),
  (SELECT value FROM params WHERE run_id = v.run_id AND key = 'optimizer'),
  (SELECT value FROM params WHERE run_id = v.run_id AND key = 'batch_size'),
  (SELECT value FROM params WHERE run_id = v.run_id AND key = 'momentum'),
  (SELECT value FROM params WHERE run_id = v.run_id AND key = 'weight_decay'),
  r.seed,
  v.train_loss,
  v.test_loss,
  v.accuracy,
  v.train_loss_is_nan,
  v.test_loss_is_nan,
  r.kind,
  v.tensor_count,
  v.parameter_count,
  r.note,
  v.created_at,
  v.deleted_at,
  v.id,
  r.dataset_id,
  v.uuid,
  (SELECT value FROM version_metrics WHERE version_id = v.id AND key = 'precision'),
  (SELECT value FROM version_metrics WHERE version_id = v.id AND key = 'recall'),
  (SELECT value FROM version_metrics WHERE version_id = v.id AND key = 'f1'),
  (SELECT value FROM version_metrics WHERE version_id = v.id AND key = 'roc_auc'),
  (SELECT name FROM experiments WHERE id = coalesce(r.experiment_id, 0)),
  v.step,
  v.source,
  v.description,
  v.file_count,
  coalesce(
    (SELECT value FROM version_tags WHERE version_id = v.id AND key = 'guessed'),
    (SELECT value FROM params WHERE run_id = v.run_id AND key = 'guessed'))
FROM models AS m
JOIN model_versions AS v ON v.model_id = m.id
LEFT JOIN runs AS r ON r.id = v.run_id;

CREATE VIEW leaderboard (
  model, version, aliases, run, dataset, task, hidden_size, hidden_sizes, epochs, learning_rate, optimizer, batch_size, momentum,
  weight_decay, seed, train_loss, test_loss, accuracy, train_loss_is_nan, test_loss_is_nan, kind, tensor_count, parameter_count, note,
  created_at, version_id, dataset_id, uuid, precision, recall, f1, roc_auc, experiment, step, source, description, file_count, guessed
) AS
  -- A live version per row, with the params of its run.
SELECT
  model, version, aliases, run, dataset, task, hidden_size, hidden_sizes, epochs, learning_rate, optimizer, batch_size, momentum,
  weight_decay, seed, train_loss, test_loss, accuracy, train_loss_is_nan, test_loss_is_nan, kind, tensor_count, parameter_count, note,
  created_at, version_id, dataset_id, uuid, precision, recall, f1, roc_auc, experiment, step, source, description, file_count, guessed
FROM all_versions
WHERE deleted_at IS NULL;

CREATE VIEW all_runs (
  run, name, experiment, model, status, kind, version, dataset, task, seed, epochs_done, epochs, started_at, ended_at, seconds, user, source,
  git_commit, is_dirty, exit_code, parent_run, error, note, deleted_at, experiment_id, dataset_id, uuid
) AS
  -- A run per row, deleted ones included; status as it is stored: the process of a running one may have gone.
SELECT
  r.id,
  r.name,
  (SELECT name FROM experiments WHERE id = coalesce(r.experiment_id, 0)),
  (SELECT name FROM models WHERE id = r.model_id),
  r.status,
  r.kind,
  (SELECT max(version) FROM model_versions WHERE run_id = r.id),
  coalesce(
    (SELECT min(name) FROM dataset_names WHERE dataset_id = r.dataset_id),
    (SELECT substr(digest, 1, 12) FROM datasets WHERE id = r.dataset_id),
    (SELECT name FROM run_datasets WHERE run_id = r.id ORDER BY position LIMIT 1)),
  (SELECT value FROM params WHERE run_id = r.id AND key = 'task'),
  r.seed,
  (SELECT step + 1 FROM metrics_latest WHERE run_id = r.id AND key = 'train_loss'),
  (SELECT value FROM params WHERE run_id = r.id AND key = 'epochs'),
  r.started_at,
  r.ended_at,
  round((julianday(r.ended_at) - julianday(r.started_at)) * 86400, 3),
  r.user,
  r.source,
  r.git_commit,
  r.is_dirty,
  r.exit_code,
  r.parent_run_id,
  r.error,
  r.note,
  r.deleted_at,
  coalesce(r.experiment_id, 0),
  r.dataset_id,
  r.uuid
FROM runs AS r;

CREATE VIEW run_list (
  run, name, experiment, model, status, kind, version, dataset, task, seed, epochs_done, epochs, started_at, ended_at, seconds, user, source,
  git_commit, is_dirty, exit_code, parent_run, error, note, experiment_id, dataset_id, uuid
) AS
  -- A live run per row.
SELECT
  run, name, experiment, model, status, kind, version, dataset, task, seed, epochs_done, epochs, started_at, ended_at, seconds, user, source,
  git_commit, is_dirty, exit_code, parent_run, error, note, experiment_id, dataset_id, uuid
FROM all_runs
WHERE deleted_at IS NULL;

CREATE VIEW artifacts (run, model, version, path, byte_count, digest, created_at, content_id, version_id) AS
  -- A file of a live run, or of a live version, per row.
SELECT f.run_id, (SELECT name FROM models WHERE id = r.model_id), NULL, f.path, c.byte_count, c.digest, f.created_at, c.id, NULL
FROM run_files AS f
JOIN runs AS r ON r.id = f.run_id
JOIN contents AS c ON c.id = f.content_id
WHERE r.deleted_at IS NULL
UNION ALL
SELECT v.run_id, m.name, v.version, f.path, c.byte_count, c.digest, v.created_at, c.id, v.id
FROM version_files AS f
JOIN model_versions AS v ON v.id = f.version_id
JOIN models AS m ON m.id = v.model_id
JOIN contents AS c ON c.id = f.content_id
WHERE v.deleted_at IS NULL;
