"""Lists of few and of many versions."""

import json
import pathlib
import sys

from case import PEERS, Case, run_once


def registry_of(versions, setting):
    """A registry of so many versions, which make_versions.py makes once."""
    database = setting.path(f"versions-{versions}.db")
    if not pathlib.Path(database).exists():
        script = PEERS.with_name("make_versions.py")
        run_once([setting.python or sys.executable, str(script), setting.registry, database, str(versions)])
    return database


def listing(versions, *arguments):
    """`list` on such a registry."""
    def run(setting):
        command = [setting.registry, "list", *arguments, "--db", registry_of(versions, setting)]
        return setting.stopwatch.whole_process(command, setting.repetitions)
    return run


# Its search takes time with the square of the runs: of 100,000 one takes over ten minutes, and through its own calls ten minutes are
# enough to make some 15,000.
MLFLOW_RUNS = 10_000


def search_in_mlflow(setting):
    """As many runs, with the same losses."""
    folder, script = pathlib.Path(setting.path("mlflow-search")), str(PEERS / "mlflow_search.py")
    if not folder.exists():
        folder.mkdir()
        run_once([setting.python, script, str(folder), "fill", registry_of(MLFLOW_RUNS, setting)])
    return setting.stopwatch.whole_process([setting.python, script, str(folder), "search"], min(setting.repetitions, 5))


def sum_of_losses(output):
    """Of the twenty best: ours is JSON, MLflow's is that sum."""
    return sum(version["test_loss"] for version in json.loads(output)) if output.startswith("[") else float(output)


def listings():
    """The same lists of 100 and of 100,000 versions, each with 20 rows of metrics, and the slowest kinds of conditions."""
    kinds = {
        "": [], "-model": ["--model", "neural-net"], "-best": ["--order-by", "test_loss"],
        "-best-model": ["--order-by", "test_loss", "--model", "neural-net"]}
    for name, options in kinds.items():
        title = " ".join(["registry list", *options, "--limit 20"])
        for versions in (100, 100_000):
            yield Case(
                f"list{name}-{versions}", f"`{title}`, {versions:,} versions, whole process", 0.040,
                listing(versions, *options, "--limit", "20"))
    conditions = {
        "columns": "hidden_size >= 5 AND learning_rate < 0.1 AND seed = 1", "params": "params.\"note key\" = 'run 777'",
        "metrics": "metrics.test_loss < 0.00001 OR metrics.train_loss < 0.00001",
        "names": "dataset = 'x' OR aliases LIKE '%champion%' OR tags.stage = 'x'"}
    for name, condition in conditions.items():
        yield Case(
            f"where-{name}", f"`registry list --where` on {name}, 100,000 versions, whole process", 0.400,
            listing(100_000, "--where", condition, "--limit", "20"))


LISTING = [
    *listings(),
    Case(
        "list-mlflow", f"the best 20 of {MLFLOW_RUNS:,} versions by test_loss, whole process", None,
        listing(MLFLOW_RUNS, "--order-by", "test_loss", "--limit", "20", "--format", "json"),
        peer="MLflow's search_runs of as many", theirs=search_in_mlflow, ratio=100, answer=sum_of_losses),
]
