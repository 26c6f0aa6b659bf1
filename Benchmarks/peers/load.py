"""torch.load of the tutorial's weights, in one process: load.py model.pt REPETITIONS.  The first isn't counted."""

import json
import sys
import time

import torch

import tutorial

LOADS = 50


def run():
    start = time.perf_counter()
    for _ in range(LOADS):
        weights = torch.load(sys.argv[1])
    return (time.perf_counter() - start) / LOADS, weights


run()
results = [run() for _ in range(int(sys.argv[2]))]
model = tutorial.NeuralNet(2, 5)
model.load_state_dict(results[-1][1])
with torch.no_grad():
    probability = model(torch.tensor([[-1.0, 1.0]])).item()
print(json.dumps({"seconds": [seconds for seconds, _ in results], "check": probability}))
