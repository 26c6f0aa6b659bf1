"""Writes Tests/Fixtures/class_weight.json: losses and weights of PyTorch with scikit-learn's balanced class weights.

    python3 Scripts/make_class_weight_references.py > Tests/Fixtures/class_weight.json

Needs torch, numpy and scikit-learn.
"""
import json

import numpy
import torch
from sklearn.utils.class_weight import compute_class_weight

COUNTS = {"binary": [50, 7], "multiclass": [40, 11, 3]}


def trained(task, batch_size):
    rng = numpy.random.default_rng(3)
    counts = COUNTS[task]
    y = numpy.repeat(numpy.arange(len(counts)), counts)
    rng.shuffle(y)
    x = (rng.normal(size=(len(y), 2)) + y[:, None]).astype(numpy.float32)
    weights = torch.tensor(compute_class_weight("balanced", classes=numpy.arange(len(counts)), y=y), dtype=torch.float32)
    torch.manual_seed(5)
    layers = [torch.nn.Linear(2, 6), torch.nn.ReLU(), torch.nn.Linear(6, 1 if task == "binary" else len(counts))]
    net = torch.nn.Sequential(*layers, torch.nn.Sigmoid()) if task == "binary" else torch.nn.Sequential(*layers)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    inputs, labels = torch.from_numpy(x), torch.from_numpy(y)
    losses = []
    for _ in range(100):
        order = torch.arange(len(y)) if batch_size is None else torch.randperm(len(y))
        total = 0.0
        for batch in order.split(batch_size or len(y)):
            optimizer.zero_grad()
            output = net(inputs[batch])
            if task == "binary":
                loss = torch.nn.BCELoss(weight=weights[labels[batch]])(output[:, 0], labels[batch].float())
            else:
                loss = torch.nn.CrossEntropyLoss(weight=weights)(output, labels[batch])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        losses.append(total / len(y))
    final = [parameter.detach().flatten().tolist() for parameter in net.parameters()]
    return dict(task=task, batch_size=batch_size, classes=len(counts), x=x.flatten().tolist(), y=y.tolist(), weights=weights.tolist(),
                losses=losses, final=final)


torch.set_num_threads(1)
print(json.dumps([trained(task, size) for task in COUNTS for size in (None, 16)], separators=(",", ":")))
