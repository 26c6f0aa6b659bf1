"""The module and the real program: what a training logged stands in the registry, and the weights come back bit for bit."""

import math
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest

import numpy

import registry


class Recording(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.db = self.folder / "registry.db"

    def rows(self, sql, *values):
        connection = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def verify(self):
        result = subprocess.run([os.environ["REGISTRY_PROGRAM"], "verify", "--db", self.db], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_a_whole_training(self):
        weights = {"fc.weight": numpy.arange(6, dtype="f4").reshape(2, 3), "fc.bias": numpy.array([0.5, math.nan], "f4")}
        (self.folder / "plot.png").write_bytes(b"\x89PNG")
        before = time.time() * 1000
        with registry.run(
            "xor", db=self.db, experiment="first tries", name="bright", params={"lr": 0.1, "net": {"width": 5}}, tags={"by": "me"},
        ) as run:
            for epoch in range(2000):
                run.log(epoch, train_loss=1 / (epoch + 1), val_loss=math.nan if epoch == 7 else 0.5)
            run.params(optimizer="sgd")
            run.tag(by="you")
            run.note("it learns")
            run.file(self.folder / "plot.png", "plots/loss.png")
            version = run.save(weights, metrics={"test_loss": 0.25}, alias="champion", step=1999, description="the last")
        self.assertEqual((version, str(version.number), version.model), (("xor", 1), "1", "xor"))
        self.assertEqual((run.number, run.model, run.experiment), (1, "xor", "first tries"))
        self.assertEqual(
            self.rows("SELECT kind, status, name, uuid FROM runs WHERE id = ?", run.number), [("log", "finished", "bright", run.uuid)])
        self.assertEqual(
            dict(self.rows("SELECT key, value FROM params WHERE run_id = 1")), {"lr": 0.1, "net.width": 5, "optimizer": "sgd"})
        metrics = self.rows("SELECT step, value, time FROM metrics WHERE run_id = 1 AND key = 'train_loss' ORDER BY step")
        self.assertEqual([(step, value) for step, value, _ in metrics], [(epoch, 1 / (epoch + 1)) for epoch in range(2000)])
        times = [moment for _, _, moment in metrics]
        self.assertTrue(before - 1 <= times[0] <= times[-1] <= time.time() * 1000)
        self.assertEqual(times, sorted(times))
        self.assertEqual(self.rows("SELECT step FROM metrics WHERE run_id = 1 AND key = 'val_loss' AND value IS NULL"), [(7,)])
        self.assertEqual(self.rows("SELECT path FROM run_files"), [("plots/loss.png",)])
        self.assertEqual(self.rows("SELECT value FROM tags WHERE key = 'by'"), [("you",)])
        self.assertEqual(self.rows("SELECT text FROM dated_notes"), [("it learns",)])
        self.assertEqual(self.rows("SELECT source, description, step FROM model_versions"), [(__file__, "the last", 1999)])
        for name in ("xor@champion", "xor/1", "latest", version):
            loaded = registry.load(name, db=self.db)
            self.assertEqual({key: (str(value.dtype), value.shape, value.tobytes()) for key, value in loaded.items()},
                             {key: (str(value.dtype), value.shape, value.tobytes()) for key, value in weights.items()})
        self.verify()

    def test_versions_of_one_run_at_several_steps(self):
        with registry.run("xor", db=self.db) as run:
            versions = [run.save({"w": [float(step)]}, step=step, metrics={"loss": step}) for step in range(3)]
        self.assertEqual([version.number for version in versions], [1, 2, 3])
        self.assertEqual([registry.load(version, db=self.db)["w"][0] for version in versions], [0, 1, 2])
        self.verify()

    def test_a_failed_run_keeps_its_error(self):
        with self.assertRaises(ZeroDivisionError):
            with registry.run("xor", db=self.db) as run:
                run.log(0, loss=1)
                print(1 / 0)
        self.assertEqual(self.rows("SELECT status, error FROM runs"), [("failed", "ZeroDivisionError: division by zero")])
        self.assertEqual(self.rows("SELECT value FROM metrics"), [(1,)])

    def test_a_closed_pipe_is_an_interrupted_run_with_all_that_came(self):
        run = registry.start("xor", db=self.db)
        run.log(0, loss=1)
        run.end(None)
        self.assertEqual(self.rows("SELECT status FROM runs"), [("interrupted",)])
        self.assertEqual(self.rows("SELECT value FROM metrics"), [(1,)])

    def test_a_run_goes_on(self):
        with registry.run("xor", db=self.db) as first:
            first.log(0, loss=1)
        with registry.run(run=first.number, db=self.db) as run:
            run.log(1, loss=0.5)
        self.assertEqual(run.number, first.number)
        self.assertEqual(self.rows("SELECT step, value FROM metrics ORDER BY step"), [(0, 1), (1, 0.5)])

    def test_a_run_in_a_run(self):
        with registry.run("xor", db=self.db) as outer, registry.run("xor", db=self.db, parent=outer.number) as inner:
            inner.log(0, loss=1)
        self.assertEqual(
            self.rows("SELECT child.parent_run_id = parent.id FROM runs child, runs parent WHERE child.id = 2 AND parent.id = 1"), [(1,)])

    def test_a_param_that_changes_is_refused(self):
        with self.assertRaisesRegex(registry.Error, "lr"):
            with registry.run("xor", db=self.db, params={"lr": 0.1}) as run:
                run.params(lr=0.2)
        self.assertEqual(self.rows("SELECT value FROM params"), [(0.1,)])

    def test_files_alone_are_a_version(self):
        (self.folder / "net.pkl").write_bytes(b"pickle")
        with registry.run("xor", db=self.db) as run:
            version = run.save(files=[self.folder / "net.pkl"])
        self.assertEqual(version, ("xor", 1))
        self.assertEqual(self.rows("SELECT path FROM version_files"), [("net.pkl",)])

    def test_an_answer_comes_though_another_thread_goes_on_logging(self):
        (self.folder / "a.txt").write_text("a")
        answered = threading.Event()
        ended = []

        def loop():
            for step in range(30_000):
                run.log(step, loss=1)
                if answered.wait(0.001):
                    break
            ended.append(answered.is_set())

        with registry.run("xor", db=self.db) as run:
            thread = threading.Thread(target=loop)
            thread.start()
            run.file(self.folder / "a.txt")
            answered.set()
            thread.join()
        self.assertEqual(ended, [True])

    def test_every_kind_of_value(self):
        params = {"lr": numpy.float64(0.1), "n": numpy.int64(3), "path": self.folder, "on": True}
        with registry.run("xor", db=self.db, params=params) as run:
            run.log(numpy.int64(-3), a=numpy.float32(0.5), b=math.inf, c=True, d=numpy.array(2.5), e=2**40)
            run.log(a=1)
            run.log(a=2, b=-math.inf)
        self.assertEqual(
            sorted(self.rows("SELECT key, step, value FROM metrics")),
            [("a", -3, 0.5), ("a", -2, 1), ("a", -1, 2), ("b", -3, math.inf), ("b", -2, -math.inf), ("c", -3, 1), ("d", -3, 2.5),
             ("e", -3, 2**40)])
        self.assertEqual(
            dict(self.rows("SELECT key, value FROM params")), {"lr": 0.1, "n": 3, "path": str(self.folder), "on": "true"})

    def test_any_line_can_be_sent(self):
        with registry.run("xor", db=self.db) as run:
            run.send({"text": "by hand", "as": "notes/a.txt"})
            answer = run.send({"dataset": {"name": "iris", "digest": "5f2c", "context": "train"}}, wait=True)
        self.assertEqual(answer["run"], run.number)
        self.assertEqual(self.rows("SELECT path FROM run_files"), [("notes/a.txt",)])
        self.assertEqual(self.rows("SELECT name, digest, context FROM run_datasets"), [("iris", "5f2c", "train")])

    def test_what_is_not_there_is_said(self):
        with registry.run("xor", db=self.db) as run:
            run.save({"w": [1.0]})
            with self.assertRaisesRegex(registry.Error, "nowhere.png"):
                run.file(self.folder / "nowhere.png")
        with self.assertRaisesRegex(registry.Error, "no version 9"):
            registry.load("xor/9", db=self.db)
        with self.assertRaisesRegex(registry.Error, "nowhere.db"):
            registry.load("xor/1", db=self.folder / "nowhere.db")


if __name__ == "__main__":
    unittest.main()
