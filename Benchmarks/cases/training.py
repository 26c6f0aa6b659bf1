"""Training: the tutorial as a whole process, and the arithmetic alone."""

import pathlib
import re

from case import PEERS, Case, in_process


def last_test_loss(output):
    return float(re.search(r"After Training, test loss is (\S+)", output).group(1))


def train(setting):
    database = pathlib.Path(setting.path("new.db"))
    return setting.stopwatch.whole_process(
        [setting.registry, "train", "--db", str(database)], setting.repetitions, before=lambda: database.unlink(missing_ok=True))


def train_in_torch(setting):
    return setting.stopwatch.whole_process(
        [setting.python, str(PEERS / "tutorial.py"), setting.path("model.pt")], min(setting.repetitions, 5))


def train_in_mlflow(setting):
    """All into one store, as its users do; the first run, which isn't counted, makes it."""
    folder = pathlib.Path(setting.path("mlflow"))
    folder.mkdir(exist_ok=True)
    return setting.stopwatch.whole_process(
        [setting.python, str(PEERS / "mlflow_tutorial.py"), str(folder)], min(setting.repetitions, 5))


def training_in_torch(name, repetitions):
    return lambda setting: setting.stopwatch.in_process([setting.python, str(PEERS / "training.py"), name, str(repetitions)])


TRAINING = [
    Case(
        "train", "`registry train`, whole process, new file, stored durably", 0.040, train, memory_limit=30,
        peer="the PyTorch script, saved with torch.save", theirs=train_in_torch, ratio=100, answer=last_test_loss),
    Case(
        "train-mlflow", "the same", None, train, peer="the script with MLflow's log_metric for each epoch", theirs=train_in_mlflow,
        ratio=1000, answer=last_test_loss),
    Case(
        "epochs", "2,000 epochs of the tutorial, in process", 0.005,
        lambda setting: setting.stopwatch.in_process([setting.in_process, "epochs", str(10 * setting.repetitions)]),
        peer="PyTorch's loop",
        theirs=lambda setting: setting.stopwatch.in_process([setting.python, str(PEERS / "epochs.py"), str(min(setting.repetitions, 5))]),
        ratio=200, answer=float),
    Case(
        "digits", "a step of 1,797 × 64, hidden 128, 10 classes, full batch, in process", None, in_process("digits", 20),
        peer="PyTorch, 2 threads", theirs=training_in_torch("digits", 10), ratio=1.5, rounds=5, answer=float),
    Case(
        "wide", "a step of 4,096 × 64, hidden 1,024, full batch, in process", None, in_process("wide", 20),
        peer="PyTorch, 2 threads", theirs=training_in_torch("wide", 10), ratio=1, rounds=5, answer=float),
    Case(
        "minibatch", "an epoch of batches of 32 on 569 × 30, hidden 32, Adam, in process", None, in_process("minibatch", 50),
        peer="PyTorch, 2 threads", theirs=training_in_torch("minibatch", 10), ratio=50, rounds=3, answer=float),
]
