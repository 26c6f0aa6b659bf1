"""The training cases of InProcess/TrainingCases.swift as a PyTorch user writes them: python training.py CASE REPETITIONS.

Prints JSON with the seconds of each repetition (a step, or an epoch of mini-batches); the first isn't counted.
"""

import json
import sys
import time

import numpy
import torch

# name: samples, features, hidden, classes, epochs, batch
CASES = {
    "digits": (1797, 64, 128, 10, 20, None),
    "wide": (4096, 64, 1024, 2, 3, None),
    "minibatch": (569, 30, 32, 2, 5, 32),
}


def make_data(samples, features, classes):
    x = numpy.random.RandomState(0).random_sample((samples, features)) * 2 - 1
    y = ((x[:, 0] + x[:, 1] + 2) / 4 * classes).astype(int)
    return torch.FloatTensor(x), torch.LongTensor(y) if classes > 2 else torch.FloatTensor(y)


def run(samples, features, hidden, classes, epochs, batch):
    x, y = make_data(samples, features, classes)
    torch.manual_seed(0)
    layers = [torch.nn.Linear(features, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, classes if classes > 2 else 1)]
    model = torch.nn.Sequential(*layers, *([] if classes > 2 else [torch.nn.Sigmoid(), torch.nn.Flatten(0)]))
    criterion = torch.nn.CrossEntropyLoss() if classes > 2 else torch.nn.BCELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001) if batch else torch.optim.SGD(model.parameters(), lr=0.1)
    start = time.perf_counter()
    for _ in range(epochs):
        total = 0.0
        order = torch.randperm(samples) if batch else None
        for first in range(0, samples, batch or samples):
            rows = order[first:first + batch] if batch else slice(None)
            optimizer.zero_grad()
            inputs, targets = (x[rows], y[rows]) if batch else (x, y)
            loss = criterion(model(inputs), targets)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(targets)
    return (time.perf_counter() - start) / epochs, total / samples


if __name__ == "__main__":
    torch.set_num_threads(2)
    case = CASES[sys.argv[1]]
    run(*case)
    results = [run(*case) for _ in range(int(sys.argv[2]))]
    print(json.dumps({"seconds": [seconds for seconds, _ in results], "check": results[0][1]}))
