-- The schema as all migrations leave it, for new files; written by Scripts/schema.py (`make docs`).  Never edit it: add a migration.

CREATE TABLE migrations (
  -- A change of the schema that this file has been through.
  number INTEGER PRIMARY KEY CHECK (number > 0),
  name TEXT NOT NULL,
  digest TEXT NOT NULL, -- of the migration's SQL text
  applied_at TEXT NOT NULL
    CHECK (applied_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  CONSTRAINT "a digest is 64 lower-case hex digits" CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*')
) STRICT;

CREATE TABLE models (
  -- A named line of versions.
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0),
  name TEXT NOT NULL UNIQUE,
  note TEXT,
  next_version INTEGER NOT NULL DEFAULT 1 CHECK (next_version > 0), -- so that no number is given twice, even after a delete
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  CONSTRAINT "a model name has 1 to 200 characters" CHECK (length(name) BETWEEN 1 AND 200),
  CONSTRAINT "a model name has no slash, at sign or colon" CHECK (name NOT GLOB '*[/@:]*'),
  CONSTRAINT "a model name has no control characters"
    CHECK (name NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*' AND instr(name, char(0)) = 0),
  CONSTRAINT "a model name has no space at its ends" CHECK (name = trim(name)),
  CONSTRAINT "a model name is not all digits" CHECK (name GLOB '*[^0-9]*'),
  CONSTRAINT "latest is no name for a model" CHECK (name <> 'latest')
) STRICT;

CREATE TABLE tensors (
  -- An immutable tensor; equal ones are stored once.
  id INTEGER PRIMARY KEY CHECK (id > 0),
  digest TEXT NOT NULL UNIQUE, -- over dtype, shape and data
  dtype TEXT NOT NULL -- spelt as safetensors does
    CHECK (dtype IN ('BOOL', 'U8', 'I8', 'U16', 'I16', 'U32', 'I32', 'U64', 'I64', 'F8_E4M3', 'F8_E5M2', 'F16', 'BF16', 'F32', 'F64',
      'C64', 'C128')),
  shape TEXT NOT NULL, -- [5,2], or [] for a scalar
  data BLOB NOT NULL, content_id INTEGER REFERENCES contents ON DELETE RESTRICT
  CONSTRAINT "a tensor in pieces has no data of its own" CHECK (content_id IS NULL OR length(data) = 0), -- little-endian, row-major
  CONSTRAINT "a digest is 64 lower-case hex digits" CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
  CONSTRAINT "a shape is a compact JSON array of sizes"
    CHECK (shape = '[]'
      OR shape GLOB '[[][0-9]*]' AND substr(shape, 2, length(shape) - 2) NOT GLOB '*[^0-9,]*' AND shape NOT GLOB '*,[],]*'
        AND replace(shape, '[', ',') NOT GLOB '*,0[0-9]*')
) STRICT;

CREATE TABLE datasets (
  -- An immutable dataset: the tensors x_train, y_train, x_test, y_test and where they came from.
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0),
  digest TEXT NOT NULL UNIQUE, -- over its tensors and its columns
  source TEXT NOT NULL CHECK (source GLOB '[[{]*[]}]'), -- the generator and its arguments, or the file name and how it was split
  columns TEXT NOT NULL CHECK (columns GLOB '[[{]*[]}]'), -- names, types, categories, classes
  train_rows INTEGER NOT NULL CHECK (train_rows >= 0),
  test_rows INTEGER NOT NULL CHECK (test_rows >= 0),
  feature_count INTEGER NOT NULL CHECK (feature_count >= 0),
  tensor_count INTEGER NOT NULL CHECK (tensor_count >= 0), -- rows that dataset_tensors holds for it
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  note TEXT,
  CONSTRAINT "a digest is 64 lower-case hex digits" CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*')
) STRICT;

