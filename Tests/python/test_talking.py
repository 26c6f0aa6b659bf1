"""The module against a program that fails: what went wrong is always said, and a loop is never stopped by it in silence."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import unittest

import registry

FAKE = str(pathlib.Path(__file__).with_name("fake_program.py"))


class Talking(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.output = pathlib.Path(folder.name, "lines")
        self.addCleanup(os.environ.update, {"REGISTRY_PROGRAM": os.environ.get("REGISTRY_PROGRAM", "")})
        os.environ.update({"REGISTRY_PROGRAM": FAKE, "FAKE_OUTPUT": str(self.output), "FAKE": ""})

    def fail(self, mode):
        os.environ["FAKE"] = mode

    def lines(self):
        return [json.loads(line) for line in self.output.read_text().splitlines()]

    def script(self, text, **options):
        """A whole script, in a process of its own."""
        text = "import os, registry, signal, sys, time\n" + textwrap.dedent(text)
        return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60, **options)

    def test_lines_are_in_order_and_each_is_one_object(self):
        with registry.run(params={"lr": 0.1}, tags={"a": "b"}) as run:
            for step in range(1300):
                run.log(step, loss=step / 7)
            run.note("a\ttab },\t{ and a\nnew line")
            run.log(None, {"val/loss": 1}, time=2.5)
        lines = self.lines()
        self.assertEqual(lines[:2], [{"params": {"lr": 0.1}}, {"tags": {"a": "b"}}])
        self.assertEqual([(line["step"], line["metrics"]) for line in lines[2:1302]], [(step, {"loss": step / 7}) for step in range(1300)])
        now = time.time() * 1000
        self.assertTrue(all(now - 60_000 < line["time"] <= now for line in lines[2:1302]))
        self.assertEqual(lines[1302:], [
            {"note": "a\ttab },\t{ and a\nnew line"}, {"time": 2500, "metrics": {"val/loss": 1}}, {"end": "finished"}])

    def test_not_finite(self):
        with registry.run() as run:
            run.log(0, a=float("nan"), b=float("inf"), c=float("-inf"))
        self.assertIn('"metrics":{"a":NaN,\t"b":Infinity,\t"c":-Infinity}', self.output.read_text())

    def test_what_is_no_number_is_refused_at_once(self):
        with registry.run() as run:
            for value in (None, "half", [1, 2], {}):
                with self.assertRaisesRegex(TypeError, "^'loss' is .*, which isn't a number"):
                    run.log(0, loss=value)
            with self.assertRaises(TypeError):
                run.log(0.5, loss=1)
            run.log(epoch=3, loss=True)
        self.assertEqual([line.get("metrics") for line in self.lines()], [{"loss": 1.0}, None])

    def test_a_bad_line_is_raised_at_the_next_call_and_the_rest_goes_on(self):
        run = registry.start()
        run.log(0, bad=1)
        with self.assertRaisesRegex(registry.Error, "^that is bad.$"):
            while True:
                run.log(1, good=1)
                time.sleep(0.01)
        run.log(2, good=1)
        run.end()
        self.assertEqual(self.lines()[-2]["step"], 2)

    def test_a_bad_line_is_raised_at_the_end(self):
        with self.assertRaisesRegex(registry.Error, r"^that is bad.(\nthat is bad.){4}\n… and 15 more.$"):
            with registry.run() as run:
                for _ in range(20):
                    run.note("bad")
        run.end()
        with self.assertRaisesRegex(registry.Error, "^run 7 has ended.$"):
            run.log(3, loss=1)

    def test_a_bad_line_that_is_waited_for_is_raised_by_its_own_call(self):
        with registry.run() as run:
            with self.assertRaisesRegex(registry.Error, "that is bad"):
                run.send({"note": "bad"}, wait=True)
            self.assertEqual(run.save(__file__), registry.Version("m", 3))

    def test_a_call_that_raises_an_earlier_error_is_recorded(self):
        run = registry.start()
        for call, key in (
            (lambda: run.log(3, loss=1), "metrics"), (lambda: run.note("good"), "note"), (lambda: run.save(__file__), "version")):
            run.note("bad")
            while not run._errors:
                time.sleep(0.01)
            with self.assertRaisesRegex(registry.Error, "^that is bad.$"):
                call()
        run.end()
        self.assertEqual(
            [next(iter(line.keys() & {"metrics", "note", "version", "end"})) for line in self.lines()],
            ["note", "metrics", "note", "note", "note", "version", "end"])

    def test_an_end_that_is_none_leaves_the_run_open(self):
        run = registry.start()
        with self.assertRaisesRegex(ValueError, "^'bogus' is no end of a run: finished, failed, killed or interrupted.$"):
            run.end("bogus")
        with self.assertRaises(TypeError):
            run.end("finished", bogus=3)
        with self.assertRaises(TypeError):
            run.end("failed", exit_code=1.5)
        run.end("failed", error=ValueError("no data"), exit_code=1)
        self.assertEqual(self.lines(), [{"end": "failed", "error": "no data", "exit_code": 1}])

    def test_a_program_that_dies_is_said_with_its_own_words(self):
        for mode, words in ("dies", "^the disk is full.$"), ("is killed", "ended with -9"):
            with self.subTest(mode):
                self.fail(mode)
                run = registry.start()
                with self.assertRaisesRegex(registry.Error, words):
                    for step in range(1_000_000):
                        run.log(step, loss=1.0)
                        time.sleep(0.001)
                with self.assertRaisesRegex(registry.Error, "has ended"):
                    run.log(0, loss=1.0)
                with self.assertRaisesRegex(registry.Error, "has ended"):
                    run.save(__file__)
                run.end()

    def test_a_program_that_dies_while_it_is_waited_for(self):
        self.fail("dies")
        run = registry.start()
        with self.assertRaisesRegex(registry.Error, "^the disk is full.$"):
            for _ in range(3):
                run.send({"note": "x"}, wait=True)

    def test_a_program_that_does_not_start(self):
        self.fail("refuses")
        with self.assertRaisesRegex(registry.Error, "^'x.db' isn't a registry.\n  hint: registry list$"):
            registry.start()
        os.environ["REGISTRY_PROGRAM"] = "/nowhere/registry"
        with self.assertRaisesRegex(registry.Error, "^no program '/nowhere/registry' here: install the wheel"):
            registry.start()
        with self.assertRaisesRegex(registry.Error, "^no program"):
            registry.load("latest")

    def test_memory_is_bounded(self):
        self.fail("reads nothing")
        most, registry._MOST_WAITING = registry._MOST_WAITING, 5000
        self.addCleanup(setattr, registry, "_MOST_WAITING", most)
        run = registry.start()
        logged = []

        def loop():
            try:
                for step in range(1_000_000):
                    run.log(step, loss=1.0)
                    logged.append(step)
            except registry.Error:
                pass

        thread = threading.Thread(target=loop)
        thread.start()
        time.sleep(1)
        self.assertLess(len(logged), 15_000)
        self.assertTrue(thread.is_alive())
        run._process.kill()
        thread.join(10)
        self.assertFalse(thread.is_alive())

    def test_threads(self):
        with registry.run() as run:
            threads = [threading.Thread(target=lambda key=key: [run.log(step, {key: step}) for step in range(2000)]) for key in "abcd"]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        steps = {key: [line["step"] for line in self.lines() if key in line.get("metrics", {})] for key in "abcd"}
        self.assertEqual(steps, dict.fromkeys("abcd", list(range(2000))))

    def test_a_forked_process_neither_logs_nor_ends_the_run(self):
        with registry.run() as run:
            run.log(0, loss=1)
            child = os.fork()
            if child == 0:
                try:
                    run.log(1, loss=1)
                except registry.Error as error:
                    right = f"belongs to process {os.getppid()}" in str(error)
                run.end()
                # Longer than its parent: the program is not to wait for it.
                time.sleep(2)
                os._exit(0 if right else 1)
            run.log(2, loss=1)
            start = time.monotonic()
        self.assertLess(time.monotonic() - start, 1.5)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual([line.get("step") for line in self.lines()], [0, 2, None])
        self.assertEqual(self.lines()[-1], {"end": "finished"})

    def test_workers_of_multiprocessing(self):
        result = self.script("""
            import multiprocessing
            run = registry.start()
            with multiprocessing.get_context("fork").Pool(2) as pool:
                print(sum(pool.map(abs, range(-100, 0))))
                run.log(0, loss=1)
            run.end()
            """)
        self.assertEqual((result.stdout, result.stderr, result.returncode), ("5050\n", "", 0))
        self.assertEqual([list(line) for line in self.lines()], [["step", "time", "metrics"], ["end"]])

    def test_an_exception_ends_the_run_and_goes_on(self):
        for raised, line in [
            ("ValueError('no data')", {"end": "failed", "error": "ValueError: no data"}),
            ("KeyboardInterrupt", {"end": "interrupted", "error": "KeyboardInterrupt"}),
            ("SystemExit(3)", {"end": "failed", "error": "SystemExit: 3"}), ("SystemExit(0)", {"end": "finished"}),
        ]:
            with self.subTest(raised):
                with self.assertRaises(BaseException) as context:
                    with registry.run() as run:
                        run.log(0, loss=1)
                        raise eval(raised)
                self.assertIsInstance(context.exception, (ValueError, KeyboardInterrupt, SystemExit))
                self.assertEqual(self.lines()[-1], line)

    def test_a_script_without_an_end_is_interrupted_with_all_that_it_logged(self):
        result = self.script("""
            run = registry.start()
            for step in range(5000):
                run.log(step, loss=1)
            sys.exit(4)
            """)
        self.assertEqual((result.stderr, result.returncode), ("", 4))
        self.assertEqual([line.get("step") for line in self.lines()], list(range(5000)))

    def test_what_went_wrong_is_said_where_no_call_comes_after_it(self):
        self.fail("dies")
        result = self.script("run = registry.start()\nfor step in range(9): run.log(step, loss=1)")
        self.assertEqual((result.stderr, result.returncode), ("registry: the disk is full.\n", 0))
        result = self.script("""
            with registry.run() as run:
                for step in range(9):
                    run.log(step, loss=1)
                time.sleep(1)
                1 / 0
            """)
        self.assertIn("registry: the disk is full.\n", result.stderr)
        self.assertIn("ZeroDivisionError", result.stderr)

    def test_interrupting_a_terminal_ends_the_run_by_the_training(self):
        text = """
            with registry.run() as run:
                run.log(0, loss=1)
                os.killpg(0, signal.SIGINT)
                time.sleep(9)
            """
        result = self.script(text, start_new_session=True)
        self.assertIn("KeyboardInterrupt", result.stderr)
        self.assertEqual(self.lines()[-1], {"end": "interrupted", "error": "KeyboardInterrupt"})

    def test_a_script_that_dies_of_broken_pipes_does_not_die_of_this_one(self):
        self.fail("dies")
        result = self.script("""
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            run = registry.start()
            try:
                while True:
                    run.log(0, loss=1)
            except registry.Error as error:
                print(error)
            """)
        self.assertEqual((result.stdout, result.returncode), ("the disk is full.\n", 0))

    def test_parameters_of_every_kind(self):
        import argparse
        with registry.run() as run:
            run.params(argparse.Namespace(lr=0.1, path=pathlib.Path("a/b"), none=None))
            run.params({"net": {"width": 3}}, depth=2)
        self.assertEqual(self.lines()[:2], [
            {"params": {"lr": 0.1, "path": "a/b", "none": None}}, {"params": {"net": {"width": 3}, "depth": 2}}])


if __name__ == "__main__":
    unittest.main()
