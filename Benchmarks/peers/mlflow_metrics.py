"""Rows of one metric stored through MLflow's log_batch, a thousand a call (its limit), in an SQLite store.  Prints seconds and the last value.

    mlflow_metrics.py FOLDER ROWS
"""

import json
import os
import sys
import time

import mlflow
from mlflow.entities import Metric


def main(folder, rows):
    os.chdir(folder)
    mlflow.set_tracking_uri("sqlite:///mlflow-metrics.db")
    client = mlflow.MlflowClient()
    run = client.create_run("0").info.run_id
    # The store is made by now: it isn't what is measured.
    begin = time.perf_counter()
    for start in range(0, rows, 1000):
        client.log_batch(run, [Metric("train_loss", 1 / (step + 1), 0, step) for step in range(start, min(start + 1000, rows))])
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": [seconds], "check": client.get_run(run).data.metrics["train_loss"]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
