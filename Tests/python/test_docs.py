"""The whole program of docs/python.md runs, and what the page says of it holds."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PAGE = pathlib.Path(__file__).resolve().parent.parent.parent / "docs/python.md"


class Docs(unittest.TestCase):
    def test_the_whole_program(self):
        program = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL).group(1)
        with tempfile.TemporaryDirectory() as folder:
            def run(*words):
                result = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                return result.stdout

            lines = run(sys.executable, "-c", program).splitlines()
            self.assertEqual(lines[0], "run 1 made line/1")
            self.assertRegex(lines[1], r"\d\.\d+,? +\d\.\d+")
            registry = os.environ["REGISTRY_PROGRAM"]
            self.assertIn("train_loss", run(registry, "show", "--run", "1"))
            self.assertIn("line", run(registry, "list"))
            run(registry, "export", "line@champion", "-o", "line.pt")
            self.assertTrue(pathlib.Path(folder, "line.pt").exists())


if __name__ == "__main__":
    unittest.main()
