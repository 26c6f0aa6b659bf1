#!/usr/bin/env python3
"""Makes Tests/Fixtures/activations.json: what PyTorch trains with each activation, and what nets of foreign names predict.

It needs torch and numpy: python Scripts/make_activation_references.py
"""

import json
import pathlib

import numpy
import torch

ACTIVATIONS = {
    "relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid, "leaky_relu": torch.nn.LeakyReLU, "elu": torch.nn.ELU,
    "gelu": torch.nn.GELU, "silu": torch.nn.SiLU, "none": torch.nn.Identity,
}
EPOCHS = 200
HIDDEN = [6, 4]


def trained(activation):
    """A net on 40 points of three classes, by full-batch SGD from torch.manual_seed(0)."""
    generator = numpy.random.RandomState(7)
    x = generator.uniform(-2, 2, (40, 3)).astype(numpy.float32)
    y = (numpy.abs(x).sum(1) > 3).astype(int) + (x[:, 0] > 0.5)
    torch.manual_seed(0)
    sizes = [3, *HIDDEN]
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(inputs, outputs), ACTIVATIONS[activation]()]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(sizes[-1], 3))
    initial = [parameter.detach().flatten().tolist() for parameter in model.parameters()]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    losses = []
    for _ in range(EPOCHS):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(torch.from_numpy(x)), torch.from_numpy(y))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        probabilities = model(torch.from_numpy(x)).softmax(1)
    return {
        "x": x.flatten().tolist(), "y": y.tolist(), "initial": initial, "losses": losses,
        "weights": [parameter.detach().flatten().tolist() for parameter in model.parameters()],
        "probabilities": probabilities.flatten().tolist(),
    }


def main():
    torch.set_num_threads(1)
    path = pathlib.Path(__file__).parent.parent / "Tests" / "Fixtures" / "activations.json"
    cases = {activation: trained(activation) for activation in ACTIVATIONS}
    shared = {key: cases["relu"][key] for key in ("x", "y", "initial")}
    for case in cases.values():
        for key, value in shared.items():
            assert case.pop(key) == value
    path.write_text(json.dumps({"torch": torch.__version__, "hidden": HIDDEN, **shared, "cases": cases}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
