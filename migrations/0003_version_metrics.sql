-- Migration 3: what was measured of a version's own weights beside its losses and accuracy: precision, recall, f1, roc_auc, or any other key.
--
-- A table, not columns of model_versions: adding a column has SQLite read the whole schema again, and keys to come need no migration.
-- They are written after the version's row and before its tensors, and never change: row_digest covers them.

CREATE TABLE version_metrics (
  -- A number that was measured of a version's weights.
  version_id INTEGER NOT NULL REFERENCES model_versions ON DELETE CASCADE,
  key TEXT NOT NULL CHECK (key <> ''),
  value REAL, -- NULL is NaN, which SQLite can't store; no value is no row
  PRIMARY KEY (version_id, key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER version_metrics_insert BEFORE INSERT ON version_metrics
BEGIN
  SELECT RAISE(ABORT, 'there is no such version') WHERE NOT EXISTS (SELECT 1 FROM model_versions WHERE id = NEW.version_id);
  SELECT RAISE(ABORT, 'a stored version never changes') FROM version_metrics WHERE version_id = NEW.version_id AND key = NEW.key;
  SELECT RAISE(ABORT, 'a stored version never changes') FROM version_tensors WHERE version_id = NEW.version_id;
  SELECT RAISE(ABORT, 'a version without tensors has no metrics') FROM model_versions WHERE id = NEW.version_id AND tensor_count = 0;
END;

CREATE TRIGGER version_metrics_update BEFORE UPDATE ON version_metrics
BEGIN
  SELECT RAISE(ABORT, 'a stored version never changes');
END;

CREATE TRIGGER version_metrics_delete BEFORE DELETE ON version_metrics
WHEN EXISTS (SELECT 1 FROM model_versions WHERE id = OLD.version_id)
BEGIN
  SELECT RAISE(ABORT, 'the metrics of a version go with it, as a whole');
END;

CREATE TRIGGER version_metrics_deleted AFTER DELETE ON model_versions
BEGIN
  DELETE FROM version_metrics WHERE version_id = OLD.id;
END;

DROP VIEW leaderboard;
DROP VIEW all_versions;
CREATE VIEW all_versions (
  model, version, aliases, run, dataset, task, hidden_size, hidden_sizes, epochs, learning_rate, optimizer, batch_size, momentum,
  weight_decay, seed, train_loss, test_loss, accuracy, train_loss_is_nan, test_loss_is_nan, kind, tensor_count, parameter_count, note,
  created_at, deleted_at, version_id, dataset_id, uuid, precision, recall, f1, roc_auc
) AS
  -- A version per row, deleted ones included, with the params of its run.
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
  (SELECT value FROM params WHERE run_id = v.run_id AND key = 'epochs'),
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
  (SELECT value FROM version_metrics WHERE version_id = v.id AND key = 'roc_auc')
FROM models AS m
JOIN model_versions AS v ON v.model_id = m.id
LEFT JOIN runs AS r ON r.id = v.run_id;

CREATE VIEW leaderboard (
  model, version, aliases, run, dataset, task, hidden_size, hidden_sizes, epochs, learning_rate, optimizer, batch_size, momentum,
  weight_decay, seed, train_loss, test_loss, accuracy, train_loss_is_nan, test_loss_is_nan, kind, tensor_count, parameter_count, note,
  created_at, version_id, dataset_id, uuid, precision, recall, f1, roc_auc
) AS
  -- A live version per row, with the params of its run.
SELECT
  model, version, aliases, run, dataset, task, hidden_size, hidden_sizes, epochs, learning_rate, optimizer, batch_size, momentum,
  weight_decay, seed, train_loss, test_loss, accuracy, train_loss_is_nan, test_loss_is_nan, kind, tensor_count, parameter_count, note,
  created_at, version_id, dataset_id, uuid, precision, recall, f1, roc_auc
FROM all_versions
WHERE deleted_at IS NULL;
