"""Predictions, and the tables that they are made of."""

import pathlib
import random
import re

from case import PEERS, Case, run_once


def first_probability(output):
    return float(re.search(r'"probability": ([0-9.e-]+)', output).group(1)) if "probability" in output else float(output)


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


def predict_csv_in_torch(setting):
    return setting.stopwatch.whole_process(
        [setting.python, str(PEERS / "predict_csv.py"), setting.path("predictor.db"), large_csv(setting)], 5)


def sum_of_probabilities(output):
    """Of CSV with a header and the probability in the second column."""
    return sum(float(line.split(",")[1]) for line in output.splitlines()[1:])


PREDICTING = [
    Case(
        "predict", "`registry predict --version 3 -1 1`, whole process", 0.020,
        reading("predict", "--version", "3", "-1", "1", "--format", "json"),
        peer="python, torch.load, forward", theirs=predict_in_torch, ratio=150, answer=first_probability),
    Case("list", "`registry list`, three versions, whole process", None, reading("list")),
    Case(
        "help", "`registry --help`, whole process", 0.010,
        lambda setting: setting.stopwatch.whole_process([setting.registry, "--help"], setting.repetitions)),
    Case("csv-add", "`registry dataset add` of a CSV of 1,000,000 × 20, whole process, stored durably", 6, add_csv, memory_limit=1000),
    Case(
        "csv-predict", "`registry predict --csv` of 1,000,000 × 20, whole process", None, predict_csv, peer="pandas and PyTorch",
        theirs=predict_csv_in_torch, ratio=1, answer=sum_of_probabilities),
    Case(
        "json-predict", "the same as JSON", 5,
        lambda setting: predict_csv(setting, "json")),
]
