"""The best 20 runs by test_loss, as MLflow finds them.

    mlflow_search.py FOLDER fill RUNS SECONDS   makes so many runs of one metric, or as many as the seconds allow; prints how many
    mlflow_search.py FOLDER search              prints the best test_loss
"""

import os
import sys
import time

import mlflow


def fill(client, runs, limit):
    begin, made = time.perf_counter(), 0
    while made < runs and time.perf_counter() - begin < limit:
        run = client.create_run("0").info.run_id
        client.log_metric(run, "test_loss", ((made * 7919) % 100_003) / 100_003)
        client.set_terminated(run)
        made += 1
    print(made)


def search(client):
    best = client.search_runs(["0"], order_by=["metrics.test_loss ASC"], max_results=20)
    print(best[0].data.metrics["test_loss"])


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    mlflow.set_tracking_uri("sqlite:///mlflow-search.db")
    client = mlflow.MlflowClient()
    if sys.argv[2] == "fill":
        fill(client, int(sys.argv[3]), float(sys.argv[4]))
    else:
        search(client)