CREATE TABLE dataset_names (
  -- A name of a dataset; one content may have several.
  name TEXT PRIMARY KEY,
  dataset_id INTEGER NOT NULL REFERENCES datasets ON DELETE RESTRICT,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  CONSTRAINT "a dataset name has 1 to 200 characters" CHECK (length(name) BETWEEN 1 AND 200),
  CONSTRAINT "a dataset name has no control characters"
    CHECK (name NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*' AND instr(name, char(0)) = 0),
  CONSTRAINT "a dataset name has no space at its ends" CHECK (name = trim(name))
) STRICT, WITHOUT ROWID;

CREATE INDEX dataset_names_by_dataset ON dataset_names (dataset_id);

CREATE TABLE dataset_tensors (
  -- A dataset is a dictionary of named tensors.
  dataset_id INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0), -- 0 ..< tensor_count
  name TEXT NOT NULL,
  tensor_id INTEGER NOT NULL REFERENCES tensors ON DELETE RESTRICT,
  PRIMARY KEY (dataset_id, position),
  UNIQUE (dataset_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX dataset_tensors_by_tensor ON dataset_tensors (tensor_id);

CREATE TABLE runs (
  -- One execution: a training of this program, an import, or what another program logged.
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0),
  uuid TEXT NOT NULL UNIQUE, -- the same in every registry that it is merged into
  kind TEXT NOT NULL CHECK (kind IN ('train', 'import', 'log')),
  model_id INTEGER REFERENCES models ON DELETE RESTRICT, -- a logged run may have none until it has a version
  dataset_id INTEGER REFERENCES datasets ON DELETE RESTRICT, -- NULL for an import
  parent_version_id INTEGER REFERENCES model_versions ON DELETE RESTRICT, -- fine-tuned from
  status TEXT NOT NULL CHECK (status IN ('scheduled', 'running', 'finished', 'failed', 'killed', 'interrupted')),
  digest TEXT, -- over its params and metrics, written at its end; while it stands they can't change
  seed INTEGER,
  started_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    CHECK (started_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  ended_at TEXT
    CHECK (ended_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  error TEXT,
  note TEXT,
  program_version TEXT,
  host TEXT,
  pid INTEGER,
  process_start INTEGER, -- clock ticks after boot: with boot_id and pid_namespace it tells one process from the next of the same pid
  boot_id TEXT,
  pid_namespace INTEGER,
  heartbeat_at TEXT
    CHECK (heartbeat_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  owner TEXT, -- the token of the process that may write it
  deleted_at TEXT -- soft: restore takes it back, gc removes it
    CHECK (deleted_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  experiment_id INTEGER REFERENCES experiments ON DELETE RESTRICT, -- NULL is 0, Default
  name TEXT,
  user TEXT, -- who started it
  source TEXT, -- the file or the command
  parent_run_id INTEGER REFERENCES runs ON DELETE SET NULL, -- the run that it is a part of
  git_commit TEXT,
  is_dirty INTEGER CHECK (is_dirty IN (0, 1)), -- whether files differed from that commit
  exit_code INTEGER, -- of a command that was recorded
  lease_until TEXT -- of a writer that isn't a process of this machine: after this it counts as gone
    CHECK (lease_until GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  CONSTRAINT "a run name has 1 to 500 characters" CHECK (length(name) BETWEEN 1 AND 500),
  CONSTRAINT "a uuid is 36 lower-case characters"
    CHECK (length(uuid) = 36 AND uuid GLOB '????????-????-????-????-????????????' AND length(replace(uuid, '-', '')) = 32
      AND uuid NOT GLOB '*[^-0-9a-f]*'),
  CONSTRAINT "a digest is 64 lower-case hex digits" CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
  CONSTRAINT "a run has an end unless it is running" CHECK ((status IN ('scheduled', 'running')) = (ended_at IS NULL)),
  CONSTRAINT "only a failed or interrupted run has an error" CHECK (error IS NULL OR status IN ('failed', 'killed', 'interrupted')),
  CONSTRAINT "a running run has no digest yet" CHECK (digest IS NULL OR status NOT IN ('scheduled', 'running')),
  CONSTRAINT "a running run can't be deleted" CHECK (deleted_at IS NULL OR status <> 'running' OR kind = 'log')
) STRICT;

CREATE INDEX runs_by_model ON runs (model_id);

CREATE INDEX runs_by_dataset ON runs (dataset_id);

CREATE INDEX runs_by_parent ON runs (parent_version_id);

CREATE TABLE params (
  -- What a run was told.  A number stays a number, so SQL compares it as one.
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  key TEXT NOT NULL CHECK (key <> ''),
  value ANY NOT NULL CHECK (typeof(value) IN ('integer', 'real', 'text')),
  text TEXT CHECK (text IS NULL OR typeof(value) <> 'text'), -- of a number, its spelling where the shortest is another: 0.10
  PRIMARY KEY (run_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE metrics (
  -- What a run measured.  Step e of a training is epoch e from 0: train_loss before that epoch's update, test_loss after it.
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  key TEXT NOT NULL,
  step INTEGER NOT NULL,
  seq INTEGER NOT NULL DEFAULT 0 CHECK (seq >= 0), -- counts up where a step is logged again; the highest counts
  value REAL, -- NULL is NaN, which SQLite can't store; no value is no row
  time INTEGER NOT NULL, -- Unix time in milliseconds: as text it would double the file
  PRIMARY KEY (run_id, key, step, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE tags (
  -- What people say of a run; may change at any time.
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  key TEXT NOT NULL CHECK (key <> ''),
  value ANY NOT NULL CHECK (typeof(value) IN ('integer', 'real', 'text')),
  PRIMARY KEY (run_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  -- The newest state that a run can be resumed from.
  run_id INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
  epoch INTEGER NOT NULL CHECK (epoch >= 0), -- epochs done
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  digest TEXT NOT NULL, -- over what it holds
  early_stopping TEXT CHECK (early_stopping GLOB '[[{]*[]}]'), -- best loss, its epoch, epochs without a better one
  generator BLOB, -- the position of the generator that shuffles mini-batches
  weights BLOB NOT NULL,
  best_weights BLOB, -- with early stopping
  optimizer_state BLOB,
  CONSTRAINT "a digest is 64 lower-case hex digits" CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*')
) STRICT;

CREATE TABLE model_versions (
  -- A version of a model: one state_dict, what it needs to run, and how good these very weights are.
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- newest is highest
  uuid TEXT NOT NULL UNIQUE, -- the same in every registry that it is merged into
  model_id INTEGER NOT NULL REFERENCES models ON DELETE RESTRICT,
  version INTEGER NOT NULL CHECK (version > 0), -- counts from 1 within the model
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE RESTRICT,
  deleted_at TEXT -- soft: restore takes it back, gc removes it
    CHECK (deleted_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  train_loss REAL,
  test_loss REAL,
  accuracy REAL CHECK (accuracy BETWEEN 0 AND 1),
  train_loss_is_nan INTEGER NOT NULL DEFAULT 0 CHECK (train_loss_is_nan IN (0, 1)), -- tells NaN from no value: both are NULL
  test_loss_is_nan INTEGER NOT NULL DEFAULT 0 CHECK (test_loss_is_nan IN (0, 1)),
  tensor_count INTEGER NOT NULL CHECK (tensor_count >= 0), -- rows that version_tensors holds for it
  parameter_count INTEGER NOT NULL CHECK (parameter_count >= 0), -- numbers in all tensors together
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  state_dict_digest TEXT NOT NULL, -- over the names and digests of its tensors, in order
  row_digest TEXT NOT NULL, -- over what this row says and every registry agrees on, so that a changed loss is noticed
  signature TEXT CHECK (signature GLOB '[[{]*[]}]'), -- inputs and outputs: names and types
  architecture TEXT CHECK (architecture GLOB '[[{]*[]}]'), -- all that a rebuild needs; NULL for a foreign state_dict
  step INTEGER, -- of a logged run: the step that it was saved at
  source TEXT, -- what its writer said it came from
  description TEXT, -- may change at any time
  file_count INTEGER NOT NULL DEFAULT 0 CHECK (file_count >= 0), -- rows that version_files holds for it
  UNIQUE (model_id, version),
  UNIQUE (model_id, id),
  CONSTRAINT "a uuid is 36 lower-case characters"
    CHECK (length(uuid) = 36 AND uuid GLOB '????????-????-????-????-????????????' AND length(replace(uuid, '-', '')) = 32
      AND uuid NOT GLOB '*[^-0-9a-f]*'),
  CONSTRAINT "a digest is 64 lower-case hex digits"
    CHECK (length(state_dict_digest) = 64 AND state_dict_digest NOT GLOB '*[^0-9a-f]*'
      AND length(row_digest) = 64 AND row_digest NOT GLOB '*[^0-9a-f]*'),
  CONSTRAINT "a loss that is NaN is stored as NULL"
    CHECK ((train_loss_is_nan = 0 OR train_loss IS NULL) AND (test_loss_is_nan = 0 OR test_loss IS NULL))
) STRICT;

CREATE INDEX versions_by_run ON model_versions (run_id);

CREATE INDEX versions_by_test_loss ON model_versions (test_loss);

CREATE INDEX versions_by_model_and_test_loss ON model_versions (model_id, test_loss);

CREATE TABLE version_tensors (
  -- A state_dict is a dictionary of named tensors.
  version_id INTEGER NOT NULL REFERENCES model_versions ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0), -- 0 ..< tensor_count
  name TEXT NOT NULL,
  tensor_id INTEGER NOT NULL REFERENCES tensors ON DELETE RESTRICT,
  PRIMARY KEY (version_id, position),
  UNIQUE (version_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX version_tensors_by_tensor ON version_tensors (tensor_id);

CREATE TABLE version_tags (
  -- What people say of a version; may change at any time.
  version_id INTEGER NOT NULL REFERENCES model_versions ON DELETE CASCADE,
  key TEXT NOT NULL CHECK (key <> ''),
  value ANY NOT NULL CHECK (typeof(value) IN ('integer', 'real', 'text')),
  PRIMARY KEY (version_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE model_tags (
  -- What people say of a model; may change at any time.
  model_id INTEGER NOT NULL REFERENCES models ON DELETE CASCADE,
  key TEXT NOT NULL CHECK (key <> ''),
  value ANY NOT NULL CHECK (typeof(value) IN ('integer', 'real', 'text')),
  PRIMARY KEY (model_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE model_aliases (
  -- A movable name for one version of a model: champion -> 3.
  model_id INTEGER NOT NULL REFERENCES models ON DELETE RESTRICT,
  alias TEXT NOT NULL,
  version_id INTEGER NOT NULL,
  PRIMARY KEY (model_id, alias),
  FOREIGN KEY (model_id, version_id) REFERENCES model_versions (model_id, id) ON DELETE RESTRICT,
  CONSTRAINT "an alias has 1 to 200 characters" CHECK (length(alias) BETWEEN 1 AND 200),
  CONSTRAINT "an alias has no slash, at sign or colon" CHECK (alias NOT GLOB '*[/@:]*'),
  CONSTRAINT "an alias has no control characters"
    CHECK (alias NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*' AND instr(alias, char(0)) = 0),
  CONSTRAINT "an alias has no space at its ends" CHECK (alias = trim(alias)),
  CONSTRAINT "an alias is not all digits" CHECK (alias GLOB '*[^0-9]*'),
  CONSTRAINT "latest is computed and can't be set" CHECK (alias <> 'latest')
) STRICT, WITHOUT ROWID;

CREATE INDEX aliases_by_version ON model_aliases (version_id, model_id);

CREATE TABLE alias_context (
  -- Who moves an alias and why: filled and emptied within the transaction that moves it.  Empty means raw SQL.
  id INTEGER PRIMARY KEY CHECK (id = 1),
  actor TEXT NOT NULL,
  reason TEXT,
  undoes INTEGER -- the event that this move takes back
) STRICT;

CREATE TABLE alias_events (
  -- What an alias pointed to, from when on.  Written by triggers alone, never changed.
  id INTEGER PRIMARY KEY CHECK (id > 0),
  model_id INTEGER NOT NULL REFERENCES models ON DELETE RESTRICT,
  alias TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('set', 'remove')),
  version INTEGER, -- a plain number, so that it outlives the version; NULL once removed
  at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9][0-9][0-9]Z'),
  actor TEXT, -- NULL means raw SQL
  reason TEXT,
  undoes INTEGER UNIQUE REFERENCES alias_events ON DELETE RESTRICT, -- an event is taken back at most once
  CONSTRAINT "a set alias has a version and a removed one has none" CHECK ((action = 'set') = (version IS NOT NULL))
) STRICT;

CREATE INDEX alias_events_by_alias ON alias_events (model_id, alias);

CREATE TABLE contents (
  -- Bytes of any size; equal ones are stored once.
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- never given twice: whose contents gc has removed can't append to another's
  digest TEXT UNIQUE, -- of the bytes; NULL until all pieces are here
  byte_count INTEGER CHECK (byte_count >= 0),
  is_outside INTEGER NOT NULL DEFAULT 0 CHECK (is_outside IN (0, 1)), -- whether its bytes are a file of the folder in registry_settings, and no pieces
  CONSTRAINT "a digest is 64 lower-case hex digits" CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
  CONSTRAINT "sealed contents have a digest and a size" CHECK ((digest IS NULL) = (byte_count IS NULL))
) STRICT;

CREATE TABLE content_pieces (
  -- The bytes of contents, cut in pieces.
  id INTEGER PRIMARY KEY CHECK (id > 0),
  content_id INTEGER NOT NULL REFERENCES contents ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0), -- 0, 1, 2, …
  data BLOB NOT NULL CHECK (length(data) > 0),
  UNIQUE (content_id, position)
) STRICT;

CREATE INDEX tensors_by_content ON tensors (content_id);

CREATE TABLE version_metrics (
  -- A number that was measured of a version's weights.
  version_id INTEGER NOT NULL REFERENCES model_versions ON DELETE CASCADE,
  key TEXT NOT NULL CHECK (key <> ''),
  value REAL, -- NULL is NaN, which SQLite can't store; no value is no row
  PRIMARY KEY (version_id, key)
) STRICT, WITHOUT ROWID;

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

CREATE INDEX runs_by_experiment ON runs (experiment_id);

CREATE INDEX runs_by_parent_run ON runs (parent_run_id);

CREATE INDEX params_by_value ON params (key, value);

PRAGMA writable_schema=ON;

INSERT INTO sqlite_schema (type, name, tbl_name, sql, rootpage) VALUES
('trigger', 'migrations_insert', 'migrations', 'CREATE TRIGGER migrations_insert BEFORE INSERT ON migrations
WHEN EXISTS (SELECT 1 FROM migrations WHERE number = NEW.number)
BEGIN
  SELECT RAISE(ABORT, ''this migration is recorded already'');
END', 0),
('trigger', 'migrations_update', 'migrations', 'CREATE TRIGGER migrations_update BEFORE UPDATE ON migrations
BEGIN
  SELECT RAISE(ABORT, ''the record of a migration never changes'');
END', 0),
('trigger', 'migrations_delete', 'migrations', 'CREATE TRIGGER migrations_delete BEFORE DELETE ON migrations
BEGIN
  SELECT RAISE(ABORT, ''the record of a migration is never removed'');
END', 0),
('trigger', 'models_insert', 'models', 'CREATE TRIGGER models_insert BEFORE INSERT ON models
BEGIN
  SELECT RAISE(ABORT, ''there is a model of this name or id already'') FROM models WHERE name = NEW.name OR id = NEW.id;
  SELECT RAISE(ABORT, ''a model begins with version 1'') WHERE NEW.next_version <> 1;
END', 0),
('trigger', 'models_update', 'models', 'CREATE TRIGGER models_update BEFORE UPDATE ON models
BEGIN
  SELECT RAISE(ABORT, ''the id and the date of a model never change'') WHERE NEW.id <> OLD.id OR NEW.created_at <> OLD.created_at;
  SELECT RAISE(ABORT, ''there is a model of this name or id already'') FROM models WHERE name = NEW.name AND id <> OLD.id;
  SELECT RAISE(ABORT, ''next_version counts up by itself when a version is stored'')
  WHERE NEW.next_version <> OLD.next_version
    AND NOT (NEW.next_version = OLD.next_version + 1
      AND EXISTS (SELECT 1 FROM model_versions WHERE model_id = OLD.id AND version = OLD.next_version));
END', 0),
('trigger', 'models_delete', 'models', 'CREATE TRIGGER models_delete BEFORE DELETE ON models
BEGIN
  SELECT RAISE(ABORT, ''a model that has had a version stays, so that no number is given twice'') WHERE OLD.next_version <> 1;
  SELECT RAISE(ABORT, ''a run belongs to this model'') FROM runs WHERE model_id = OLD.id;
END', 0),
('trigger', 'tensors_insert', 'tensors', 'CREATE TRIGGER tensors_insert BEFORE INSERT ON tensors
BEGIN
  SELECT RAISE(IGNORE) FROM tensors WHERE digest = NEW.digest;
  SELECT RAISE(ABORT, ''a stored tensor never changes'') FROM tensors WHERE id = NEW.id;
END', 0),
('trigger', 'tensors_update', 'tensors', 'CREATE TRIGGER tensors_update BEFORE UPDATE ON tensors
BEGIN
  SELECT RAISE(ABORT, ''a stored tensor never changes'');
END', 0),
('trigger', 'tensors_delete', 'tensors', 'CREATE TRIGGER tensors_delete BEFORE DELETE ON tensors
BEGIN
  SELECT RAISE(ABORT, ''a version needs this tensor'') FROM version_tensors WHERE tensor_id = OLD.id;
  SELECT RAISE(ABORT, ''a dataset needs this tensor'') FROM dataset_tensors WHERE tensor_id = OLD.id;
END', 0),
('trigger', 'datasets_insert', 'datasets', 'CREATE TRIGGER datasets_insert BEFORE INSERT ON datasets
BEGIN
  SELECT RAISE(IGNORE) FROM datasets WHERE digest = NEW.digest;
  SELECT RAISE(ABORT, ''a stored dataset never changes'') FROM datasets WHERE id = NEW.id;
END', 0),
('trigger', 'datasets_update', 'datasets', 'CREATE TRIGGER datasets_update BEFORE UPDATE ON datasets
WHEN (NEW.id, NEW.digest, NEW.source, NEW.columns, NEW.train_rows, NEW.test_rows, NEW.feature_count, NEW.tensor_count, NEW.created_at)
  IS NOT (OLD.id, OLD.digest, OLD.source, OLD.columns, OLD.train_rows, OLD.test_rows, OLD.feature_count, OLD.tensor_count, OLD.created_at)
BEGIN
  SELECT RAISE(ABORT, ''a stored dataset never changes, but for its note'');
END', 0),
('trigger', 'datasets_delete', 'datasets', 'CREATE TRIGGER datasets_delete BEFORE DELETE ON datasets
BEGIN
  SELECT RAISE(ABORT, ''a run needs this dataset'') FROM runs WHERE dataset_id = OLD.id;
  SELECT RAISE(ABORT, ''a name points to this dataset'') FROM dataset_names WHERE dataset_id = OLD.id;
END', 0),
('trigger', 'dataset_names_insert', 'dataset_names', 'CREATE TRIGGER dataset_names_insert BEFORE INSERT ON dataset_names
WHEN NOT EXISTS (SELECT 1 FROM datasets WHERE id = NEW.dataset_id)
BEGIN
  SELECT RAISE(ABORT, ''there is no such dataset'');
END', 0),
('trigger', 'dataset_names_update', 'dataset_names', 'CREATE TRIGGER dataset_names_update BEFORE UPDATE ON dataset_names
WHEN NOT EXISTS (SELECT 1 FROM datasets WHERE id = NEW.dataset_id)
BEGIN
  SELECT RAISE(ABORT, ''there is no such dataset'');
END', 0),
('trigger', 'dataset_tensors_insert', 'dataset_tensors', 'CREATE TRIGGER dataset_tensors_insert BEFORE INSERT ON dataset_tensors
BEGIN
  SELECT RAISE(ABORT, ''there is no such dataset'') WHERE NOT EXISTS (SELECT 1 FROM datasets WHERE id = NEW.dataset_id);
  SELECT RAISE(ABORT, ''there is no such tensor'') WHERE NOT EXISTS (SELECT 1 FROM tensors WHERE id = NEW.tensor_id);
  SELECT RAISE(ABORT, ''a stored dataset never changes'') FROM dataset_tensors
  WHERE dataset_id = NEW.dataset_id AND position = NEW.position;
  SELECT RAISE(ABORT, ''a stored dataset never changes'') FROM dataset_tensors WHERE dataset_id = NEW.dataset_id AND name = NEW.name;
  SELECT RAISE(ABORT, ''the dataset is complete'') FROM datasets WHERE id = NEW.dataset_id AND NEW.position >= tensor_count;
END', 0),
('trigger', 'dataset_tensors_update', 'dataset_tensors', 'CREATE TRIGGER dataset_tensors_update BEFORE UPDATE ON dataset_tensors
BEGIN
  SELECT RAISE(ABORT, ''a stored dataset never changes'');
END', 0),
('trigger', 'dataset_tensors_delete', 'dataset_tensors', 'CREATE TRIGGER dataset_tensors_delete BEFORE DELETE ON dataset_tensors
WHEN EXISTS (SELECT 1 FROM datasets WHERE id = OLD.dataset_id)
BEGIN
  SELECT RAISE(ABORT, ''the tensors of a dataset go with it, as a whole'');
END', 0),
('trigger', 'runs_delete', 'runs', 'CREATE TRIGGER runs_delete BEFORE DELETE ON runs
BEGIN
  SELECT RAISE(ABORT, ''a version came of this run'') FROM model_versions WHERE run_id = OLD.id;
  SELECT RAISE(ABORT, ''a run is deleted softly (deleted_at) before it is removed'') WHERE OLD.deleted_at IS NULL;
END', 0),
('trigger', 'params_insert', 'params', 'CREATE TRIGGER params_insert BEFORE INSERT ON params
WHEN NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id AND digest IS NULL)
BEGIN
  SELECT RAISE(ABORT, ''the params of a sealed run never change'') FROM runs WHERE id = NEW.run_id;
  SELECT RAISE(ABORT, ''there is no such run'');
END', 0),
('trigger', 'params_update', 'params', 'CREATE TRIGGER params_update BEFORE UPDATE ON params
BEGIN
  SELECT RAISE(ABORT, ''the params of a sealed run never change'') FROM runs
  WHERE id IN (OLD.run_id, NEW.run_id) AND digest IS NOT NULL;
  SELECT RAISE(ABORT, ''there is no such run'') WHERE NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id);
END', 0),
('trigger', 'params_delete', 'params', 'CREATE TRIGGER params_delete BEFORE DELETE ON params
WHEN EXISTS (SELECT 1 FROM runs WHERE id = OLD.run_id AND digest IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, ''the params of a sealed run never change'');
END', 0),
('trigger', 'metrics_insert', 'metrics', 'CREATE TRIGGER metrics_insert BEFORE INSERT ON metrics
WHEN NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id AND digest IS NULL)
BEGIN
  SELECT RAISE(ABORT, ''the metrics of a sealed run never change'') FROM runs WHERE id = NEW.run_id;
  SELECT RAISE(ABORT, ''there is no such run'');
END', 0),
('trigger', 'metrics_update', 'metrics', 'CREATE TRIGGER metrics_update BEFORE UPDATE ON metrics
BEGIN
  SELECT RAISE(ABORT, ''the metrics of a sealed run never change'') FROM runs
  WHERE id IN (OLD.run_id, NEW.run_id) AND digest IS NOT NULL;
  SELECT RAISE(ABORT, ''there is no such run'') WHERE NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id);
END', 0),
('trigger', 'metrics_delete', 'metrics', 'CREATE TRIGGER metrics_delete BEFORE DELETE ON metrics
WHEN EXISTS (SELECT 1 FROM runs WHERE id = OLD.run_id AND digest IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, ''the metrics of a sealed run never change'');
END', 0),
('trigger', 'checkpoints_insert', 'checkpoints', 'CREATE TRIGGER checkpoints_insert BEFORE INSERT ON checkpoints
WHEN NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id AND digest IS NULL)
BEGIN
  SELECT RAISE(ABORT, ''a sealed run takes no checkpoint'') FROM runs WHERE id = NEW.run_id;
  SELECT RAISE(ABORT, ''there is no such run'');
END', 0),
('trigger', 'checkpoints_update', 'checkpoints', 'CREATE TRIGGER checkpoints_update BEFORE UPDATE ON checkpoints
BEGIN
  SELECT RAISE(ABORT, ''a sealed run takes no checkpoint'') FROM runs WHERE id = OLD.run_id AND digest IS NOT NULL;
  SELECT RAISE(ABORT, ''a checkpoint stays with its run'') WHERE NEW.run_id <> OLD.run_id;
END', 0),
('trigger', 'tags_insert', 'tags', 'CREATE TRIGGER tags_insert BEFORE INSERT ON tags
WHEN NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id)
BEGIN
  SELECT RAISE(ABORT, ''there is no such run'');
END', 0),
('trigger', 'tags_update', 'tags', 'CREATE TRIGGER tags_update BEFORE UPDATE ON tags
WHEN NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id)
BEGIN
  SELECT RAISE(ABORT, ''there is no such run'');
END', 0),
('trigger', 'version_tags_insert', 'version_tags', 'CREATE TRIGGER version_tags_insert BEFORE INSERT ON version_tags
WHEN NOT EXISTS (SELECT 1 FROM model_versions WHERE id = NEW.version_id)
BEGIN
  SELECT RAISE(ABORT, ''there is no such version'');
END', 0),
('trigger', 'version_tags_update', 'version_tags', 'CREATE TRIGGER version_tags_update BEFORE UPDATE ON version_tags
WHEN NOT EXISTS (SELECT 1 FROM model_versions WHERE id = NEW.version_id)
BEGIN
  SELECT RAISE(ABORT, ''there is no such version'');
END', 0),
('trigger', 'model_tags_insert', 'model_tags', 'CREATE TRIGGER model_tags_insert BEFORE INSERT ON model_tags
WHEN NOT EXISTS (SELECT 1 FROM models WHERE id = NEW.model_id)
BEGIN
  SELECT RAISE(ABORT, ''there is no such model'');
END', 0),
('trigger', 'model_tags_update', 'model_tags', 'CREATE TRIGGER model_tags_update BEFORE UPDATE ON model_tags
WHEN NOT EXISTS (SELECT 1 FROM models WHERE id = NEW.model_id)
BEGIN
  SELECT RAISE(ABORT, ''there is no such model'');
END', 0),
('trigger', 'versions_delete', 'model_versions', 'CREATE TRIGGER versions_delete BEFORE DELETE ON model_versions
BEGIN
  SELECT RAISE(ABORT, ''an alias points to this version'') FROM model_aliases WHERE version_id = OLD.id;
  SELECT RAISE(ABORT, ''a version is deleted softly (deleted_at) before it is removed'') WHERE OLD.deleted_at IS NULL;
  SELECT RAISE(ABORT, ''a run was fine-tuned from this version'') FROM runs WHERE parent_version_id = OLD.id;
END', 0),
('trigger', 'version_tensors_insert', 'version_tensors', 'CREATE TRIGGER version_tensors_insert BEFORE INSERT ON version_tensors
BEGIN
  SELECT RAISE(ABORT, ''there is no such version'') WHERE NOT EXISTS (SELECT 1 FROM model_versions WHERE id = NEW.version_id);
  SELECT RAISE(ABORT, ''there is no such tensor'') WHERE NOT EXISTS (SELECT 1 FROM tensors WHERE id = NEW.tensor_id);
  SELECT RAISE(ABORT, ''a stored version never changes'') FROM version_tensors
  WHERE version_id = NEW.version_id AND position = NEW.position;
  SELECT RAISE(ABORT, ''a stored version never changes'') FROM version_tensors WHERE version_id = NEW.version_id AND name = NEW.name;
  SELECT RAISE(ABORT, ''the version is complete'') FROM model_versions WHERE id = NEW.version_id AND NEW.position >= tensor_count;
END', 0),
('trigger', 'version_tensors_update', 'version_tensors', 'CREATE TRIGGER version_tensors_update BEFORE UPDATE ON version_tensors
BEGIN
  SELECT RAISE(ABORT, ''a stored version never changes'');
END', 0),
('trigger', 'version_tensors_delete', 'version_tensors', 'CREATE TRIGGER version_tensors_delete BEFORE DELETE ON version_tensors
WHEN EXISTS (SELECT 1 FROM model_versions WHERE id = OLD.version_id)
BEGIN
  SELECT RAISE(ABORT, ''the tensors of a version go with it, as a whole'');
END', 0),
('trigger', 'aliases_insert', 'model_aliases', 'CREATE TRIGGER aliases_insert BEFORE INSERT ON model_aliases
BEGIN
  SELECT RAISE(ABORT, ''an alias points to a live version of its model'')
  WHERE NOT EXISTS (
    SELECT 1 FROM model_versions WHERE id = NEW.version_id AND model_id = NEW.model_id AND deleted_at IS NULL);
  -- Where it stands already, nothing happens, so nothing is written.
  SELECT RAISE(IGNORE) FROM model_aliases WHERE model_id = NEW.model_id AND alias = NEW.alias AND version_id = NEW.version_id;
END', 0),
('trigger', 'aliases_update', 'model_aliases', 'CREATE TRIGGER aliases_update BEFORE UPDATE ON model_aliases
BEGIN
  SELECT RAISE(ABORT, ''an alias points to a live version of its model'')
  WHERE NOT EXISTS (
    SELECT 1 FROM model_versions WHERE id = NEW.version_id AND model_id = NEW.model_id AND deleted_at IS NULL);
  SELECT RAISE(ABORT, ''an alias can''''t be renamed: set another and remove this one'')
  WHERE NEW.model_id <> OLD.model_id OR NEW.alias <> OLD.alias;
END', 0),
('trigger', 'aliases_inserted', 'model_aliases', 'CREATE TRIGGER aliases_inserted AFTER INSERT ON model_aliases
BEGIN
  INSERT INTO alias_events (model_id, alias, action, version, actor, reason, undoes)
  SELECT NEW.model_id, NEW.alias, ''set'', version, actor, reason, undoes
  FROM model_versions LEFT JOIN alias_context WHERE model_versions.id = NEW.version_id;
END', 0),
('trigger', 'aliases_updated', 'model_aliases', 'CREATE TRIGGER aliases_updated AFTER UPDATE ON model_aliases
WHEN NEW.version_id <> OLD.version_id
BEGIN
  INSERT INTO alias_events (model_id, alias, action, version, actor, reason, undoes)
  SELECT NEW.model_id, NEW.alias, ''set'', version, actor, reason, undoes
  FROM model_versions LEFT JOIN alias_context WHERE model_versions.id = NEW.version_id;
END', 0),
('trigger', 'aliases_deleted', 'model_aliases', 'CREATE TRIGGER aliases_deleted AFTER DELETE ON model_aliases
BEGIN
  INSERT INTO alias_events (model_id, alias, action, version, actor, reason, undoes)
  SELECT OLD.model_id, OLD.alias, ''remove'', NULL, actor, reason, undoes
  FROM (SELECT 1) LEFT JOIN alias_context;
END', 0),
('trigger', 'alias_events_insert', 'alias_events', 'CREATE TRIGGER alias_events_insert BEFORE INSERT ON alias_events
BEGIN
  SELECT RAISE(ABORT, ''the history of aliases is written by triggers alone'')
  WHERE EXISTS (SELECT 1 FROM alias_events WHERE id = NEW.id)
    OR NEW.version IS NOT (
      SELECT v.version FROM model_aliases AS a JOIN model_versions AS v ON v.id = a.version_id
      WHERE a.model_id = NEW.model_id AND a.alias = NEW.alias)
    OR NEW.version IS (
      SELECT version FROM alias_events WHERE model_id = NEW.model_id AND alias = NEW.alias ORDER BY id DESC LIMIT 1);
  SELECT RAISE(ABORT, ''an alias can only undo an earlier event of its own, and once'')
  WHERE NEW.undoes IS NOT NULL
    AND (EXISTS (SELECT 1 FROM alias_events WHERE undoes = NEW.undoes)
      OR NOT EXISTS (SELECT 1 FROM alias_events WHERE id = NEW.undoes AND model_id = NEW.model_id AND alias = NEW.alias));
END', 0),
('trigger', 'alias_events_update', 'alias_events', 'CREATE TRIGGER alias_events_update BEFORE UPDATE ON alias_events
BEGIN
  SELECT RAISE(ABORT, ''the history of aliases never changes'');
END', 0),
('trigger', 'alias_events_delete', 'alias_events', 'CREATE TRIGGER alias_events_delete BEFORE DELETE ON alias_events
BEGIN
  SELECT RAISE(ABORT, ''the history of aliases never changes'');
END', 0),
('view', 'epochs', 'epochs', 'CREATE VIEW epochs (run, epoch, train_loss, test_loss, test_loss_is_nan) AS
  -- The loss curve of a run: a row for each epoch that has a train_loss (NULL is NaN); what was logged last counts.
SELECT
  t.run_id,
  t.step,
  t.value,
  (SELECT value FROM metrics WHERE run_id = t.run_id AND key = ''test_loss'' AND step = t.step ORDER BY seq DESC LIMIT 1),
  coalesce((
    SELECT value IS NULL FROM metrics WHERE run_id = t.run_id AND key = ''test_loss'' AND step = t.step ORDER BY seq DESC LIMIT 1), 0)
FROM metrics AS t
WHERE t.key = ''train_loss''
  AND NOT EXISTS (SELECT 1 FROM metrics WHERE run_id = t.run_id AND key = t.key AND step = t.step AND seq > t.seq)', 0),
('view', 'lineage', 'lineage', 'CREATE VIEW lineage (
  model, version, run, kind, dataset, parent_model, parent_version, depth, ancestors, deleted_at, version_id, parent_version_id
) AS
  -- Where a version comes from: its run, the dataset, and the versions it was fine-tuned from, nearest first, as ["name/2","name/1"].
SELECT
  model, version, run, kind, dataset, parent_model, parent_version, length(ancestors) - length(replace(ancestors, ''/'', '''')), ancestors, deleted_at, version_id,
  parent_version_id
FROM (
  SELECT
    m.name AS model,
    v.version AS version,
    v.run_id AS run,
    r.kind AS kind,
    coalesce(
      (SELECT min(name) FROM dataset_names WHERE dataset_id = r.dataset_id),
      (SELECT substr(digest, 1, 12) FROM datasets WHERE id = r.dataset_id)) AS dataset,
    (SELECT pm.name FROM model_versions AS p JOIN models AS pm ON pm.id = p.model_id WHERE p.id = r.parent_version_id) AS parent_model,
    (SELECT p.version FROM model_versions AS p WHERE p.id = r.parent_version_id) AS parent_version,
    (
      -- A parent is older than its child.  Asking for that ends the walk in any file, a crafted one too.
      WITH RECURSIVE ancestor (id, depth) AS (
        SELECT r.parent_version_id, 1 WHERE r.parent_version_id < v.id
        UNION ALL
        SELECT pr.parent_version_id, depth + 1
        FROM ancestor
        JOIN model_versions AS p ON p.id = ancestor.id
        JOIN runs AS pr ON pr.id = p.run_id
        WHERE pr.parent_version_id < ancestor.id AND depth < 1000
      )
      SELECT coalesce(''["'' || group_concat(replace(replace(pm.name, ''\'', ''\\''), ''"'', ''\"'') || ''/'' || p.version, ''","'') || ''"]'', ''[]'')
      FROM (SELECT id FROM ancestor ORDER BY depth) AS a
      CROSS JOIN model_versions AS p ON p.id = a.id
      CROSS JOIN models AS pm ON pm.id = p.model_id
    ) AS ancestors,
    v.deleted_at AS deleted_at,
    v.id AS version_id,
    r.parent_version_id AS parent_version_id
  FROM models AS m
  JOIN model_versions AS v ON v.model_id = m.id
  LEFT JOIN runs AS r ON r.id = v.run_id
)', 0),
('view', 'alias_history', 'alias_history', 'CREATE VIEW alias_history (model, alias, action, version, at, actor, reason, undoes, event) AS
  -- What each alias pointed to, oldest first by event.  NULL actor means raw SQL.
SELECT m.name, e.alias, e.action, e.version, e.at, e.actor, e.reason, e.undoes, e.id
FROM alias_events AS e
JOIN models AS m ON m.id = e.model_id', 0),
('trigger', 'tensors_insert_content', 'tensors', 'CREATE TRIGGER tensors_insert_content BEFORE INSERT ON tensors
WHEN NEW.content_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM contents WHERE id = NEW.content_id AND digest IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, ''there are no such contents, or they are not sealed'');
END', 0),
('trigger', 'contents_deleted', 'contents', 'CREATE TRIGGER contents_deleted AFTER DELETE ON contents
BEGIN
  DELETE FROM content_pieces WHERE content_id = OLD.id;
END', 0),
('trigger', 'content_pieces_update', 'content_pieces', 'CREATE TRIGGER content_pieces_update BEFORE UPDATE ON content_pieces
BEGIN
  SELECT RAISE(ABORT, ''a stored piece never changes'');
END', 0),
('trigger', 'content_pieces_delete', 'content_pieces', 'CREATE TRIGGER content_pieces_delete BEFORE DELETE ON content_pieces
WHEN EXISTS (SELECT 1 FROM contents WHERE id = OLD.content_id AND digest IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, ''the pieces of sealed contents go with them, as a whole'');
END', 0),
('view', 'state_dict', 'state_dict', 'CREATE VIEW state_dict (model, version, position, name, dtype, shape, data, version_id, tensor_id, byte_count, pieces) AS
  -- A tensor of a live version per row: data is little-endian, row-major; NULL for a tensor in pieces, which are in content_pieces.
SELECT m.name, v.version, e.position, e.name, t.dtype, t.shape, iif(t.content_id IS NULL, t.data, NULL), v.id, t.id,
  coalesce((SELECT byte_count FROM contents WHERE id = t.content_id), length(t.data)),
  (SELECT count(*) FROM content_pieces WHERE content_id = t.content_id)
FROM models AS m
JOIN model_versions AS v ON v.model_id = m.id
JOIN version_tensors AS e ON e.version_id = v.id
JOIN tensors AS t ON t.id = e.tensor_id
WHERE v.deleted_at IS NULL', 0),
('trigger', 'version_metrics_update', 'version_metrics', 'CREATE TRIGGER version_metrics_update BEFORE UPDATE ON version_metrics
BEGIN
  SELECT RAISE(ABORT, ''a stored version never changes'');
END', 0),
('trigger', 'version_metrics_delete', 'version_metrics', 'CREATE TRIGGER version_metrics_delete BEFORE DELETE ON version_metrics
WHEN EXISTS (SELECT 1 FROM model_versions WHERE id = OLD.version_id)
BEGIN
  SELECT RAISE(ABORT, ''the metrics of a version go with it, as a whole'');
END', 0),
('trigger', 'version_metrics_deleted', 'model_versions', 'CREATE TRIGGER version_metrics_deleted AFTER DELETE ON model_versions
BEGIN
  DELETE FROM version_metrics WHERE version_id = OLD.id;
END', 0),
('trigger', 'experiments_insert', 'experiments', 'CREATE TRIGGER experiments_insert BEFORE INSERT ON experiments
BEGIN
  SELECT RAISE(ABORT, ''there is an experiment of this name or id already'') FROM experiments WHERE name = NEW.name OR id = NEW.id;
END', 0),
('trigger', 'experiments_update', 'experiments', 'CREATE TRIGGER experiments_update BEFORE UPDATE ON experiments
BEGIN
  SELECT RAISE(ABORT, ''the id and the date of an experiment never change'') WHERE NEW.id <> OLD.id OR NEW.created_at <> OLD.created_at;
  SELECT RAISE(ABORT, ''there is an experiment of this name or id already'') FROM experiments WHERE name = NEW.name AND id <> OLD.id;
END', 0),
('trigger', 'experiments_delete', 'experiments', 'CREATE TRIGGER experiments_delete BEFORE DELETE ON experiments
BEGIN
  SELECT RAISE(ABORT, ''the experiment Default stays'') WHERE OLD.id = 0;
  SELECT RAISE(ABORT, ''a run belongs to this experiment'') FROM runs WHERE experiment_id = OLD.id;
  SELECT RAISE(ABORT, ''an experiment is deleted softly (deleted_at) before it is removed'') WHERE OLD.deleted_at IS NULL;
END', 0),
('trigger', 'experiments_deleted', 'experiments', 'CREATE TRIGGER experiments_deleted AFTER DELETE ON experiments
BEGIN
  DELETE FROM experiment_tags WHERE experiment_id = OLD.id;
  DELETE FROM dated_notes WHERE subject = ''experiment'' AND subject_id = OLD.id;
END', 0),
('trigger', 'experiment_tags_insert', 'experiment_tags', 'CREATE TRIGGER experiment_tags_insert BEFORE INSERT ON experiment_tags
WHEN NOT EXISTS (SELECT 1 FROM experiments WHERE id = NEW.experiment_id)
BEGIN
  SELECT RAISE(ABORT, ''there is no such experiment'');
END', 0),
('trigger', 'experiment_tags_update', 'experiment_tags', 'CREATE TRIGGER experiment_tags_update BEFORE UPDATE ON experiment_tags
WHEN NOT EXISTS (SELECT 1 FROM experiments WHERE id = NEW.experiment_id)
BEGIN
  SELECT RAISE(ABORT, ''there is no such experiment'');
END', 0),
('trigger', 'runs_insert', 'runs', 'CREATE TRIGGER runs_insert BEFORE INSERT ON runs
BEGIN
  SELECT RAISE(ABORT, ''there is a run of this id or uuid already'') FROM runs WHERE id = NEW.id OR uuid = NEW.uuid;
  SELECT RAISE(ABORT, ''only a logged run may have no model'') WHERE NEW.model_id IS NULL AND NEW.kind <> ''log'';
  SELECT RAISE(ABORT, ''there is no such model'')
  WHERE NEW.model_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM models WHERE id = NEW.model_id);
  SELECT RAISE(ABORT, ''there is no such dataset'')
  WHERE NEW.dataset_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM datasets WHERE id = NEW.dataset_id);
  SELECT RAISE(ABORT, ''the dataset is incomplete'') FROM datasets
  WHERE id = NEW.dataset_id AND tensor_count <> (SELECT count(*) FROM dataset_tensors WHERE dataset_id = NEW.dataset_id);
  SELECT RAISE(ABORT, ''there is no such version'')
  WHERE NEW.parent_version_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM model_versions WHERE id = NEW.parent_version_id);
  SELECT RAISE(ABORT, ''there is no such experiment'')
  WHERE NEW.experiment_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM experiments WHERE id = NEW.experiment_id);
  SELECT RAISE(ABORT, ''there is no such parent run'')
  WHERE NEW.parent_run_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.parent_run_id);
END', 0),
('trigger', 'runs_update', 'runs', 'CREATE TRIGGER runs_update BEFORE UPDATE ON runs
BEGIN
  SELECT RAISE(ABORT, ''what a run is never changes'')
  WHERE (NEW.id, NEW.uuid, NEW.kind, NEW.dataset_id, NEW.parent_version_id, NEW.seed, NEW.started_at, NEW.user, NEW.source, NEW.git_commit,
      NEW.is_dirty)
    IS NOT (OLD.id, OLD.uuid, OLD.kind, OLD.dataset_id, OLD.parent_version_id, OLD.seed, OLD.started_at, OLD.user, OLD.source, OLD.git_commit,
      OLD.is_dirty)
    OR NEW.model_id IS NOT OLD.model_id AND OLD.model_id IS NOT NULL;
  SELECT RAISE(ABORT, ''there is no such model'')
  WHERE NEW.model_id IS NOT OLD.model_id AND NOT EXISTS (SELECT 1 FROM models WHERE id = NEW.model_id);
  SELECT RAISE(ABORT, ''there is no such experiment'')
  WHERE NEW.experiment_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM experiments WHERE id = NEW.experiment_id);
  SELECT RAISE(ABORT, ''there is no such parent run'')
  WHERE NEW.parent_run_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.parent_run_id);
  SELECT RAISE(ABORT, ''a run is no part of itself'')
  WHERE NEW.parent_run_id IS NOT NULL AND NEW.parent_run_id IS NOT OLD.parent_run_id
    AND NEW.id IN (
      WITH RECURSIVE above (id) AS (
        SELECT NEW.parent_run_id
        UNION -- which ends the walk in a damaged file, too
        SELECT r.parent_run_id FROM above JOIN runs AS r ON r.id = above.id WHERE r.parent_run_id IS NOT NULL
      )
      SELECT id FROM above);
  SELECT RAISE(ABORT, ''a version came of this run: only its note may change'')
  WHERE (NEW.status, NEW.digest, NEW.ended_at, NEW.error, NEW.program_version, NEW.host, NEW.pid, NEW.process_start, NEW.boot_id,
      NEW.pid_namespace, NEW.heartbeat_at, NEW.owner)
    IS NOT (OLD.status, OLD.digest, OLD.ended_at, OLD.error, OLD.program_version, OLD.host, OLD.pid, OLD.process_start, OLD.boot_id,
      OLD.pid_namespace, OLD.heartbeat_at, OLD.owner)
    AND OLD.kind <> ''log'' AND EXISTS (SELECT 1 FROM model_versions WHERE run_id = OLD.id);
  SELECT RAISE(ABORT, ''a run that is sealed by its digest stays sealed'')
  WHERE OLD.digest IS NOT NULL AND OLD.kind <> ''log'' AND OLD.status <> ''interrupted'' -- which may be resumed
    AND (NEW.digest, NEW.status, NEW.ended_at, NEW.error) IS NOT (OLD.digest, OLD.status, OLD.ended_at, OLD.error);
  SELECT RAISE(ABORT, ''a run with a live version can''''t be deleted'') FROM model_versions
  WHERE NEW.deleted_at IS NOT NULL AND run_id = OLD.id AND deleted_at IS NULL;
END', 0),
('trigger', 'runs_deleted', 'runs', 'CREATE TRIGGER runs_deleted AFTER DELETE ON runs
BEGIN
  DELETE FROM params WHERE run_id = OLD.id;
  DELETE FROM metrics_latest WHERE run_id = OLD.id;
  DELETE FROM metrics WHERE run_id = OLD.id;
  DELETE FROM tags WHERE run_id = OLD.id;
  DELETE FROM checkpoints WHERE run_id = OLD.id;
  DELETE FROM run_files WHERE run_id = OLD.id;
  DELETE FROM run_datasets WHERE run_id = OLD.id;
  DELETE FROM dated_notes WHERE subject = ''run'' AND subject_id = OLD.id;
  UPDATE runs SET parent_run_id = NULL WHERE parent_run_id = OLD.id;
END', 0),
('trigger', 'metrics_inserted', 'metrics', 'CREATE TRIGGER metrics_inserted AFTER INSERT ON metrics
BEGIN
  INSERT INTO metrics_latest (run_id, key, value, step, time)
  SELECT run_id, key, value, step, time FROM metrics WHERE run_id = NEW.run_id AND key = NEW.key ORDER BY step DESC, seq DESC LIMIT 1
  ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value, step = excluded.step, time = excluded.time;
END', 0),
('trigger', 'metrics_updated', 'metrics', 'CREATE TRIGGER metrics_updated AFTER UPDATE ON metrics
BEGIN
  DELETE FROM metrics_latest WHERE run_id = OLD.run_id AND key = OLD.key;
  INSERT INTO metrics_latest (run_id, key, value, step, time)
  SELECT run_id, key, value, step, time FROM metrics WHERE run_id = OLD.run_id AND key = OLD.key ORDER BY step DESC, seq DESC LIMIT 1;
  INSERT INTO metrics_latest (run_id, key, value, step, time)
  SELECT run_id, key, value, step, time FROM metrics WHERE run_id = NEW.run_id AND key = NEW.key ORDER BY step DESC, seq DESC LIMIT 1
  ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value, step = excluded.step, time = excluded.time;
END', 0),
('trigger', 'metrics_deleted', 'metrics', 'CREATE TRIGGER metrics_deleted AFTER DELETE ON metrics
WHEN EXISTS (SELECT 1 FROM metrics_latest WHERE run_id = OLD.run_id AND key = OLD.key AND step = OLD.step)
BEGIN
  DELETE FROM metrics_latest WHERE run_id = OLD.run_id AND key = OLD.key;
  INSERT INTO metrics_latest (run_id, key, value, step, time)
  SELECT run_id, key, value, step, time FROM metrics WHERE run_id = OLD.run_id AND key = OLD.key ORDER BY step DESC, seq DESC LIMIT 1;
END', 0),
('trigger', 'run_files_insert', 'run_files', 'CREATE TRIGGER run_files_insert BEFORE INSERT ON run_files
BEGIN
  SELECT RAISE(ABORT, ''there is no such run'') WHERE NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id);
  SELECT RAISE(ABORT, ''there are no such contents, or they are not sealed'')
  WHERE NOT EXISTS (SELECT 1 FROM contents WHERE id = NEW.content_id AND digest IS NOT NULL);
END', 0),
('trigger', 'run_files_update', 'run_files', 'CREATE TRIGGER run_files_update BEFORE UPDATE ON run_files
BEGIN
  SELECT RAISE(ABORT, ''there is no such run'') WHERE NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id);
  SELECT RAISE(ABORT, ''there are no such contents, or they are not sealed'')
  WHERE NOT EXISTS (SELECT 1 FROM contents WHERE id = NEW.content_id AND digest IS NOT NULL);
END', 0),
('trigger', 'run_datasets_insert', 'run_datasets', 'CREATE TRIGGER run_datasets_insert BEFORE INSERT ON run_datasets
BEGIN
  SELECT RAISE(ABORT, ''there is no such run'') WHERE NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id);
  SELECT RAISE(ABORT, ''there is no such dataset'')
  WHERE NEW.dataset_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM datasets WHERE id = NEW.dataset_id);
END', 0),
('trigger', 'run_datasets_update', 'run_datasets', 'CREATE TRIGGER run_datasets_update BEFORE UPDATE ON run_datasets
BEGIN
  SELECT RAISE(ABORT, ''there is no such run'') WHERE NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id);
  SELECT RAISE(ABORT, ''there is no such dataset'')
  WHERE NEW.dataset_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM datasets WHERE id = NEW.dataset_id);
END', 0),
('trigger', 'datasets_deleted', 'datasets', 'CREATE TRIGGER datasets_deleted AFTER DELETE ON datasets
BEGIN
  DELETE FROM dataset_tensors WHERE dataset_id = OLD.id;
  DELETE FROM dated_notes WHERE subject = ''dataset'' AND subject_id = OLD.id;
  UPDATE run_datasets SET dataset_id = NULL WHERE dataset_id = OLD.id;
END', 0),
('trigger', 'models_deleted', 'models', 'CREATE TRIGGER models_deleted AFTER DELETE ON models
BEGIN
  DELETE FROM model_tags WHERE model_id = OLD.id;
  DELETE FROM dated_notes WHERE subject = ''model'' AND subject_id = OLD.id;
END', 0),
('trigger', 'dated_notes_insert', 'dated_notes', 'CREATE TRIGGER dated_notes_insert BEFORE INSERT ON dated_notes
BEGIN
  SELECT RAISE(ABORT, ''there is a note of this id already'') FROM dated_notes WHERE id = NEW.id;
  SELECT RAISE(ABORT, ''a note is about something that exists'')
  WHERE NOT EXISTS (SELECT 1 FROM models WHERE NEW.subject = ''model'' AND id = NEW.subject_id)
    AND NOT EXISTS (SELECT 1 FROM runs WHERE NEW.subject = ''run'' AND id = NEW.subject_id)
    AND NOT EXISTS (SELECT 1 FROM datasets WHERE NEW.subject = ''dataset'' AND id = NEW.subject_id)
    AND NOT EXISTS (SELECT 1 FROM experiments WHERE NEW.subject = ''experiment'' AND id = NEW.subject_id);
END', 0),
('trigger', 'dated_notes_update', 'dated_notes', 'CREATE TRIGGER dated_notes_update BEFORE UPDATE ON dated_notes
WHEN (NEW.id, NEW.subject, NEW.subject_id, NEW.at) IS NOT (OLD.id, OLD.subject, OLD.subject_id, OLD.at)
BEGIN
  SELECT RAISE(ABORT, ''what a note is about and its date never change'');
END', 0),
('trigger', 'registry_settings_insert', 'registry_settings', 'CREATE TRIGGER registry_settings_insert BEFORE INSERT ON registry_settings
WHEN NEW.key = ''artifacts'' AND EXISTS (SELECT 1 FROM contents)
BEGIN
  SELECT RAISE(ABORT, ''the folder of files is chosen before the first file is stored'');
END', 0),
('trigger', 'registry_settings_update', 'registry_settings', 'CREATE TRIGGER registry_settings_update BEFORE UPDATE ON registry_settings
WHEN NEW.key <> OLD.key
BEGIN
  SELECT RAISE(ABORT, ''the key of a setting never changes'');
END', 0),
('trigger', 'registry_settings_delete', 'registry_settings', 'CREATE TRIGGER registry_settings_delete BEFORE DELETE ON registry_settings
WHEN OLD.key = ''artifacts'' AND EXISTS (SELECT 1 FROM contents WHERE is_outside = 1)
BEGIN
  SELECT RAISE(ABORT, ''files stand in this folder'');
END', 0),
('trigger', 'versions_insert', 'model_versions', 'CREATE TRIGGER versions_insert BEFORE INSERT ON model_versions
BEGIN
  SELECT RAISE(ABORT, ''there is a version of this id or uuid already'') FROM model_versions WHERE id = NEW.id OR uuid = NEW.uuid;
  SELECT RAISE(ABORT, ''there is no such model'') WHERE NOT EXISTS (SELECT 1 FROM models WHERE id = NEW.model_id);
  SELECT RAISE(ABORT, ''the number of a new version is next_version of its model'') FROM models
  WHERE id = NEW.model_id AND NEW.version <> next_version;
  SELECT RAISE(ABORT, ''there is no such run'') WHERE NOT EXISTS (SELECT 1 FROM runs WHERE id = NEW.run_id);
  SELECT RAISE(ABORT, ''the run belongs to another model'') FROM runs
  WHERE id = NEW.run_id AND kind <> ''log'' AND model_id IS NOT NEW.model_id;
  SELECT RAISE(ABORT, ''a version comes of a run that is finished and sealed by its digest, or of a logged run'') FROM runs
  WHERE id = NEW.run_id AND kind <> ''log'' AND (status <> ''finished'' OR digest IS NULL);
  SELECT RAISE(ABORT, ''the run is deleted'') FROM runs WHERE id = NEW.run_id AND deleted_at IS NOT NULL;
  SELECT RAISE(ABORT, ''a version is stored before it is deleted'') WHERE NEW.deleted_at IS NOT NULL;
END', 0),
('trigger', 'versions_inserted', 'model_versions', 'CREATE TRIGGER versions_inserted AFTER INSERT ON model_versions
BEGIN
  UPDATE models SET next_version = next_version + 1 WHERE id = NEW.model_id;
  UPDATE runs SET model_id = NEW.model_id WHERE id = NEW.run_id AND model_id IS NULL;
END', 0),
('trigger', 'versions_update', 'model_versions', 'CREATE TRIGGER versions_update BEFORE UPDATE ON model_versions
BEGIN
  SELECT RAISE(ABORT, ''a stored version never changes, but for its description'')
  WHERE (NEW.id, NEW.uuid, NEW.model_id, NEW.version, NEW.run_id, NEW.train_loss, NEW.test_loss, NEW.accuracy, NEW.train_loss_is_nan,
      NEW.test_loss_is_nan, NEW.tensor_count, NEW.parameter_count, NEW.created_at, NEW.state_dict_digest, NEW.row_digest,
      NEW.signature, NEW.architecture, NEW.step, NEW.source, NEW.file_count)
    IS NOT (OLD.id, OLD.uuid, OLD.model_id, OLD.version, OLD.run_id, OLD.train_loss, OLD.test_loss, OLD.accuracy, OLD.train_loss_is_nan,
      OLD.test_loss_is_nan, OLD.tensor_count, OLD.parameter_count, OLD.created_at, OLD.state_dict_digest, OLD.row_digest,
      OLD.signature, OLD.architecture, OLD.step, OLD.source, OLD.file_count);
  SELECT RAISE(ABORT, ''an alias points to this version'') FROM model_aliases
  WHERE NEW.deleted_at IS NOT NULL AND version_id = OLD.id;
  SELECT RAISE(ABORT, ''the run of this version is deleted: restore it first'') FROM runs
  WHERE NEW.deleted_at IS NULL AND id = OLD.run_id AND deleted_at IS NOT NULL;
END', 0),
('trigger', 'versions_deleted', 'model_versions', 'CREATE TRIGGER versions_deleted AFTER DELETE ON model_versions
BEGIN
  DELETE FROM version_tensors WHERE version_id = OLD.id;
  DELETE FROM version_tags WHERE version_id = OLD.id;
  DELETE FROM version_files WHERE version_id = OLD.id;
END', 0),
('trigger', 'version_files_insert', 'version_files', 'CREATE TRIGGER version_files_insert BEFORE INSERT ON version_files
BEGIN
  SELECT RAISE(ABORT, ''there is no such version'') WHERE NOT EXISTS (SELECT 1 FROM model_versions WHERE id = NEW.version_id);
  SELECT RAISE(ABORT, ''there are no such contents, or they are not sealed'')
  WHERE NOT EXISTS (SELECT 1 FROM contents WHERE id = NEW.content_id AND digest IS NOT NULL);
  SELECT RAISE(ABORT, ''a stored version never changes'') FROM version_files WHERE version_id = NEW.version_id AND path = NEW.path;
  SELECT RAISE(ABORT, ''the version is complete'') FROM model_versions
  WHERE id = NEW.version_id AND (SELECT count(*) FROM version_files WHERE version_id = NEW.version_id) >= file_count;
END', 0),
('trigger', 'version_files_update', 'version_files', 'CREATE TRIGGER version_files_update BEFORE UPDATE ON version_files
BEGIN
  SELECT RAISE(ABORT, ''a stored version never changes'');
END', 0),
('trigger', 'version_files_delete', 'version_files', 'CREATE TRIGGER version_files_delete BEFORE DELETE ON version_files
WHEN EXISTS (SELECT 1 FROM model_versions WHERE id = OLD.version_id)
BEGIN
  SELECT RAISE(ABORT, ''the files of a version go with it, as a whole'');
END', 0),
('trigger', 'version_metrics_insert', 'version_metrics', 'CREATE TRIGGER version_metrics_insert BEFORE INSERT ON version_metrics
BEGIN
  SELECT RAISE(ABORT, ''there is no such version'') WHERE NOT EXISTS (SELECT 1 FROM model_versions WHERE id = NEW.version_id);
  SELECT RAISE(ABORT, ''a stored version never changes'') FROM version_metrics WHERE version_id = NEW.version_id AND key = NEW.key;
  SELECT RAISE(ABORT, ''a stored version never changes'') FROM version_tensors WHERE version_id = NEW.version_id;
  SELECT RAISE(ABORT, ''a stored version never changes'') FROM version_files WHERE version_id = NEW.version_id;
  SELECT RAISE(ABORT, ''a version without tensors and files has no metrics'') FROM model_versions
  WHERE id = NEW.version_id AND tensor_count = 0 AND file_count = 0;
END', 0),
('trigger', 'contents_insert', 'contents', 'CREATE TRIGGER contents_insert BEFORE INSERT ON contents
BEGIN
  SELECT RAISE(ABORT, ''contents are sealed once their pieces are here'') WHERE NEW.digest IS NOT NULL;
  SELECT RAISE(ABORT, ''stored contents never change'') FROM contents WHERE id = NEW.id;
  SELECT RAISE(ABORT, ''this registry has no folder of files'')
  WHERE NEW.is_outside = 1 AND NOT EXISTS (SELECT 1 FROM registry_settings WHERE key = ''artifacts'');
END', 0),
('trigger', 'contents_update', 'contents', 'CREATE TRIGGER contents_update BEFORE UPDATE ON contents
BEGIN
  SELECT RAISE(ABORT, ''stored contents never change'')
  WHERE NEW.id <> OLD.id OR NEW.digest <> OLD.digest OR NEW.byte_count <> OLD.byte_count OR NEW.is_outside <> OLD.is_outside;
  SELECT RAISE(ABORT, ''a tensor needs these contents'') FROM tensors WHERE content_id = OLD.id AND NEW.digest IS NULL;
  SELECT RAISE(ABORT, ''a run needs these contents'') FROM run_files WHERE content_id = OLD.id AND NEW.digest IS NULL;
  SELECT RAISE(ABORT, ''a version needs these contents'') FROM version_files WHERE content_id = OLD.id AND NEW.digest IS NULL;
  SELECT RAISE(ABORT, ''these contents are stored already'') FROM contents WHERE digest = NEW.digest AND id <> OLD.id;
  SELECT RAISE(ABORT, ''the pieces have another size'')
  WHERE NEW.is_outside = 0
    AND NEW.byte_count <> (SELECT coalesce(sum(length(data)), 0) FROM content_pieces WHERE content_id = OLD.id);
END', 0),
('trigger', 'contents_delete', 'contents', 'CREATE TRIGGER contents_delete BEFORE DELETE ON contents
BEGIN
  SELECT RAISE(ABORT, ''a tensor needs these contents'') FROM tensors WHERE content_id = OLD.id;
  SELECT RAISE(ABORT, ''a run needs these contents'') FROM run_files WHERE content_id = OLD.id;
  SELECT RAISE(ABORT, ''a version needs these contents'') FROM version_files WHERE content_id = OLD.id;
END', 0),
('trigger', 'content_pieces_insert', 'content_pieces', 'CREATE TRIGGER content_pieces_insert BEFORE INSERT ON content_pieces
BEGIN
  SELECT RAISE(ABORT, ''there are no such contents, or they are sealed'')
  WHERE NOT EXISTS (SELECT 1 FROM contents WHERE id = NEW.content_id AND digest IS NULL);
  SELECT RAISE(ABORT, ''these contents are a file'') FROM contents WHERE id = NEW.content_id AND is_outside = 1;
  SELECT RAISE(ABORT, ''pieces come in order'')
  WHERE NEW.position <> (SELECT coalesce(max(position) + 1, 0) FROM content_pieces WHERE content_id = NEW.content_id);
  SELECT RAISE(ABORT, ''a stored piece never changes'') FROM content_pieces WHERE id = NEW.id;
END', 0),
('view', 'all_versions', 'all_versions', 'CREATE VIEW all_versions (
  model, version, aliases, run, dataset, task, hidden_size, hidden_sizes, epochs, learning_rate, optimizer, batch_size, momentum,
  weight_decay, seed, train_loss, test_loss, accuracy, train_loss_is_nan, test_loss_is_nan, kind, tensor_count, parameter_count, note,
  created_at, deleted_at, version_id, dataset_id, uuid, precision, recall, f1, roc_auc, experiment, step, source, description, file_count,
  guessed
) AS
  -- A version per row, deleted ones included, with the params of its run; epochs are those that ran, or were asked for where no loss is stored.
SELECT
  m.name,
  v.version,
  (SELECT group_concat(alias, '','') FROM (SELECT alias FROM model_aliases WHERE version_id = v.id ORDER BY alias)),
  v.run_id,
  coalesce(
    (SELECT min(name) FROM dataset_names WHERE dataset_id = r.dataset_id),
    (SELECT substr(digest, 1, 12) FROM datasets WHERE id = r.dataset_id)),
  (SELECT value FROM params WHERE run_id = v.run_id AND key = ''task''),
  -- [64,32]: a cast reads the digits that text begins with
  (SELECT CAST(substr(value, 2) AS INTEGER) FROM params WHERE run_id = v.run_id AND key = ''hidden_sizes'' AND value GLOB ''[[][0-9]*]''),
  (SELECT value FROM params WHERE run_id = v.run_id AND key = ''hidden_sizes''),
  coalesce(
    (SELECT step + 1 FROM metrics_latest WHERE run_id = v.run_id AND key = ''train_loss''),
    (SELECT value FROM params WHERE run_id = v.run_id AND key = ''epochs'')),
  (SELECT value FROM params WHERE run_id = v.run_id AND key = ''learning_rate''),
  (SELECT value FROM params WHERE run_id = v.run_id AND key = ''optimizer''),
  (SELECT value FROM params WHERE run_id = v.run_id AND key = ''batch_size''),
  (SELECT value FROM params WHERE run_id = v.run_id AND key = ''momentum''),
  (SELECT value FROM params WHERE run_id = v.run_id AND key = ''weight_decay''),
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
  (SELECT value FROM version_metrics WHERE version_id = v.id AND key = ''precision''),
  (SELECT value FROM version_metrics WHERE version_id = v.id AND key = ''recall''),
  (SELECT value FROM version_metrics WHERE version_id = v.id AND key = ''f1''),
  (SELECT value FROM version_metrics WHERE version_id = v.id AND key = ''roc_auc''),
  (SELECT name FROM experiments WHERE id = coalesce(r.experiment_id, 0)),
  v.step,
  v.source,
  v.description,
  v.file_count,
  coalesce(
    (SELECT value FROM version_tags WHERE version_id = v.id AND key = ''guessed''),
    (SELECT value FROM params WHERE run_id = v.run_id AND key = ''guessed''))
FROM models AS m
JOIN model_versions AS v ON v.model_id = m.id
LEFT JOIN runs AS r ON r.id = v.run_id', 0),
('view', 'leaderboard', 'leaderboard', 'CREATE VIEW leaderboard (
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
WHERE deleted_at IS NULL', 0),
('view', 'all_runs', 'all_runs', 'CREATE VIEW all_runs (
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
  (SELECT value FROM params WHERE run_id = r.id AND key = ''task''),
  r.seed,
  (SELECT step + 1 FROM metrics_latest WHERE run_id = r.id AND key = ''train_loss''),
  (SELECT value FROM params WHERE run_id = r.id AND key = ''epochs''),
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
FROM runs AS r', 0),
('view', 'run_list', 'run_list', 'CREATE VIEW run_list (
  run, name, experiment, model, status, kind, version, dataset, task, seed, epochs_done, epochs, started_at, ended_at, seconds, user, source,
  git_commit, is_dirty, exit_code, parent_run, error, note, experiment_id, dataset_id, uuid
) AS
  -- A live run per row.
SELECT
  run, name, experiment, model, status, kind, version, dataset, task, seed, epochs_done, epochs, started_at, ended_at, seconds, user, source,
  git_commit, is_dirty, exit_code, parent_run, error, note, experiment_id, dataset_id, uuid
FROM all_runs
WHERE deleted_at IS NULL', 0),
('view', 'artifacts', 'artifacts', 'CREATE VIEW artifacts (run, model, version, path, byte_count, digest, created_at, content_id, version_id) AS
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
WHERE v.deleted_at IS NULL', 0);

PRAGMA writable_schema=RESET;

INSERT INTO experiments (id, name, note, artifact_location, updated_at, deleted_at) VALUES (0, 'Default', NULL, NULL, NULL, NULL);
