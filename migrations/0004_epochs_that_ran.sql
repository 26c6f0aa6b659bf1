-- Migration 4: `epochs` of the views leaderboard and all_versions are those that ran, as `registry list` has them: a training may stop early.
-- How many were asked for is the run's param.  leaderboard reads all_versions, so it stays as it is.

DROP VIEW all_versions;
CREATE VIEW all_versions (
  model, version, aliases, run, dataset, task, hidden_size, hidden_sizes, epochs, learning_rate, optimizer, batch_size, momentum,
  weight_decay, seed, train_loss, test_loss, accuracy, train_loss_is_nan, test_loss_is_nan, kind, tensor_count, parameter_count, note,
  created_at, deleted_at, version_id, dataset_id, uuid, precision, recall, f1, roc_auc
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
    (SELECT max(step) + 1 FROM metrics WHERE run_id = v.run_id AND key = 'train_loss'),
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
  (SELECT value FROM version_metrics WHERE version_id = v.id AND key = 'roc_auc')
FROM models AS m
JOIN model_versions AS v ON v.model_id = m.id
LEFT JOIN runs AS r ON r.id = v.run_id;
