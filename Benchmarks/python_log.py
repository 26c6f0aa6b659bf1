#!/usr/bin/env python3
"""What `run.log` of Python/registry.py costs a training, with all that its thread takes from the interpreter meanwhile.

    python_log.py PROGRAM [--repetitions 7]

Prints the seconds of 100,000 calls in a row; and what a call adds to a step of a loop in Python that never lets go of the
interpreter (the worst case), of one in NumPy, and in torch where it is installed, each measured with calls and without in turn.
"""

import argparse
import os
import pathlib
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Python"))
import registry  # noqa: E402

# One thread for the arithmetic: threads that wait for work in a loop of their own would be measured, too.
os.environ.update({"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"})

CALLS = 100_000


def in_a_row(folder):
    """(seconds of the calls, seconds until all is stored)"""
    start = time.perf_counter()
    with registry.run("row", db=folder / "registry.db") as run:
        begun = time.perf_counter()
        for step in range(CALLS):
            run.log(step, train_loss=step / 7, val_loss=step / 3)
        logged = time.perf_counter()
    return logged - begun, time.perf_counter() - start


def work_of_python():
    return lambda: sum(range(5000))


def work_of_numpy():
    import numpy
    matrix = numpy.random.default_rng(0).random((100, 100))
    return lambda: matrix @ matrix


def work_of_torch():
    import torch
    torch.set_num_threads(1)
    net = torch.nn.Sequential(torch.nn.Linear(2, 5), torch.nn.ReLU(), torch.nn.Linear(5, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    x, y = torch.randn(80, 2), torch.rand(80, 1)

    def step():
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(net(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


def loop(work, steps, run):
    start = time.perf_counter()
    if run is None:
        for step in range(steps):
            value = work()
    else:
        for step in range(steps):
            value = work()
            run.log(step, train_loss=value if value.__class__ is not int and value.ndim == 0 else 0.1 * step, val_loss=step / 3)
    return time.perf_counter() - start


def added(work, folder, repetitions):
    """(microseconds of a step, what a call adds to it): the medians of short stretches with calls and without, in turn"""
    steps = max(10, int(0.3 / (loop(work, 100, None) / 100)))
    without, more = [], []
    with registry.run("loop", db=folder / "registry.db") as run:
        for _ in range(repetitions * 5):
            without.append(loop(work, steps, None))
            more.append(loop(work, steps, run) - without[-1])
            time.sleep(0.2)  # what is left for the thread is not to burden the stretch without calls
    return statistics.median(without) / steps * 1e6, statistics.median(more) / steps * 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--repetitions", type=int, default=7)
    arguments = parser.parse_args()
    os.environ["REGISTRY_PROGRAM"] = os.path.abspath(arguments.program)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        rows = [in_a_row(folder) for _ in range(arguments.repetitions)]
        calls, stored = (statistics.median(column) for column in zip(*rows))
        print(f"{CALLS:,} calls of two metrics: {calls:.3f} s ({calls / CALLS * 1e6:.2f} us a call); start, calls and end: {stored:.3f} s")
        for name, make in ("Python", work_of_python), ("NumPy", work_of_numpy), ("torch", work_of_torch):
            try:
                work = make()
            except ImportError:
                continue
            step, more = added(work, folder, arguments.repetitions)
            print(f"a step of {name}: {step:.1f} us; with run.log of two metrics {more:.2f} us more")


if __name__ == "__main__":
    main()
