"""What is stored and loaded: tensors, metrics, and rows of CSV files."""

import array
import json
import pathlib
import random
import sqlite3
import struct

from case import PEERS, Case, in_process, run_once

TENSORS, ELEMENTS = 40, 655_360


def weights(setting):
    """100 MB of float32 in 40 different tensors: a .safetensors file, and the .pt file that the registry makes of it."""
    path, exported = pathlib.Path(setting.path("weights.safetensors")), setting.path("weights.pt")
    if not path.exists():
        generator = random.Random(0)
        block = array.array("f", (generator.random() - 0.5 for _ in range(ELEMENTS)))
        size = 4 * ELEMENTS
        header = json.dumps({
            f"layer{index}.weight": {"dtype": "F32", "shape": [ELEMENTS], "data_offsets": [index * size, (index + 1) * size]}
            for index in range(TENSORS)
        }).encode()
        with path.open("wb") as file:
            file.write(struct.pack("<Q", len(header)) + header)
            for index in range(TENSORS):
                file.write((block[index:] + block[:index]).tobytes())
        database = setting.path("weights.db")
        run_once([setting.registry, "import", str(path), "--model", "weights", "--db", database])
        run_once([setting.registry, "export", "weights/1", "-o", exported, "--db", database])
    return exported


def import_weights(setting):
    path, database = weights(setting), pathlib.Path(setting.path("imported.db"))
    return setting.stopwatch.whole_process(
        [setting.registry, "import", path, "--model", "weights", "--format", "json", "--db", str(database)], setting.repetitions,
        before=lambda: database.unlink(missing_ok=True))


# Neither side gives 100 MB back to the system between two rounds, to get them again as pages of zeros: that would take longer than
# the work, and whether it happens is the chance of what else is allocated.
KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "1000000000", "MALLOC_MMAP_THRESHOLD_": "33554432"}


def store_weights(setting):
    weights(setting)
    return setting.stopwatch.in_process(
        [setting.in_process, "store-weights", str(setting.repetitions), str(setting.folder)], KEEP_MEMORY)


def load_weights(setting):
    weights(setting)
    return setting.stopwatch.in_process(
        [setting.in_process, "load-weights", str(setting.repetitions), str(setting.folder)], KEEP_MEMORY)


def in_torch(script):
    """A peer that works on the file of weights and on one of its own."""
    def run(setting):
        command = [setting.python, str(PEERS / script), weights(setting), setting.path("torch.pt"), str(setting.repetitions)]
        return setting.stopwatch.in_process(command, KEEP_MEMORY)
    return run


def metrics_in_mlflow(setting):
    """A quarter of a million: a million takes MLflow two and a half minutes, and there are six rounds."""
    folder = pathlib.Path(setting.path("mlflow-metrics"))
    folder.mkdir(exist_ok=True)
    return setting.stopwatch.in_process([setting.python, str(PEERS / "mlflow_metrics.py"), str(folder), "250000", "5"])


def parameter_count(output):
    return float(json.loads(output)["parameter_count"]) if output.startswith("{") else float(output)


def load_in_torch(setting):
    model = setting.path("model.pt")
    if not pathlib.Path(model).exists():
        run_once([setting.python, str(PEERS / "tutorial.py"), model])
    return setting.stopwatch.in_process([setting.python, str(PEERS / "load.py"), model, "10"])


def metrics_in_c(setting):
    """metrics_insert.c on a registry with a run that is still running."""
    program, base = setting.path("metrics_insert"), setting.path("running.db")
    if not pathlib.Path(program).exists():
        run_once(["cc", "-O2", "-o", program, str(PEERS / "metrics_insert.c"), "-lsqlite3"])
        run_once([setting.registry, "train", "--db", base])
        connection = sqlite3.connect(base)
        with connection:
            connection.execute(
                "INSERT INTO runs (uuid, kind, model_id, status, seed, started_at) "
                "SELECT 'ffffffff-ffff-4fff-8fff-ffffffffffff', kind, model_id, 'running', seed, started_at FROM runs")
        connection.close()
    return setting.stopwatch.in_process([program, base, setting.path("copy.db"), "3"])


STORING = [
    Case(
        "import", "`registry import` of 100 MB of float32 in 40 tensors, whole process, new file, stored durably", None, import_weights,
        memory_limit=300, peer="torch.save, in process, not synced", theirs=in_torch("save.py"), ratio=1 / 3, answer=parameter_count),
    Case(
        "store-weights", "100 MB of float32 from memory, in process, new file, stored durably", None, store_weights,
        peer="torch.save, in process, not synced", theirs=in_torch("save.py"), ratio=1 / 2.5, answer=float),
    Case(
        "load-weights", "100 MB of float32 from an open registry, digests checked, in process", None, load_weights,
        peer="torch.load, in process", theirs=in_torch("load_weights.py"), ratio=1 / 2, answer=float),
    Case(
        "load", "a load of the tutorial's net from an open registry, digests checked, in process", None, in_process("load", 20),
        peer="torch.load", theirs=load_in_torch, ratio=10, rounds=3, answer=float),
    Case(
        "metrics", "1,000,000 rows of metrics and a version stored durably, in process", None, in_process("metrics", 3),
        peer="a C loop over a prepared INSERT, whose trigger asks at every row what ours asks once", theirs=metrics_in_c, ratio=0.8, rounds=2, answer=float),
    Case(
        "metrics-mlflow", "250,000 rows of metrics and a version stored durably, in process", None, in_process("metrics-250000", 5),
        peer="MLflow's log_batch, a thousand rows a call", theirs=metrics_in_mlflow, ratio=100, answer=float),
]
