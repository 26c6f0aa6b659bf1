"""torch.load of the weights: load_weights.py WEIGHTS FILE REPETITIONS prints JSON with the seconds of each, the first left out."""

import json
import sys
import time

import torch

torch.save(torch.load(sys.argv[1]), sys.argv[2])
seconds = []
for _ in range(int(sys.argv[3]) + 1):
    start = time.perf_counter()
    weights = torch.load(sys.argv[2])
    seconds.append(time.perf_counter() - start)
print(json.dumps({"seconds": seconds[1:], "check": sum(float(tensor[0]) for tensor in weights.values())}))
