"""Rows of one metric stored through MLflow's log_batch, a thousand a call (its limit), in an SQLite store.

mlflow_metrics.py FOLDER ROWS REPETITIONS prints JSON with the seconds of each; the first isn't counted.
"""

import json
import os
import sqlite3
import sys
import time

import mlflow
from mlflow.entities import Metric

FILE = "mlflow-metrics.db"


def store(client, rows):
    """A run with so many rows: the seconds, and the rows that are there."""
    run = client.create_run("0").info.run_id
    start = time.perf_counter()
    for first in range(0, rows, 1000):
        client.log_batch(run, [Metric("train_loss", 1 / (step + 1), 0, step) for step in range(first, min(first + 1000, rows))])
    seconds = time.perf_counter() - start
    count, = sqlite3.connect(FILE).execute("SELECT count(*) FROM metrics WHERE run_uuid = ?", (run,)).fetchone()
    return seconds, count


def main(folder, rows, repetitions):
    os.chdir(folder)
    mlflow.set_tracking_uri(f"sqlite:///{FILE}")
    client = mlflow.MlflowClient()
    results = [store(client, rows) for _ in range(repetitions + 1)][1:]
    print(json.dumps({"seconds": [seconds for seconds, _ in results], "check": results[0][1]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
