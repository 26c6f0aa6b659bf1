"""torch.save of the weights: save.py WEIGHTS FILE REPETITIONS prints JSON with the seconds of each, the first left out."""

import json
import os
import sys
import time

import torch

weights = torch.load(sys.argv[1])
seconds = []
for _ in range(int(sys.argv[3]) + 1):
    if os.path.exists(sys.argv[2]):
        os.unlink(sys.argv[2])
    start = time.perf_counter()
    torch.save(weights, sys.argv[2])
    seconds.append(time.perf_counter() - start)
print(json.dumps({"seconds": seconds[1:], "check": sum(tensor.numel() for tensor in weights.values())}))
