"""Writes Tests/Fixtures/foreign: what MLflow and TensorBoard themselves record, and what they read back from it.

    python make_foreign_runs.py mlflow Tests/Fixtures/foreign        # once with mlflow 2.22.5 (and sqlalchemy<2.1), once with mlflow 3.17.2
    python make_foreign_runs.py tensorboard Tests/Fixtures/foreign   # with tensorboard 2.21

A database is kept as the SQL that makes it, in which it once stood in /home/ada/work; index.json has what MLflow's client answers.
"""

import json
import math
import os
import pathlib
import shutil
import sqlite3
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
WEIGHTS = ROOT / "Tests/Fixtures/state_dicts"
HOME = "/home/ada/work"


def record(client, mlflow):
    """One of everything that comes over."""
    import mlflow.data
    import numpy

    folder = pathlib.Path("files")
    (folder / "plots").mkdir(parents=True)
    (folder / "notes.txt").write_text("Ein Test\n", encoding="utf-8")
    (folder / "plots/löss.csv").write_text("0,0.5\n", encoding="utf-8")
    experiment = client.create_experiment("Zahlen/ä", tags={"team": "vision", "mlflow.note.content": "Digits"})
    run = client.create_run(experiment, start_time=1700000000000, run_name="sly-owl", tags={
        "mlflow.user": "ada", "mlflow.source.name": "train.py", "mlflow.source.git.commit": "0" * 39 + "1",
        "mlflow.note.content": "Line one\n\n  line two: 'quoted' # no comment", "stage": "try"}).info.run_id
    for step, value in [(-1, 0.5), (0, 0.1), (0, 0.3), (1, 1 / 3)]:
        client.log_metric(run, "train/loss", value, 1700000001000 + step, step)
        client.log_metric(run, "val_loss", value * 2, 1700000001000 + step, step)
    for step, value in enumerate([math.nan, math.inf, -math.inf, 1e-320]):
        client.log_metric(run, "odd", value, 1700000002000, step)
    for key, value in {"lr": "0.10", "long/name": "word " * 60 + "\nsecond line: 'q' \"d\" é", "seed": "7"}.items():
        client.log_param(run, key, value)
    client.log_artifacts(run, str(folder))
    client.log_artifact(run, str(WEIGHTS / "neural_net.safetensors"), "net")
    client.set_terminated(run, "FAILED", 1700000009000)

    with mlflow.start_run(experiment_id=experiment, run_name="outer") as outer:
        mlflow.log_input(mlflow.data.from_numpy(numpy.zeros((4, 2)), name="zeros", source="http://example.org/y.csv"), context="training")
        with mlflow.start_run(nested=True, run_name="true", experiment_id=experiment) as inner:
            mlflow.log_param("depth", 2)

            class Echo(mlflow.pyfunc.PythonModel):
                def predict(self, context, model_input: list[str], params=None):
                    return model_input

            name = {"name": "model"} if mlflow.__version__.startswith("3") else {"artifact_path": "model"}
            mlflow.pyfunc.log_model(
                python_model=Echo(), registered_model_name="echo", pip_requirements=[],
                artifacts={"weights": str(WEIGHTS / "neural_net.pt")}, **name)
    killed = client.create_run(experiment, start_time=1700000100000, run_name="null").info.run_id
    client.set_terminated(killed, "KILLED", 1700000200000)
    client.create_run("0", start_time=1700000300000, run_name="still running")
    gone = client.create_run("0", start_time=1700000400000, run_name="gone").info.run_id
    client.delete_run(gone)
    client.delete_experiment(client.create_experiment("over"))

    client.create_registered_model("xor", tags={"task": "binary"}, description="Two inputs\none output: é")
    client.create_model_version("xor", f"runs:/{run}/net", run, tags={"checked": "yes"}, description="first")
    client.create_model_version("xor", client.get_run(run).info.artifact_uri + "/plots", run)
    client.create_model_version("xor", "s3://bucket/models/xor", None, description="elsewhere")
    client.create_model_version("xor", f"runs:/{run}/net", run)
    client.delete_model_version("xor", "2")
    client.set_registered_model_alias("xor", "champion", "1")
    client.set_registered_model_alias("xor", "candidate", "4")
    client.transition_model_version_stage("xor", "1", "Staging")


def answers(client):
    """What MLflow's client reads."""
    from mlflow.entities import ViewType

    def number(value):
        return value if math.isfinite(value) and abs(value) < 1.7e308 else str(value)

    experiments = client.search_experiments(view_type=ViewType.ALL)
    runs = client.search_runs([e.experiment_id for e in experiments], run_view_type=ViewType.ALL)
    return {
        "experiments": [
            {"id": e.experiment_id, "name": e.name, "stage": e.lifecycle_stage, "created": e.creation_time, "tags": dict(e.tags)}
            for e in sorted(experiments, key=lambda e: e.experiment_id)],
        "runs": {
            run.info.run_id: {
                "experiment": run.info.experiment_id, "name": run.info.run_name, "status": run.info.status, "user": run.info.user_id,
                "start": run.info.start_time, "end": run.info.end_time, "stage": run.info.lifecycle_stage,
                "params": dict(run.data.params), "tags": dict(run.data.tags),
                "metrics": {
                    key: sorted([[m.step, m.timestamp, number(m.value)] for m in client.get_metric_history(run.info.run_id, key)], key=str)
                    for key in run.data.metrics},
                "datasets": [
                    {"name": d.dataset.name, "digest": d.dataset.digest, "source": d.dataset.source, "schema": d.dataset.schema,
                     "profile": d.dataset.profile, "context": [t.value for t in d.tags if t.key == "mlflow.data.context"][0]}
                    for d in (run.inputs.dataset_inputs if run.inputs else [])],
            } for run in runs},
        "models": {
            m.name: {
                "note": m.description or None, "tags": dict(m.tags),
                "aliases": {a: int(v) for a, v in m.aliases.items()},
                "versions": {
                    v.version: {"run": v.run_id or None, "note": v.description or None, "source": v.source, "stage": v.current_stage,
                                "created": v.creation_timestamp, "tags": dict(v.tags)}
                    for v in client.search_model_versions(f"name = '{m.name}'")},
            } for m in client.search_registered_models()},
    }


