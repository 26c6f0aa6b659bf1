"""What is measured.  A case runs ours and, where there is one, the peer's on the same data, and checks that both say the same."""

import array
import dataclasses
import json
import math
import pathlib
import random
import re
import sqlite3
import struct
import subprocess
import sys
from typing import Callable

from measure import Figure

PEERS = pathlib.Path(__file__).parent / "peers"


@dataclasses.dataclass
class Setting:
    """What every case gets: programs, a clock, a folder, and how often."""
    registry: str
    in_process: str
    python: str | None  # with the peers' packages; None where they can't be had
    stopwatch: object
    folder: pathlib.Path
    repetitions: int

    def path(self, name):
        return str(self.folder / name)


@dataclasses.dataclass
class Case:
    """A line of the table.  `limit` is in seconds, `memory_limit` in MB, `ratio` is how many times as fast as the peer at least: what
    the project promises.  The two sides take turns, `rounds` times, so that a busy moment strikes both."""
    name: str
    title: str
    limit: float | None
    ours: Callable[[Setting], Figure]
    memory_limit: float | None = None
    peer: str = ""
    theirs: Callable[[Setting], Figure] | None = None
    ratio: float | None = None  # at least so many times as fast as the peer
    rounds: int = 1
    answer: Callable[[str], float] | None = None  # the number in an output that both sides must agree on

    def check(self, ours, theirs):
        """Throws unless both outputs give the same number, as near as float32 training is reproducible."""
        mine, other = self.answer(ours.output), self.answer(theirs.output)
        if not math.isclose(mine, other, rel_tol=2e-5):
            raise RuntimeError(f"{self.name}: ours gives {mine}, {self.peer} gives {other}; no time counts")


def last_test_loss(output):
    return float(re.search(r"After Training, test loss is (\S+)", output).group(1))


def first_probability(output):
    return float(re.search(r'"probability": ([0-9.e-]+)', output).group(1)) if "probability" in output else float(output)


def run_once(command):
    """What a case needs beforehand, unmeasured."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def train(setting):
    database = pathlib.Path(setting.path("new.db"))
    return setting.stopwatch.whole_process(
        [setting.registry, "train", "--db", str(database)], setting.repetitions, before=lambda: database.unlink(missing_ok=True))


def train_in_torch(setting):
    return setting.stopwatch.whole_process(
        [setting.python, str(PEERS / "tutorial.py"), setting.path("model.pt")], min(setting.repetitions, 5))


def reading(*arguments):
    """A command on a registry with three versions, each the tutorial's with seed 0: the net that the peer trains too."""
    def run(setting):
        database = setting.path("three.db")
        if not pathlib.Path(database).exists():
            for _ in range(3):
                run_once([setting.registry, "train", "--db", database])
        return setting.stopwatch.whole_process([setting.registry, *arguments, "--db", database], setting.repetitions)
    return run


def predict_in_torch(setting):
    model = setting.path("model.pt")
    if not pathlib.Path(model).exists():
        run_once([setting.python, str(PEERS / "tutorial.py"), model])
    return setting.stopwatch.whole_process(
        [setting.python, str(PEERS / "predict.py"), model, "-1", "1"], min(setting.repetitions, 5))


def listing(versions, *arguments):
    """`list` on a registry of so many versions, which make_versions.py makes once."""
    def run(setting):
        database = setting.path(f"versions-{versions}.db")
        if not pathlib.Path(database).exists():
            script = pathlib.Path(__file__).with_name("make_versions.py")
            run_once([setting.python or sys.executable, str(script), setting.registry, database, str(versions)])
        return setting.stopwatch.whole_process([setting.registry, "list", *arguments, "--db", database], setting.repetitions)
    return run


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


ROWS, COLUMNS = 1_000_000, 20


