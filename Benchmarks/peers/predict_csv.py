"""Predictions for the rows of a CSV file, as a user of pandas and PyTorch writes them: predict_csv.py REGISTRY CSV.

The weights are those of the registry's newest version, read with SQL.
"""

import json
import sqlite3
import sys

import numpy
import pandas
import torch

weights = [
    torch.from_numpy(numpy.frombuffer(data, dtype="<f4").reshape(json.loads(shape)).copy())
    for shape, data in sqlite3.connect(sys.argv[1]).execute(
        "SELECT shape, data FROM state_dict WHERE version_id = (SELECT max(version_id) FROM state_dict) ORDER BY position")
]
x = torch.from_numpy(pandas.read_csv(sys.argv[2]).iloc[:, :-1].to_numpy(dtype="float32", copy=True))
with torch.no_grad():
    hidden = torch.relu(torch.nn.functional.linear(x, weights[0], weights[1]))
    p = torch.sigmoid(torch.nn.functional.linear(hidden, weights[2], weights[3])).squeeze(1).numpy()
pandas.DataFrame({"row": numpy.arange(1, len(p) + 1), "probability": p, "label": (p >= 0.5).astype(int)}).to_csv(sys.stdout, index=False)
