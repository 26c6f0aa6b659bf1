"""MLflow and TensorBoard against the registry: what they record is imported, and compared with what their own readers say."""

import math
import os
import sqlite3
import tempfile

from program import Program, expect

# MLflow's stores and TensorBoard's files are imported by these checks alone: others needn't wait for their modules.
KEYS = ["loss", "val/loss", "a.b-c d", "é", "층"]
LARGEST = 1.7976931348623157e308


def rows(program, query, *values):
    connection = sqlite3.connect(f"file:{program.database}?mode=ro", uri=True)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


def number(value):
    """NaN as None, as SQLite has it; MLflow's database keeps an infinity as the largest number."""
    if value is None or math.isnan(value):
        return None
    return math.copysign(math.inf, value) if abs(value) == LARGEST else value


def random_value(random):
    return random.choice([random.random(), random.uniform(-1e3, 1e3), math.nan, math.inf, -math.inf, 0.0, 5e-324, 1e300])


# MLflow


def log_more(random, client, run):
    """Metrics, params, tags and a file that weren't there."""
    stamp = random.randrange(10**9)
    for key in random.sample(KEYS, random.randint(1, len(KEYS))):
        for index in range(random.randint(1, 12)):
            client.log_metric(run, key, random_value(random), 1700000000000 + stamp + index, random.randint(-5, 20))
    client.log_param(run, f"p{stamp}", random.choice(["0.10", "1e-3", "adam", "", " x ", "007", "-0", "1_000", "nan", "9" * 30]))
    client.set_tag(run, f"t{stamp}", random.choice(["x", "0.50", "two\nlines", "", "é"]))
    if random.random() < 0.5:
        client.log_text(run, f"text {stamp}", f"notes/{stamp} é.txt")


def compare_with_mlflow(program, client, mlflow):
    """Every run, as MLflow's client reads it."""
    experiments = client.search_experiments(view_type=mlflow.entities.ViewType.ALL)
    runs = client.search_runs([e.experiment_id for e in experiments], run_view_type=mlflow.entities.ViewType.ALL, max_results=1000)
    expect(rows(program, "SELECT count(*) FROM runs WHERE kind = 'log' AND uuid NOT IN (SELECT uuid FROM model_versions)") == [(len(runs),)],
           "there are more or fewer runs")
    names = {e.experiment_id: e.name for e in experiments}
    for run in runs:
        number_here, status, name, experiment, deleted = rows(
            program, "SELECT r.id, r.status, r.name, e.name, r.deleted_at IS NOT NULL FROM runs r JOIN experiments e "
            "ON e.id = coalesce(r.experiment_id, 0) WHERE replace(r.uuid, '-', '') = ?", run.info.run_id)[0]
        theirs = {"RUNNING": "interrupted", "SCHEDULED": "interrupted"}.get(run.info.status, run.info.status.lower())
        expect(status == theirs, f"run {run.info.run_id} is {status}, not {theirs}")
        expect(name == run.info.run_name, f"run {run.info.run_id} is called {name!r}, not {run.info.run_name!r}")
        expect(experiment == names[run.info.experiment_id], f"run {run.info.run_id} is in {experiment!r}")
        expect(bool(deleted) == (run.info.lifecycle_stage == "deleted"), f"run {run.info.run_id} is deleted in one alone")
        params = dict(rows(program, "SELECT key, coalesce(text, value) FROM params WHERE run_id = ?", number_here))
        expect({k: str(v) for k, v in params.items()} == run.data.params, f"the params are {params}, not {run.data.params}")
        tags = dict(rows(program, "SELECT key, value FROM tags WHERE run_id = ?", number_here))
        expect(tags == run.data.tags, f"the tags are {tags}, not {run.data.tags}")
        keys = {key for key, in rows(program, "SELECT DISTINCT key FROM metrics WHERE run_id = ?", number_here)}
        expect(keys == set(run.data.metrics), f"the metrics are {keys}, not {set(run.data.metrics)}")
        for key in keys:
            ours = rows(program, "SELECT step, time, value FROM metrics WHERE run_id = ? AND key = ?", number_here, key)
            theirs = [(m.step, m.timestamp, number(m.value)) for m in client.get_metric_history(run.info.run_id, key)]
            expect(sorted(ours, key=repr) == sorted(theirs, key=repr), f"{key!r} of run {run.info.run_id}: {ours}, not {theirs}")
        files = {p: n for p, n in rows(
            program, "SELECT f.path, c.byte_count FROM run_files f JOIN contents c ON c.id = f.content_id WHERE run_id = ?", number_here)}
        expect(files == dict(walk(client, run.info.run_id)), f"the files of run {run.info.run_id} are {files}")


def walk(client, run, folder=None):
    for item in client.list_artifacts(run, folder):
        if item.is_dir:
            yield from walk(client, run, item.path)
        else:
            yield item.path, item.file_size