def mlflow_fixtures(folder):
    os.environ.update(MLFLOW_ALLOW_FILE_STORE="true", MLFLOW_DISABLE_TELEMETRY="true")
    import mlflow

    major = mlflow.__version__.split(".")[0]
    for kind, uri in [("db", "sqlite:///mlflow.db"), ("files", "./mlruns")]:
        target = folder / f"mlflow-{major}-{kind}"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        with tempfile.TemporaryDirectory() as work:
            os.chdir(work)
            mlflow.set_tracking_uri(uri)
            client = mlflow.MlflowClient()
            record(client, mlflow)
            index = json.dumps(answers(client), indent=1, ensure_ascii=False)
            work = os.path.realpath(work)
            (target / "index.json").write_text(index.replace(work, HOME) + "\n", encoding="utf-8")
            shutil.copytree("mlruns", target / "mlruns")
            if kind == "db":
                lines = "\n".join(sqlite3.connect("mlflow.db").iterdump())
                sql = "PRAGMA foreign_keys=OFF;\n" + lines.replace(work, HOME)
                (target / "mlflow.sql").write_text(sql + "\n", encoding="utf-8")
            for path in target.rglob("meta.yaml"):
                path.write_text(path.read_text(encoding="utf-8").replace(work, HOME), encoding="utf-8")
            os.chdir("/")


def tensorboard_fixtures(folder):
    import numpy
    from tensorboard.compat.proto import event_pb2, summary_pb2
    from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
    from tensorboard.util import tensor_util

    target = folder / "tensorboard"
    shutil.rmtree(target, ignore_errors=True)

    def scalar(tag, value, dtype, named=True):
        metadata = summary_pb2.SummaryMetadata(plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name="scalars" if named else ""))
        tensor = tensor_util.make_tensor_proto(numpy.array(value, dtype=dtype))
        return summary_pb2.Summary.Value(tag=tag, tensor=tensor, metadata=metadata if named else None)

    def old(tag, value):
        return summary_pb2.Summary.Value(tag=tag, simple_value=value)

    def write(run, events):
        writer = EventFileWriter(str(target / run))
        for number, (step, values) in enumerate(events):
            time = 1700000000.25 + number
            writer.add_event(event_pb2.Event(wall_time=time, step=step, summary=summary_pb2.Summary(value=values)))
        writer.close()

    def session(tag, **content):
        data = plugin_data_pb2.HParamsPluginData(**content).SerializeToString()
        plugin = summary_pb2.SummaryMetadata.PluginData(plugin_name="hparams", content=data)
        return summary_pb2.Summary.Value(tag=tag, metadata=summary_pb2.SummaryMetadata(plugin_data=plugin))

    info = plugin_data_pb2.SessionStartInfo(group_name="g1", start_time_secs=1699999999)
    info.hparams["lr"].number_value = 0.1
    info.hparams["layers"].number_value = 2
    info.hparams["optimizer"].string_value = "sgd"
    info.hparams["amsgrad"].bool_value = False
    start = session("_hparams_/session_start_info", session_start_info=info)
    finish = plugin_data_pb2.SessionEndInfo(status=api_pb2.STATUS_FAILURE, end_time_secs=1700000123)
    end = session("_hparams_/session_end_info", session_end_info=finish)
    write("old", [(step, [old("loss", 1 / (step + 1)), old("val/loss", value)])
                  for step, value in enumerate([0.5, math.nan, math.inf, -math.inf])] + [(1, [old("loss", 7.0)])])
    text = summary_pb2.Summary.Value(
        tag="words", tensor=tensor_util.make_tensor_proto(numpy.array([b"hello"], dtype=object)),
        metadata=summary_pb2.SummaryMetadata(plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name="text")))
    image = summary_pb2.Summary.Value(tag="picture", image=summary_pb2.Summary.Image(height=1, width=1, encoded_image_string=b"png"))
    write("new/a", [(0, [start]), (0, [scalar("loss", 0.25, "float32"), scalar("acc", 1 / 3, "float64")]),
                    (-5, [scalar("loss", 0.125, "float32", named=False), text, image]),
                    (3, [scalar("count", 7, "int64"), scalar("half", 0.5, "float16"), scalar("one", [2.5], "float32")]),
                    (4, [end])])
    for path in sorted(target.rglob("events*")):
        path.rename(path.with_name("events.out.tfevents.1700000000.host.1.0"))


if __name__ == "__main__":
    {"mlflow": mlflow_fixtures, "tensorboard": tensorboard_fixtures}[sys.argv[1]](pathlib.Path(sys.argv[2]).resolve())
