#!/usr/bin/env python3
"""Makes a registry of many versions, for the benchmarks and the tests of query plans: each with its run, 9 params and 20 rows of metrics.

usage: make_versions.py REGISTRY FILE VERSIONS

REGISTRY is the built program: it makes the file, with the schema as it ships, and the first version.  The rest is SQL that keeps every rule
of the schema (a version comes of a sealed run, numbers have no gap), a third of it in the model `other`.  Weights aren't copied, and the
digests are made up: such a file is for `list` and `sql`, and `show` rightly refuses its versions.
"""

import pathlib
import random
import sqlite3
import subprocess
import sys

EPOCHS = 10
START = 1_700_000_000_000  # milliseconds


def uuid(generator):
    """36 characters, as the schema wants them."""
    digits = f"{generator.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def params(generator, run):
    hidden = generator.choice([[2], [5], [8], [16], [64, 32]])
    return [
        ("batch_size", generator.choice([16, 32, 64])), ("epochs", EPOCHS), ("hidden_sizes", str(hidden).replace(" ", "")),
        ("learning_rate", generator.choice([0.001, 0.003, 0.01, 0.03, 0.1])), ("momentum", 0.0), ("note key", f"run {run}"),
        ("optimizer", generator.choice(["sgd", "adam"])), ("task", "binary"), ("weight_decay", generator.choice([0.0, 0.001]))]


def fill(connection, count):
    generator = random.Random(0)
    dataset, = connection.execute("SELECT min(id) FROM datasets").fetchone()
    connection.execute("INSERT INTO models (name) VALUES ('other')")
    models = [row[0] for row in connection.execute("SELECT id FROM models ORDER BY id")]
    first, = connection.execute("SELECT max(id) + 1 FROM runs").fetchone()
    numbers = {model: connection.execute("SELECT next_version FROM models WHERE id = ?", (model,)).fetchone()[0] for model in models}
    runs = range(first, first + count)
    # All runs, then all params, and so on: each table is written from end to end.
    connection.executemany(
        "INSERT INTO runs (id, uuid, kind, model_id, dataset_id, status, seed, ended_at) "
        "VALUES (?, ?, 'train', ?, ?, 'finished', ?, '2026-01-01T00:00:00.000Z')",
        ((run, uuid(generator), models[run % 3 == 0], dataset, run % 1000) for run in runs))
    connection.executemany(
        "INSERT INTO params (run_id, key, value) VALUES (?, ?, ?)",
        ((run, key, value) for run in runs for key, value in params(generator, run)))
    connection.executemany(
        "INSERT INTO metrics (run_id, key, step, value, time) VALUES (?, ?, ?, ?, ?)",
        ((run, key, step, generator.random() / (1 + step), START + run)
         for run in runs for key in ("test_loss", "train_loss") for step in range(EPOCHS)))
    connection.executemany("UPDATE runs SET digest = ? WHERE id = ?", ((f"{run:064x}", run) for run in runs))

    def versions():
        for run in runs:
            model = models[run % 3 == 0]
            version = numbers[model]
            numbers[model] += 1
            nan = run % 500 == 0
            yield (
                uuid(generator), model, version, run, None if nan else generator.random(), None if nan else generator.random(),
                round(generator.random(), 3), nan, nan, f"{run:064x}", f"{run:064x}")
    connection.executemany(
        "INSERT INTO model_versions (uuid, model_id, version, run_id, train_loss, test_loss, accuracy, train_loss_is_nan, test_loss_is_nan, "
        "tensor_count, parameter_count, state_dict_digest, row_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)", versions())
    connection.execute(
        "INSERT INTO version_tags (version_id, key, value) SELECT id, 'stage', 'staging' FROM model_versions WHERE id % 100 = 0")
    connection.execute("UPDATE model_versions SET deleted_at = '2026-01-02T00:00:00.000Z' WHERE id % 1000 = 7")


def main():
    program, path, versions = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
    path.unlink(missing_ok=True)
    subprocess.run([program, "train", "--epochs", "10", "--db", str(path)], check=True, stdout=subprocess.DEVNULL)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    with connection:
        fill(connection, versions - 1)
    connection.close()


if __name__ == "__main__":
    main()
