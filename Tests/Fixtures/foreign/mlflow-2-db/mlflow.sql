PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0584bdc529eb');
CREATE TABLE "datasets" (
	dataset_uuid VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(500) NOT NULL, 
	digest VARCHAR(36) NOT NULL, 
	dataset_source_type VARCHAR(36) NOT NULL, 
	dataset_source TEXT NOT NULL, 
	dataset_schema TEXT, 
	dataset_profile TEXT, 
	CONSTRAINT dataset_pk PRIMARY KEY (experiment_id, name, digest), 
	CONSTRAINT fk_datasets_experiment_id_experiments FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id) ON DELETE CASCADE
);
INSERT INTO "datasets" VALUES('0694e05f089b4fd2bb9c2056cc0bbf07',1,'zeros','04433d11','http','{"url": "http://example.org/y.csv"}','{"mlflow_tensorspec": {"features": "[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"float64\", \"shape\": [-1, 2]}}]", "targets": null}}','{"features_shape": [4, 2], "features_size": 8, "features_nbytes": 64}');
CREATE TABLE experiment_tags (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(5000), 
	experiment_id INTEGER NOT NULL, 
	CONSTRAINT experiment_tag_pk PRIMARY KEY ("key", experiment_id), 
	FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id)
);
INSERT INTO "experiment_tags" VALUES('team','vision',1);
INSERT INTO "experiment_tags" VALUES('mlflow.note.content','Digits',1);
CREATE TABLE experiments (
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	artifact_location VARCHAR(256), 
	lifecycle_stage VARCHAR(32), creation_time BIGINT, last_update_time BIGINT, 
	CONSTRAINT experiment_pk PRIMARY KEY (experiment_id), 
	CONSTRAINT experiments_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	UNIQUE (name)
);
INSERT INTO "experiments" VALUES(0,'Default','/home/ada/work/mlruns/0','active',1796079290654,1796079290654);
INSERT INTO "experiments" VALUES(1,'Zahlen/ä','/home/ada/work/mlruns/1','active',1796079290672,1796079290672);
INSERT INTO "experiments" VALUES(2,'over','/home/ada/work/mlruns/2','deleted',1796079292171,1796079292189);
CREATE TABLE input_tags (
	input_uuid VARCHAR(36) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	value VARCHAR(500) NOT NULL, 
	CONSTRAINT input_tags_pk PRIMARY KEY (input_uuid, name)
);
INSERT INTO "input_tags" VALUES('6d9899bc4cf644e5bd0c471d1e874a46','mlflow.data.context','training');
CREATE TABLE inputs (
	input_uuid VARCHAR(36) NOT NULL, 
	source_type VARCHAR(36) NOT NULL, 
	source_id VARCHAR(36) NOT NULL, 
	destination_type VARCHAR(36) NOT NULL, 
	destination_id VARCHAR(36) NOT NULL, 
	CONSTRAINT inputs_pk PRIMARY KEY (source_type, source_id, destination_type, destination_id)
);
INSERT INTO "inputs" VALUES('6d9899bc4cf644e5bd0c471d1e874a46','DATASET','0694e05f089b4fd2bb9c2056cc0bbf07','RUN','467c1fedfef04c0aa0dd82aa3ea951ff');
CREATE TABLE "latest_metrics" (
	"key" VARCHAR(250) NOT NULL, 
	value FLOAT NOT NULL, 
	timestamp BIGINT, 
	step BIGINT NOT NULL, 
	is_nan BOOLEAN NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT latest_metric_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid), 
	CHECK (is_nan IN (0, 1))
);
INSERT INTO "latest_metrics" VALUES('train/loss',3.33333333333333314829e-01,1700000001001,1,0,'893d6ef5260c419593cd7e72f1d40948');
INSERT INTO "latest_metrics" VALUES('val_loss',6.66666666666666629659e-01,1700000001001,1,0,'893d6ef5260c419593cd7e72f1d40948');
INSERT INTO "latest_metrics" VALUES('odd',9.99988867182683e-321,1700000002000,3,0,'893d6ef5260c419593cd7e72f1d40948');
CREATE TABLE "metrics" (
	"key" VARCHAR(250) NOT NULL, 
	value FLOAT NOT NULL, 
	timestamp BIGINT NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	step BIGINT DEFAULT '0' NOT NULL, 
	is_nan BOOLEAN DEFAULT '0' NOT NULL, 
	CONSTRAINT metric_pk PRIMARY KEY ("key", timestamp, step, run_uuid, value, is_nan), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid), 
	CHECK (is_nan IN (0, 1))
);
INSERT INTO "metrics" VALUES('train/loss',0.5,1700000000999,'893d6ef5260c419593cd7e72f1d40948',-1,0);
INSERT INTO "metrics" VALUES('val_loss',1.0,1700000000999,'893d6ef5260c419593cd7e72f1d40948',-1,0);
INSERT INTO "metrics" VALUES('train/loss',0.1,1700000001000,'893d6ef5260c419593cd7e72f1d40948',0,0);
INSERT INTO "metrics" VALUES('val_loss',0.2,1700000001000,'893d6ef5260c419593cd7e72f1d40948',0,0);
INSERT INTO "metrics" VALUES('train/loss',0.3,1700000001000,'893d6ef5260c419593cd7e72f1d40948',0,0);
INSERT INTO "metrics" VALUES('val_loss',0.6,1700000001000,'893d6ef5260c419593cd7e72f1d40948',0,0);
INSERT INTO "metrics" VALUES('train/loss',3.33333333333333314829e-01,1700000001001,'893d6ef5260c419593cd7e72f1d40948',1,0);
INSERT INTO "metrics" VALUES('val_loss',6.66666666666666629659e-01,1700000001001,'893d6ef5260c419593cd7e72f1d40948',1,0);
INSERT INTO "metrics" VALUES('odd',0.0,1700000002000,'893d6ef5260c419593cd7e72f1d40948',0,1);
INSERT INTO "metrics" VALUES('odd',1.79769313486231562234e+308,1700000002000,'893d6ef5260c419593cd7e72f1d40948',1,0);
INSERT INTO "metrics" VALUES('odd',-1.79769313486231562234e+308,1700000002000,'893d6ef5260c419593cd7e72f1d40948',2,0);
INSERT INTO "metrics" VALUES('odd',9.99988867182683e-321,1700000002000,'893d6ef5260c419593cd7e72f1d40948',3,0);
CREATE TABLE model_version_tags (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(5000), 
	name VARCHAR(256) NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT model_version_tag_pk PRIMARY KEY ("key", name, version), 
	FOREIGN KEY(name, version) REFERENCES model_versions (name, version) ON UPDATE cascade
);
INSERT INTO "model_version_tags" VALUES('checked','yes','xor',1);
CREATE TABLE "model_versions" (
	name VARCHAR(256) NOT NULL, 
	version INTEGER NOT NULL, 
	creation_time BIGINT, 
	last_updated_time BIGINT, 
	description VARCHAR(5000), 
	user_id VARCHAR(256), 
	current_stage VARCHAR(20), 
	source VARCHAR(500), 
	run_id VARCHAR(32), 
	status VARCHAR(20), 
	status_message VARCHAR(500), 
	run_link VARCHAR(500), storage_location VARCHAR(500), 
	CONSTRAINT model_version_pk PRIMARY KEY (name, version), 
	FOREIGN KEY(name) REFERENCES registered_models (name) ON UPDATE CASCADE
);
INSERT INTO "model_versions" VALUES('echo',1,1796079291970,1796079291970,NULL,NULL,'None','/home/ada/work/mlruns/1/35fff4dcfe1f490680f2ad635630d73e/artifacts/model','35fff4dcfe1f490680f2ad635630d73e','READY',NULL,NULL,'/home/ada/work/mlruns/1/35fff4dcfe1f490680f2ad635630d73e/artifacts/model');
INSERT INTO "model_versions" VALUES('xor',1,1796079292228,1796079292431,'first',NULL,'Staging','runs:/893d6ef5260c419593cd7e72f1d40948/net','893d6ef5260c419593cd7e72f1d40948','READY',NULL,NULL,'runs:/893d6ef5260c419593cd7e72f1d40948/net');
INSERT INTO "model_versions" VALUES('xor',2,1796079292258,1796079292340,NULL,NULL,'Deleted_Internal','REDACTED-SOURCE-PATH','REDACTED-RUN-ID','READY',NULL,'REDACTED-RUN-LINK','/home/ada/work/mlruns/1/893d6ef5260c419593cd7e72f1d40948/artifacts/plots');
INSERT INTO "model_versions" VALUES('xor',3,1796079292280,1796079292280,'elsewhere',NULL,'None','s3://bucket/models/xor',NULL,'READY',NULL,NULL,'s3://bucket/models/xor');
INSERT INTO "model_versions" VALUES('xor',4,1796079292304,1796079292304,NULL,NULL,'None','runs:/893d6ef5260c419593cd7e72f1d40948/net','893d6ef5260c419593cd7e72f1d40948','READY',NULL,NULL,'runs:/893d6ef5260c419593cd7e72f1d40948/net');
CREATE TABLE "params" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000) NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT param_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "params" VALUES('lr','0.10','893d6ef5260c419593cd7e72f1d40948');
INSERT INTO "params" VALUES('long/name','word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word 
second line: ''q'' "d" é','893d6ef5260c419593cd7e72f1d40948');
INSERT INTO "params" VALUES('seed','7','893d6ef5260c419593cd7e72f1d40948');
INSERT INTO "params" VALUES('depth','2','35fff4dcfe1f490680f2ad635630d73e');
CREATE TABLE registered_model_aliases (
	alias VARCHAR(256) NOT NULL, 
	version INTEGER NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	CONSTRAINT registered_model_alias_pk PRIMARY KEY (name, alias), 
	CONSTRAINT registered_model_alias_name_fkey FOREIGN KEY(name) REFERENCES registered_models (name) ON DELETE cascade ON UPDATE cascade
);
INSERT INTO "registered_model_aliases" VALUES('champion',1,'xor');
INSERT INTO "registered_model_aliases" VALUES('candidate',4,'xor');
CREATE TABLE registered_model_tags (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(5000), 
	name VARCHAR(256) NOT NULL, 
	CONSTRAINT registered_model_tag_pk PRIMARY KEY ("key", name), 
	FOREIGN KEY(name) REFERENCES registered_models (name) ON UPDATE cascade
);
INSERT INTO "registered_model_tags" VALUES('task','binary','xor');
CREATE TABLE registered_models (
	name VARCHAR(256) NOT NULL, 
	creation_time BIGINT, 
	last_updated_time BIGINT, 
	description VARCHAR(5000), 
	CONSTRAINT registered_model_pk PRIMARY KEY (name), 
	UNIQUE (name)
);
INSERT INTO "registered_models" VALUES('echo',1796079291929,1796079291970,NULL);
INSERT INTO "registered_models" VALUES('xor',1796079292210,1796079292431,'Two inputs
one output: é');
CREATE TABLE "runs" (
	run_uuid VARCHAR(32) NOT NULL, 
	name VARCHAR(250), 
	source_type VARCHAR(20), 
	source_name VARCHAR(500), 
	entry_point_name VARCHAR(50), 
	user_id VARCHAR(256), 
	status VARCHAR(9), 
	start_time BIGINT, 
	end_time BIGINT, 
	source_version VARCHAR(50), 
	lifecycle_stage VARCHAR(20), 
	artifact_uri VARCHAR(200), 
	experiment_id INTEGER, deleted_time BIGINT, 
	CONSTRAINT run_pk PRIMARY KEY (run_uuid), 
	CONSTRAINT source_type CHECK (source_type IN ('NOTEBOOK', 'JOB', 'LOCAL', 'UNKNOWN', 'PROJECT')), 
	CONSTRAINT runs_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CHECK (status IN ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING', 'KILLED'))
);
INSERT INTO "runs" VALUES('893d6ef5260c419593cd7e72f1d40948','sly-owl','UNKNOWN','','','ada','FAILED',1700000000000,1700000009000,'','active','/home/ada/work/mlruns/1/893d6ef5260c419593cd7e72f1d40948/artifacts',1,NULL);
INSERT INTO "runs" VALUES('467c1fedfef04c0aa0dd82aa3ea951ff','outer','UNKNOWN','','','root','FINISHED',1796079291362,1796079292028,'','active','/home/ada/work/mlruns/1/467c1fedfef04c0aa0dd82aa3ea951ff/artifacts',1,NULL);
INSERT INTO "runs" VALUES('35fff4dcfe1f490680f2ad635630d73e','true','UNKNOWN','','','root','FINISHED',1796079291421,1796079292009,'','active','/home/ada/work/mlruns/1/35fff4dcfe1f490680f2ad635630d73e/artifacts',1,NULL);
INSERT INTO "runs" VALUES('539a29d8f7b445dda90e0434277daedb','null','UNKNOWN','','','unknown','KILLED',1700000100000,1700000200000,'','active','/home/ada/work/mlruns/1/539a29d8f7b445dda90e0434277daedb/artifacts',1,NULL);
INSERT INTO "runs" VALUES('f338c81f1e8940779940ab7c2b418b34','still running','UNKNOWN','','','unknown','RUNNING',1700000300000,NULL,'','active','/home/ada/work/mlruns/0/f338c81f1e8940779940ab7c2b418b34/artifacts',0,NULL);
INSERT INTO "runs" VALUES('b8155d8157cb4c92a0e2461ec51767d5','gone','UNKNOWN','','','unknown','RUNNING',1700000400000,NULL,'','deleted','/home/ada/work/mlruns/0/b8155d8157cb4c92a0e2461ec51767d5/artifacts',0,1796079292149);
CREATE TABLE "tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT tag_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "tags" VALUES('mlflow.user','ada','893d6ef5260c419593cd7e72f1d40948');
INSERT INTO "tags" VALUES('mlflow.source.name','train.py','893d6ef5260c419593cd7e72f1d40948');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','0000000000000000000000000000000000000001','893d6ef5260c419593cd7e72f1d40948');
INSERT INTO "tags" VALUES('mlflow.note.content','Line one

  line two: ''quoted'' # no comment','893d6ef5260c419593cd7e72f1d40948');
INSERT INTO "tags" VALUES('stage','try','893d6ef5260c419593cd7e72f1d40948');
INSERT INTO "tags" VALUES('mlflow.runName','sly-owl','893d6ef5260c419593cd7e72f1d40948');
INSERT INTO "tags" VALUES('mlflow.user','root','467c1fedfef04c0aa0dd82aa3ea951ff');
INSERT INTO "tags" VALUES('mlflow.source.name','Scripts/make_foreign_runs.py','467c1fedfef04c0aa0dd82aa3ea951ff');
INSERT INTO "tags" VALUES('mlflow.source.type','LOCAL','467c1fedfef04c0aa0dd82aa3ea951ff');
INSERT INTO "tags" VALUES('mlflow.runName','outer','467c1fedfef04c0aa0dd82aa3ea951ff');
INSERT INTO "tags" VALUES('mlflow.user','root','35fff4dcfe1f490680f2ad635630d73e');
INSERT INTO "tags" VALUES('mlflow.source.name','Scripts/make_foreign_runs.py','35fff4dcfe1f490680f2ad635630d73e');
INSERT INTO "tags" VALUES('mlflow.source.type','LOCAL','35fff4dcfe1f490680f2ad635630d73e');
INSERT INTO "tags" VALUES('mlflow.parentRunId','467c1fedfef04c0aa0dd82aa3ea951ff','35fff4dcfe1f490680f2ad635630d73e');
INSERT INTO "tags" VALUES('mlflow.runName','true','35fff4dcfe1f490680f2ad635630d73e');
INSERT INTO "tags" VALUES('mlflow.log-model.history','[{"run_id": "35fff4dcfe1f490680f2ad635630d73e", "artifact_path": "model", "utc_time_created": "2026-11-30 22:54:51.539126", "model_uuid": "edce2343772447c59bb0986ca87f8e1c", "flavors": {"python_function": {"streamable": false, "cloudpickle_version": "3.1.3", "python_model": "python_model.pkl", "artifacts": {"weights": {"path": "artifacts/neural_net.pt", "uri": "/tmp/wt-foreign/Tests/Fixtures/state_dicts/neural_net.pt"}}, "loader_module": "mlflow.pyfunc.model", "python_version": "3.11.7", "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"}, "code": null}}}]','35fff4dcfe1f490680f2ad635630d73e');
INSERT INTO "tags" VALUES('mlflow.runName','null','539a29d8f7b445dda90e0434277daedb');
INSERT INTO "tags" VALUES('mlflow.runName','still running','f338c81f1e8940779940ab7c2b418b34');
INSERT INTO "tags" VALUES('mlflow.runName','gone','b8155d8157cb4c92a0e2461ec51767d5');
CREATE TABLE trace_info (
	request_id VARCHAR(50) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	timestamp_ms BIGINT NOT NULL, 
	execution_time_ms BIGINT, 
	status VARCHAR(50) NOT NULL, 
	CONSTRAINT trace_info_pk PRIMARY KEY (request_id), 
	CONSTRAINT fk_trace_info_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id)
);
CREATE TABLE "trace_request_metadata" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	request_id VARCHAR(50) NOT NULL, 
	CONSTRAINT trace_request_metadata_pk PRIMARY KEY ("key", request_id), 
	CONSTRAINT fk_trace_request_metadata_request_id FOREIGN KEY(request_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);
CREATE TABLE "trace_tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	request_id VARCHAR(50) NOT NULL, 
	CONSTRAINT trace_tag_pk PRIMARY KEY ("key", request_id), 
	CONSTRAINT fk_trace_tags_request_id FOREIGN KEY(request_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);
CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid);
CREATE INDEX index_latest_metrics_run_uuid ON latest_metrics (run_uuid);
CREATE INDEX index_inputs_destination_type_destination_id_source_type ON inputs (destination_type, destination_id, source_type);
CREATE INDEX index_inputs_input_uuid ON inputs (input_uuid);
CREATE INDEX index_params_run_uuid ON params (run_uuid);
CREATE INDEX index_trace_info_experiment_id_timestamp_ms ON trace_info (experiment_id, timestamp_ms);
CREATE INDEX index_trace_tags_request_id ON trace_tags (request_id);
CREATE INDEX index_trace_request_metadata_request_id ON trace_request_metadata (request_id);
CREATE INDEX index_tags_run_uuid ON tags (run_uuid);
CREATE INDEX index_datasets_dataset_uuid ON datasets (dataset_uuid);
CREATE INDEX index_datasets_experiment_id_dataset_source_type ON datasets (experiment_id, dataset_source_type);
COMMIT;
