"""`registry run` around scripts that know nothing of it: the tutorial's training with the real torch."""

import os
import pathlib
import re
import sqlite3
import subprocess
import sys

from program import close, expect

TUTORIAL = pathlib.Path(__file__).with_name("tutorial.py")
PATTERNS = [
    "Train loss at {step} is {train_loss}", "Before Training, test loss is {test_loss_before}", "After Training, test loss is {test_loss}",
]


def rows(program, query, *values):
    connection = sqlite3.connect(f"file:{program.database}?mode=ro", uri=True)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


def tutorial(program, random):
    """Its 20 losses, its test loss before and after, its output, its arguments, and a model.pt that predicts what it printed."""
    (seed, hidden) = (random.randrange(10_000), random.randint(2, 12))
    words = [program.program, "run", "--db", str(program.database), "--model", "tutorial", "--weights", "model.pt", "--alias", "champion"]
    for pattern in PATTERNS:
        words += ["--pattern", pattern]
    words += ["--", sys.executable, str(TUTORIAL), "--seed", str(seed), f"--hidden={hidden}", "--lr", "0.030"]
    result = subprocess.run(words, capture_output=True, cwd=program.folder, stdin=subprocess.DEVNULL, timeout=300, check=False)
    expect(result.returncode == 0, f"it ended with {result.returncode}: {result.stderr.decode()}")
    printed = result.stdout.decode()
    run = rows(program, "SELECT max(id) FROM runs")[0][0]

    losses = [(int(step), float(loss)) for step, loss in re.findall(r"Train loss at (\d+) is (\S+)", printed)]
    stored = rows(program, "SELECT step, value FROM metrics WHERE run_id = ? AND key = 'train_loss' ORDER BY step", run)
    expect(len(losses) == 20 and stored == losses, f"losses {stored}, printed {losses}")
    for key, text, step in [("test_loss_before", "Before", 0), ("test_loss", "After", 1900)]:
        loss = float(re.search(rf"{text} Training, test loss is (\S+)", printed)[1])
        stored = rows(program, "SELECT step, value FROM metrics WHERE run_id = ? AND key = ?", run, key)
        expect(stored == [(step, loss)], f"{key} {stored}, printed {loss}")
    params = dict(rows(program, "SELECT key, coalesce(text, CAST(value AS TEXT)) FROM params WHERE run_id = ?", run))
    expect(params == {"seed": str(seed), "hidden": str(hidden), "lr": "0.030"}, f"{params}")
    expect(rows(program, "SELECT kind, status, exit_code FROM runs WHERE id = ?", run) == [("log", "finished", 0)], "status")

    version = f"tutorial/{rows(program, 'SELECT max(version) FROM model_versions')[0][0]}"
    digest = program.digest(program.import_file(os.path.join(program.folder, "model.pt"), "copy"))
    expect(program.digest(version) == digest, f"{version} isn't model.pt")
    kept = program.run("sql", f"SELECT path FROM run_files WHERE run_id = {run}", "--format", "csv").split()
    expect("output.log" in kept, f"files {kept}")
    probability = float(re.search(r"확률은 (\S+)", printed)[1])
    answer = program.json("predict", "--version", "tutorial@champion", "-1", "1")
    expect(close(answer[0]["probability"], probability), f"{answer} for [-1, 1], printed {probability}")


KINDS = [("the tutorial's own script, recorded", tutorial, 3)]
