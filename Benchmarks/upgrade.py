#!/usr/bin/env python3
"""Measures how long a registry of schema 1 takes to be upgraded: 1,000 versions, each of a run of 2,000 epochs, unless told otherwise.

usage: upgrade.py REGISTRY [VERSIONS [EPOCHS]]

REGISTRY is the built program.  The file is made by migration 1 alone, and every run and version is sealed as a program of that schema would
have sealed it: it verifies afterwards.  Prints seconds, and asks that it verifies.
"""

import hashlib
import os
import pathlib
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

MIGRATION = pathlib.Path(__file__).resolve().parent.parent / "migrations/0001_registry.sql"
START = 1_700_000_000_000  # milliseconds
STARTED = "2026-01-01T00:00:00.000Z"


def netstrings(*values):
    return b"".join(b"%d:%s" % (len(value.encode()), value.encode()) for value in values)


def bits(number):
    return f"{struct.unpack('<Q', struct.pack('<d', number))[0]:x}"


def run_digest(uuid, params, metrics):
    """What seals a run: what it is, its params by key, its metrics by key, step and seq."""
    digest = hashlib.sha256(netstrings(uuid, "train", "0", STARTED, "-", "-"))
    for key, value in sorted(params.items()):
        kind = {int: "i", float: "r", str: "t"}[type(value)]
        digest.update(netstrings(key, kind + (bits(value) if kind == "r" else str(value))))
    for key, values in sorted(metrics.items()):
        digest.update(netstrings(key))
        digest.update(b"".join(struct.pack("<qqdq", step, 0, value, START + step) for step, value in enumerate(values)))
    return digest.hexdigest()


def make(path, versions, epochs):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA page_size = 16384")
    sql = MIGRATION.read_text(encoding="utf-8")
    connection.executescript(f"PRAGMA synchronous = OFF; BEGIN; {sql}; PRAGMA user_version = 1; PRAGMA application_id = {0x6d726567}; COMMIT;")
    connection.execute("BEGIN")
    connection.execute("INSERT INTO migrations VALUES (1, 'registry', ?, ?)", (hashlib.sha256(sql.encode()).hexdigest(), STARTED))
    connection.execute("INSERT INTO models (name) VALUES ('neural-net')")
    data = struct.pack("<2f", 1, 2)
    tensor = hashlib.sha256(b"F32[2]" + data).hexdigest()
    connection.execute("INSERT INTO tensors (digest, dtype, shape, data) VALUES (?, 'F32', '[2]', ?)", (tensor, data))
    state_dict = hashlib.sha256(netstrings("w") + tensor.encode()).hexdigest()
    params = {
        "batch_size": 0, "epochs": epochs, "hidden_sizes": "[5]", "learning_rate": 0.03, "momentum": 0.0, "optimizer": "sgd",
        "task": "binary", "weight_decay": 0.0}
    for run in range(1, versions + 1):
        uuid = f"00000000-0000-4000-8000-{run:012x}"
        metrics = {key: [1 / (1 + step + run + shift) for step in range(epochs)] for key, shift in (("test_loss", 1), ("train_loss", 0))}
        connection.execute(
            "INSERT INTO runs (uuid, kind, model_id, status, seed, started_at) VALUES (?, 'train', 1, 'running', 0, ?)", (uuid, STARTED))
        connection.executemany("INSERT INTO params VALUES (?, ?, ?)", ((run, key, value) for key, value in params.items()))
        for key, values in metrics.items():
            connection.executemany(
                "INSERT INTO metrics VALUES (?, ?, ?, 0, ?, ?)", ((run, key, step, value, START + step) for step, value in enumerate(values)))
        connection.execute(
            "UPDATE runs SET status = 'finished', ended_at = ?, digest = ? WHERE id = ?", (STARTED, run_digest(uuid, params, metrics), run))
        version = uuid.replace("-4000-", "-4001-")
        row = netstrings(version, uuid, STARTED, state_dict, "1", "2", "-", "-", bits(0.5), bits(0.25), "-")
        connection.execute(
            "INSERT INTO model_versions (uuid, model_id, version, run_id, train_loss, test_loss, tensor_count, parameter_count, created_at,"
            " state_dict_digest, row_digest) VALUES (?, 1, ?, ?, 0.5, 0.25, 1, 2, ?, ?, ?)",
            (version, run, run, STARTED, state_dict, hashlib.sha256(row).hexdigest()))
        connection.execute("INSERT INTO version_tensors VALUES (?, 0, 'w', 1)", (run,))
    connection.execute("COMMIT")
    connection.close()


def main():
    registry, *numbers = sys.argv[1:]
    versions, epochs = ([int(number) for number in numbers] + [1000, 2000][len(numbers):])[:2]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "registry.db"
        make(path, versions, epochs)
        print(f"{versions} versions of {epochs} epochs: {path.stat().st_size / 1e6:.0f} MB")
        os.sync()
        old = path.read_bytes()
        seconds = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run([registry, "migrate", "--db", path], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            seconds.append(time.perf_counter() - start)
            if len(seconds) < 5:
                for file in pathlib.Path(folder).iterdir():
                    file.unlink()
                path.write_bytes(old)
                os.sync()
        print("upgrade, with the copy beside it: " + ", ".join(f"{value:.2f}" for value in seconds) + " s")
        start = time.perf_counter()
        subprocess.run([registry, "verify", "--db", path], check=True)
        print(f"verify: {time.perf_counter() - start:.1f} s")
        count = sqlite3.connect(path).execute("SELECT count(*) FROM metrics_latest").fetchone()[0]
        assert count == 2 * versions, count


if __name__ == "__main__":
    main()
