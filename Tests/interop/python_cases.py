"""Python/registry.py with real torch, from a wheel in a new virtual environment: state_dicts there and back, bit for bit.

    python_cases.py SEED: the part that runs there.
"""

import contextlib
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import sysconfig

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
STATE_DICTS = 20


def run(*words, **options):
    """Standard output of a command that must succeed."""
    result = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=300, check=False, **options)
    if result.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))} ended with {result.returncode}: {result.stdout}{result.stderr}")
    return result.stdout


def wheel(program, random):
    """Packs the program and the module, installs them, and lets that Python use the torch that is installed for this one."""
    path = run(sys.executable, ROOT / "Scripts/wheel.py", program.program, program.folder / "dist").strip()
    environment = program.folder / "venv"
    run(sys.executable, "-m", "venv", environment)
    run(environment / "bin/python", "-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", path)
    clean = {name: value for name, value in os.environ.items() if name != "REGISTRY_PROGRAM"}
    clean |= {"PATH": f"{environment / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": sysconfig.get_path("purelib")}
    if "registry" not in run("registry", "--version", env=clean):
        raise RuntimeError("the command registry isn't the program")
    print(run(environment / "bin/python", __file__, random.random(), env=clean, cwd=program.folder), end="")


KINDS = [("Python's wheel in a new environment", wheel, 1)]


def inside(seed):
    import registry
    import torch
    import torch_cases

    where = pathlib.Path(registry.__file__)
    if ROOT in where.parents:
        raise RuntimeError(f"the module is {where}, not the installed one")
    generator = random.Random(seed)
    with registry.run("dicts", params={"lr": torch.tensor(0.5)}) as tried:
        for step in range(STATE_DICTS):
            state_dict = torch_cases.random_state_dict(generator, [dtype for dtype in torch_cases.DTYPES if dtype != torch.complex128])
            tried.log(step, loss=torch.tensor(step / 4, requires_grad=True), half=torch.tensor(0.5, dtype=torch.bfloat16))
            version = tried.save(state_dict, step=step)
            torch_cases.expect_equal(registry.load(version), state_dict)
    net = torch.nn.Sequential(torch.nn.Linear(2, 5), torch.nn.BatchNorm1d(5), torch.nn.ReLU(), torch.nn.Linear(5, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    x, y = torch.randn(80, 2), torch.rand(80, 1)
    with registry.run("net", params={"lr": 0.1}) as trained:
        losses = []
        for epoch in range(2000):
            optimizer.zero_grad()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(net(x), y)
            loss.backward()
            optimizer.step()
            trained.log(epoch, train_loss=loss)
            losses.append(loss.item())
        trained.save(net, alias="champion")
    torch_cases.expect_equal(registry.load("net@champion"), net.state_dict())
    with contextlib.closing(sqlite3.connect("registry.db")) as connection:
        stored = connection.execute("SELECT value FROM metrics WHERE run_id = ? AND key = 'train_loss' ORDER BY step", [trained.number])
        if [value for value, in stored] != losses:
            raise RuntimeError("the losses in the registry are not those of the training")


if __name__ == "__main__":
    inside(sys.argv[1])