def check_mlflow(program, random):
    os.environ.update(MLFLOW_ALLOW_FILE_STORE="true", MLFLOW_DISABLE_TELEMETRY="true")
    import mlflow

    here = os.getcwd()
    os.chdir(program.folder)
    try:
        source = random.choice(["mlflow.db", "mlruns"])
        mlflow.set_tracking_uri(f"sqlite:///{program.path(source)}" if source == "mlflow.db" else program.path(source))
        client = mlflow.MlflowClient()
        experiments = ["0", client.create_experiment("a/é", tags={"k": "v"}), client.create_experiment("b")]
        runs = []
        for index in range(random.randint(1, 5)):
            tags = {"mlflow.parentRunId": random.choice(runs)} if runs and random.random() < 0.5 else {}
            runs.append(client.create_run(random.choice(experiments), run_name=f"run {index}", tags=tags).info.run_id)
            log_more(random, client, runs[-1])
        client.create_registered_model("xor", description="é")
        weights = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Fixtures/state_dicts/neural_net.safetensors")
        client.log_artifact(runs[0], weights, "net")
        for _ in range(random.randint(1, 3)):
            client.create_model_version("xor", f"runs:/{runs[0]}/net", runs[0])
        client.set_registered_model_alias("xor", "champion", "1")
        program.run("import-runs", "mlflow", source)
        compare_with_mlflow(program, client, mlflow)
        made = program.json("import-runs", "mlflow", source)
        expect(made["metrics"] == made["new_runs"] == made["files"] == 0 and not made["versions"], f"a second import added {made}")
        # It grows.
        for run in random.sample(runs, random.randint(1, len(runs))):
            log_more(random, client, run)
            client.set_terminated(run, random.choice(["FINISHED", "FAILED", "KILLED"]))
        client.create_model_version("xor", f"runs:/{runs[0]}/net", runs[0], description="later")
        latest = str(max(int(v.version) for v in client.search_model_versions("name = 'xor'")))
        client.set_registered_model_alias("xor", "champion", latest)
        program.run("import-runs", "mlflow", source)
        compare_with_mlflow(program, client, mlflow)
        champion = rows(program, "SELECT t.value FROM model_aliases a JOIN version_tags t ON t.version_id = a.version_id AND t.key = 'mlflow.version'")
        expect(champion == [(latest,)], f"champion is {champion}, not {latest}")
        expect(rows(program, "SELECT count(*), min(tensor_count) FROM model_versions") == [(int(latest), 4)], "a version has no tensors")
        program.run("verify")
    finally:
        os.chdir(here)


# TensorBoard


def check_tensorboard(program, random):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from torch.utils.tensorboard import SummaryWriter

    logs = program.folder / "logs"

    def write(run, first):
        writer = SummaryWriter(str(logs / run))
        for step in range(first, first + random.randint(1, 30)):
            for key in random.sample(KEYS[:3], random.randint(1, 3)):
                writer.add_scalar(key, random_value(random) if random.random() < 0.2 else random.random(), step, new_style=random.random() < 0.5)
        writer.add_text("words", "hello", first)
        writer.close()

    def compare():
        for run in runs:
            events = EventAccumulator(str(logs / run), size_guidance={"scalars": 0, "tensors": 0}, purge_orphaned_data=False)
            events.Reload()
            theirs = {tag: [(e.step, number(e.value)) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
            for tag in events.Tags()["tensors"]:
                if events.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
                    values = [(e.step, number(float(event_value(e)))) for e in events.Tensors(tag)]
                    theirs[tag] = theirs.get(tag, []) + values
            for tag, points in theirs.items():
                ours = rows(
                    program, "SELECT step, value FROM metrics m JOIN runs r ON r.id = m.run_id WHERE r.name = ? AND m.key = ?", run, tag)
                expect(sorted(ours, key=repr) == sorted(points, key=repr), f"{tag!r} of {run}: {ours}, not {points}")
            total = rows(program, "SELECT count(*) FROM metrics m JOIN runs r ON r.id = m.run_id WHERE r.name = ?", run)
            expect(total == [(sum(map(len, theirs.values())),)], f"{run} has {total} values")

    runs = [f"run{index}/train" for index in range(random.randint(1, 3))]
    for run in runs:
        write(run, 0)
    program.run("import-runs", "tensorboard", logs)
    compare()
    write(runs[0], 100)
    program.run("import-runs", "tensorboard", logs)
    compare()
    program.run("verify")


def event_value(event):
    from tensorboard.util import tensor_util

    return tensor_util.make_ndarray(event.tensor_proto).item()


def alone(check):
    """The check in a folder and with a registry of its own: what an earlier case left is another's."""
    return lambda program, random: check(Program(program.program, tempfile.mkdtemp(dir=program.folder)), random)


KINDS = [("MLflow's runs, imported", alone(check_mlflow), 4), ("TensorBoard's event files, imported", alone(check_tensorboard), 4)]
