"""The wheel that Scripts/wheel.py packs."""

import base64
import csv
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Wheel(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.program = self.folder / "built"
        self.program.write_bytes(bytes(range(256)) * 100)

    def pack(self, name):
        words = [sys.executable, ROOT / "Scripts/wheel.py", self.program, self.folder / name]
        return pathlib.Path(subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip())

    def test_the_same_program_gives_the_same_bytes(self):
        first = self.pack("one")
        os.utime(self.program, (0, 0))
        self.assertEqual(first.read_bytes(), self.pack("two").read_bytes())

    def test_it_is_what_pip_expects(self):
        path = self.pack("dist")
        self.assertRegex(path.name, r"^model_registry_sqlite-[0-9.]+-py3-none-manylinux_2_[0-9]+_[a-z0-9_]+\.whl$")
        stem = "-".join(path.name.split("-")[:2])
        with zipfile.ZipFile(path) as archive:
            contents = {info.filename: archive.read(info) for info in archive.infolist()}
            modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
        script = f"{stem}.data/scripts/registry"
        self.assertEqual(contents[script], self.program.read_bytes())
        self.assertEqual({name for name, mode in modes.items() if mode & 0o111}, {script})
        self.assertEqual(contents["registry.py"], (ROOT / "Python/registry.py").read_bytes())
        record = {row[0]: row[1:] for row in csv.reader(contents[f"{stem}.dist-info/RECORD"].decode().splitlines())}
        self.assertEqual(record.keys(), contents.keys())
        for name, (digest, size) in record.items():
            if name != f"{stem}.dist-info/RECORD":
                expected = base64.urlsafe_b64encode(hashlib.sha256(contents[name]).digest()).rstrip(b"=").decode()
                self.assertEqual((digest, size), (f"sha256={expected}", str(len(contents[name]))))
        metadata = contents[f"{stem}.dist-info/METADATA"].decode()
        swift = (ROOT / "Sources/RegistryStore/ProgramVersion.swift").read_text(encoding="utf-8")
        self.assertIn(f"\nVersion: {re.search('= .([0-9.]+)', swift).group(1)}\n", metadata)
        self.assertIn(f"Tag: {path.stem.split('-', 2)[2]}\n", contents[f"{stem}.dist-info/WHEEL"].decode())


if __name__ == "__main__":
    unittest.main()
