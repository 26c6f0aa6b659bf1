#!/usr/bin/env python3
"""The layer check's own test: what it must refuse, and what it must not."""

import unittest

import layers

REFUSED = [
    ("SQLite/A.swift", "import Tensors"),
    ("Tensors/A.swift", "import SQLite"),
    ("NeuralNets/A.swift", "public import Datasets"),
    ("Datasets/A.swift", "internal import NeuralNets"),
    ("Training/A.swift", "import ModelRegistry"),
    ("RegistryStore/A.swift", "import CSQLite"),
    ("RegistryStore/Runs/A.swift", "import Training"),
    ("RegistryStore/Datasets/A.swift", "internal import Datasets"),
    ("RegistryStore/A.swift", "import ModelRegistry"),
    ("ModelRegistry/A.swift", "@_exported public import Plots"),
    ("Plots/A.swift", "import Tensors"),
    ("registry/A.swift", "import SQLite"),
    ("registry/Commands/A.swift", "@testable import CKernels"),
    ("registry/A.swift", "import struct SQLite.Value"),
    ("ModelRegistry/A.swift", "internal import CWriteBack"),
    ("SQLite/A.swift", "import CWriteBack"),
    ("registry/A.swift", "import Tensors; import CSQLite"),
    ("Training/A.swift", "import Foundation"),
    ("Training/A.swift", "#if canImport(Glibc)\nimport Glibc\n#endif\n  private import struct Foundation.Date"),
    ("CKernels/a.c", "#include <sqlite3.h>"),
    ("Kitchen/A.swift", ""),
]
ALLOWED = [
    ("registry/Program.swift", "import CWriteBack"),
    ("SQLite/A.swift", "internal import CSQLite\ninternal import Glibc"),
    ("ModelRegistry/A.swift", "@_exported public import RegistryStore"),
    ("ModelRegistry/A.swift", "public import Training\ninternal import FoundationEssentials"),
    ("registry/Commands/A.swift", "public import ArgumentParser\nimport ModelRegistry"),
    ("registry/A.swift", "// import SQLite is not for us\nlet important = 1"),
    ("CSQLite/csqlite.h", "#include <sqlite3.h>"),
    ("CKernels/a.c", "#include <math.h>"),
]
# A file in every room, so that none is missing.
EMPTY_HOUSE = {f"{room}/Empty.swift": "" for room in layers.HOUSE}


class LayerTests(unittest.TestCase):
    def test_refused_imports(self):
        for path, text in REFUSED:
            with self.subTest(path=path, text=text):
                self.assertEqual(len(list(layers.problems_of_house(EMPTY_HOUSE | {path: text}))), 1)

    def test_allowed_imports(self):
        for path, text in ALLOWED:
            with self.subTest(path=path, text=text):
                self.assertEqual(list(layers.problems_of_house(EMPTY_HOUSE | {path: text})), [])

    def test_missing_room(self):
        house = {path: text for path, text in EMPTY_HOUSE.items() if not path.startswith("Plots/")}
        self.assertEqual([place for place, _, _ in layers.problems_of_house(house)], ["Plots"])

    def test_names_the_line(self):
        [(path, line, _)] = layers.problems_of_house(EMPTY_HOUSE | {"Plots/A.swift": "\n\nimport Tensors\n"})
        self.assertEqual((path, line), ("Plots/A.swift", 3))


if __name__ == "__main__":
    unittest.main()