def large_csv(setting):
    """A million rows of 20 numbers and a class: ten thousand different lines, over and over."""
    path = pathlib.Path(setting.path("large.csv"))
    if not path.exists():
        generator = random.Random(0)
        lines = []
        for _ in range(10_000):
            x = [generator.gauss(0, 1) for _ in range(COLUMNS)]
            lines.append(",".join(f"{value:.6f}" for value in x) + f",{int(x[0] + x[1] * x[2] > 0)}\n")
        block = "".join(lines)
        with path.open("w", encoding="ascii") as file:
            file.write(",".join(f"x{column}" for column in range(COLUMNS)) + ",y\n")
            for _ in range(ROWS // len(lines)):
                file.write(block)
    return str(path)


def add_csv(setting):
    path, database = large_csv(setting), pathlib.Path(setting.path("large.db"))
    return setting.stopwatch.whole_process(
        [setting.registry, "dataset", "add", path, "--target", "y", "--db", str(database)], 5,
        before=lambda: database.unlink(missing_ok=True))


def predict_csv(setting, form="csv"):
    path, database = large_csv(setting), setting.path("predictor.db")
    small = pathlib.Path(setting.path("small.csv"))
    with open(path, encoding="ascii") as file:
        small.write_text("".join(next(file) for _ in range(1001)), encoding="ascii")
    if not pathlib.Path(database).exists():
        run_once([setting.registry, "train", "--csv", str(small), "--target", "y", "--hidden", "16", "--epochs", "100", "--db", database])
    return setting.stopwatch.whole_process([setting.registry, "predict", "--csv", path, "--format", form, "--db", database], 5)


def in_process(name, repetitions):
    """A case of InProcess/, in a folder of its own registries."""
    return lambda setting: setting.stopwatch.in_process([setting.in_process, name, str(repetitions), str(setting.folder)])


def training_in_torch(name, repetitions):
    return lambda setting: setting.stopwatch.in_process([setting.python, str(PEERS / "training.py"), name, str(repetitions)])


def load_in_torch(setting):
    model = setting.path("model.pt")
    if not pathlib.Path(model).exists():
        run_once([setting.python, str(PEERS / "tutorial.py"), model])
    return setting.stopwatch.in_process([setting.python, str(PEERS / "load.py"), model, "10"])


def metrics_in_c(setting):
    """metrics_insert.c on a registry with a run that is still running."""
    program, base = setting.path("metrics_insert"), setting.path("running.db")
    if not pathlib.Path(program).exists():
        run_once(["cc", "-O2", "-o", program, str(pathlib.Path(__file__).with_name("metrics_insert.c")), "-lsqlite3"])
        run_once([setting.registry, "train", "--db", base])
        connection = sqlite3.connect(base)
        with connection:
            connection.execute(
                "INSERT INTO runs (uuid, kind, model_id, status, seed, started_at) "
                "SELECT 'ffffffff-ffff-4fff-8fff-ffffffffffff', kind, model_id, 'running', seed, started_at FROM runs")
        connection.close()
    return setting.stopwatch.in_process([program, base, setting.path("copy.db"), "3"])


def predict_csv_in_torch(setting):
    return setting.stopwatch.whole_process(
        [setting.python, str(PEERS / "predict_csv.py"), setting.path("predictor.db"), large_csv(setting)], 5)


def sum_of_probabilities(output):
    """Of CSV with a header and the probability in the second column."""
    return sum(float(line.split(",")[1]) for line in output.splitlines()[1:])


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


def parameter_count(output):
    return float(json.loads(output)["parameter_count"]) if output.startswith("{") else float(output)


CASES = [
    Case(
        "train", "`registry train`, whole process, new file, stored durably", 0.040, train, memory_limit=30,
        peer="the PyTorch script, saved with torch.save", theirs=train_in_torch, answer=last_test_loss),
    Case(
        "epochs", "2,000 epochs of the tutorial, in process", 0.005,
        lambda setting: setting.stopwatch.in_process([setting.in_process, "epochs", str(10 * setting.repetitions)]),
        peer="PyTorch's loop",
        theirs=lambda setting: setting.stopwatch.in_process([setting.python, str(PEERS / "epochs.py"), str(min(setting.repetitions, 5))]),
        ratio=200, answer=float),
    Case(
        "digits", "a step of 1,797 × 64, hidden 128, 10 classes, full batch, in process", None, in_process("digits", 20),
        peer="PyTorch, 2 threads", theirs=training_in_torch("digits", 10), ratio=1.5, rounds=5, answer=float),
    Case(
        "wide", "a step of 4,096 × 64, hidden 1,024, full batch, in process", None, in_process("wide", 20),
        peer="PyTorch, 2 threads", theirs=training_in_torch("wide", 10), ratio=1, rounds=5, answer=float),
    Case(
        "minibatch", "an epoch of batches of 32 on 569 × 30, hidden 32, Adam, in process", None, in_process("minibatch", 50),
        peer="PyTorch, 2 threads", theirs=training_in_torch("minibatch", 10), ratio=50, rounds=3, answer=float),
    Case(
        "load", "a load of the tutorial's net from an open registry, digests checked, in process", None, in_process("load", 20),
        peer="torch.load", theirs=load_in_torch, ratio=10, rounds=3, answer=float),
    Case(
        "metrics", "1,000,000 rows of metrics and a version stored durably, in process", None, in_process("metrics", 3),
        peer="a C loop over a prepared INSERT", theirs=metrics_in_c, ratio=0.8, rounds=2, answer=float),
    Case(
        "predict", "`registry predict --version 3 -1 1`, whole process", 0.020,
        reading("predict", "--version", "3", "-1", "1", "--format", "json"),
        peer="python, torch.load, forward", theirs=predict_in_torch, answer=first_probability),
    Case("list", "`registry list`, three versions, whole process", None, reading("list")),
    *listings(),
    Case(
        "help", "`registry --help`, whole process", 0.010,
        lambda setting: setting.stopwatch.whole_process([setting.registry, "--help"], setting.repetitions)),
    Case("csv-add", "`registry dataset add` of a CSV of 1,000,000 × 20, whole process, stored durably", 6, add_csv, memory_limit=1000),
    Case(
        "import", "`registry import` of 100 MB of float32 in 40 tensors, whole process, new file, stored durably", None, import_weights,
        memory_limit=300, peer="torch.save, in process, not synced", theirs=in_torch("save.py"), ratio=1 / 3, answer=parameter_count),
    Case(
        "load-weights", "100 MB of float32 from an open registry, digests checked, in process", None, load_weights,
        peer="torch.load, in process", theirs=in_torch("load_weights.py"), ratio=1 / 2, answer=float),
    Case(
        "csv-predict", "`registry predict --csv` of 1,000,000 × 20, whole process", None, predict_csv, peer="pandas and PyTorch",
        theirs=predict_csv_in_torch, ratio=1, answer=sum_of_probabilities),
    Case(
        "json-predict", "the same as JSON", 5,
        lambda setting: predict_csv(setting, "json")),
]
