"""The built program, as the interop checks call it."""

import json
import os
import pathlib
import sqlite3
import subprocess


class Difference(Exception):
    """The real library and the registry disagree."""


class Program:
    """`registry` in a folder and a registry of its own."""

    def __init__(self, program, folder):
        self.program = str(program)
        self.folder = pathlib.Path(folder)
        self.database = self.folder / "registry.db"

    def path(self, name):
        return str(self.folder / name)

    def run(self, *arguments, status=0):
        """Standard output of a call, which must end with this status."""
        words = [self.program, *map(str, arguments), "--db", str(self.database)]
        result = subprocess.run(words, capture_output=True, text=True, cwd=self.folder, stdin=subprocess.DEVNULL, timeout=120, check=False)
        if result.returncode != status:
            raise Difference(f"{' '.join(words[1:])} ended with {result.returncode}, not {status}: {result.stderr.strip()}")
        return result.stdout

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--format", "json"))

    def import_file(self, path, model, key=None, *options):
        """`model/version` of what was imported."""
        made = self.json("import", path, "--model", model, *(["--key", key] if key else []), *options)
        return f"{made['model']}/{made['version']}"

    def export(self, version, name):
        """The path of the new file, after a second export has given the same bytes."""
        paths = [self.folder / f"{copy}-{name}" for copy in ("one", "two")]
        for path in paths:
            self.run("export", version, "-o", path, "--force")
        if paths[0].read_bytes() != paths[1].read_bytes():
            raise Difference(f"two exports of {version} to {name} differ")
        os.remove(paths[1])
        return str(paths[0])

    def digest(self, version):
        """The state_dict's digest, read from the file as anyone can."""
        model, _, number = version.rpartition("/")
        query = (
            "SELECT v.state_dict_digest FROM model_versions v JOIN models m ON m.id = v.model_id WHERE m.name = ? AND v.version = ?")
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return connection.execute(query, (model, int(number))).fetchone()[0]
        finally:
            connection.close()


def expect(condition, message):
    if not condition:
        raise Difference(message)


def close(ours, theirs, scale=0.0):
    """Whether two numbers agree to 1e-6 as numpy.allclose counts, absolutely and relatively; NaN agrees with NaN.

    `scale` is the size of the numbers that they are a difference of, where that is more.
    """
    if ours != ours or theirs != theirs:
        return ours != ours and theirs != theirs
    return ours == theirs or abs(ours - theirs) <= 1e-6 + 1e-6 * max(abs(ours), scale)
