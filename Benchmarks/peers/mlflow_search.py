"""The best 20 runs by test_loss, as MLflow finds them.

    mlflow_search.py FOLDER fill REGISTRY    makes a run for each version of a registry, with its test_loss
    mlflow_search.py FOLDER search           prints the sum of the best 20

Through its own calls a run takes some 40 ms to make: they would be at it for an hour.  So one is made so, and copied with SQL.
"""

import os
import sqlite3
import sys

import mlflow

FILE = "mlflow-search.db"
# The tables with rows of a run that a search reads.
TABLES = ("runs", "metrics", "latest_metrics", "tags", "params")


def fill(client, registry):
    run = client.create_run("0").info.run_id
    client.log_metric(run, "test_loss", 0.5)
    client.set_terminated(run)
    losses = sqlite3.connect(registry).execute(
        "SELECT test_loss FROM model_versions WHERE deleted_at IS NULL AND test_loss IS NOT NULL").fetchall()
    connection = sqlite3.connect(FILE)
    with connection:
        for table in TABLES:
            cursor = connection.execute(f"SELECT * FROM {table} WHERE run_uuid = ?", (run,))
            columns = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
            copies = (
                [f"{number:032x}" if name == "run_uuid" else loss if name == "value" and "metrics" in table else value
                 for name, value in zip(columns, row)]
                for number, (loss,) in enumerate(losses) for row in rows)
            connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", copies)
        connection.execute("UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = ?", (run,))
    connection.close()


def search(client):
    best = client.search_runs(["0"], order_by=["metrics.test_loss ASC"], max_results=20)
    print(sum(run.data.metrics["test_loss"] for run in best))


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    mlflow.set_tracking_uri(f"sqlite:///{FILE}")
    client = mlflow.MlflowClient()
    if sys.argv[2] == "fill":
        fill(client, sys.argv[3])
    else:
        search(client)
