#!/usr/bin/env python3
"""Checks the `import` lines of Sources/*/ against the house: who may know whom.  SwiftPM lets sibling targets import freely."""

import collections
import pathlib
import re
import sys

# Room -> what it may import, besides the system modules below.
HOUSE = {
    "CSQLite": set(),
    "SQLite": {"CSQLite"},
    "CChecksums": set(),
    "Tensors": {"CChecksums"},
    "Files": set(),
    "CKernels": set(),
    "NeuralNets": {"Tensors", "CKernels"},
    "Datasets": {"Tensors", "Files"},
    "Training": {"Tensors", "NeuralNets", "Datasets"},
    # It changes SQLite for the whole process: the program may choose that, a library may not.
    "CWriteBack": {"CSQLite"},
    "CSchema": set(),
    # The store knows texts and tensors; what nets and datasets are, ModelRegistry knows, and it alone knows how they are trained.
    "RegistryStore": {"CSchema", "SQLite", "Tensors", "Files"},
    "ModelRegistry": {"RegistryStore", "SQLite", "Training", "NeuralNets", "Datasets", "Tensors"},
    # A state_dict needs Tensors alone; its folder ONNX writes whole predictors, from raw rows to labels.  Training knows no Formats.
    "Formats": {"CChecksums", "Tensors", "Files", "Training", "NeuralNets", "Datasets"},
    # What others recorded, as plain values: it knows nothing of where they go.
    "ForeignRuns": {"SQLite", "Tensors", "Files", "JSONText"},
    "RegistryFunctions": {"ModelRegistry"},
    "Plots": set(),
    "OutputPatterns": set(),
    "JSONText": set(),
    "registry": {
        "ModelRegistry", "Formats", "ForeignRuns", "Training", "NeuralNets", "Datasets", "Tensors", "Plots", "OutputPatterns", "Files", "JSONText",
        "CWriteBack", "ArgumentParser"},
}
# Full Foundation is refused: it would be loaded at each start of the program.
SYSTEM = {"FoundationEssentials", "Glibc", "Synchronization"}
# C header -> the one room that may include it.
HEADERS = {"sqlite3.h": "CSQLite"}

IMPORT = re.compile(
    r"(?:^|;)[ \t]*(?:@\w+(?:\([^)]*\))?[ \t]+)*(?:(?:public|package|internal|fileprivate|private)[ \t]+)?"
    r"import[ \t]+(?:(?:struct|class|enum|protocol|actor|typealias|func|let|var)[ \t]+)?(\w+)")
INCLUDE = re.compile(r"^[ \t]*#[ \t]*(?:include|import)[ \t]*[<\"]([^>\"]+)[>\"]")


def problems_of_file(room, path, text):
    """The refused imports of one file, as (path, line, problem)."""
    for number, line in enumerate(text.splitlines(), 1):
        for module in IMPORT.findall(line) if path.endswith(".swift") else []:
            if module not in HOUSE[room] | SYSTEM | {room}:
                allowed = ", ".join(sorted(HOUSE[room])) or "nothing"
                yield path, number, f"{room} may not import {module}; it may import {allowed} (and {', '.join(sorted(SYSTEM))})"
        for header in INCLUDE.findall(line) if path.endswith((".c", ".h")) else []:
            if HEADERS.get(header, room) != room:
                yield path, number, f"{room} may not include {header}; only {HEADERS[header]} may"


def problems_of_house(files):
    """All problems of {path below Sources: text}: refused imports, and rooms that the table lacks or has too many."""
    rooms = {path.split("/")[0] for path in files}
    for room in sorted(rooms - HOUSE.keys()):
        yield room, 0, "is not in the table HOUSE of Scripts/layers.py"
    for room in sorted(HOUSE.keys() - rooms):
        yield room, 0, "stands in the table HOUSE of Scripts/layers.py, but not in Sources"
    for path, text in sorted(files.items()):
        room = path.split("/")[0]
        if room in HOUSE:
            yield from problems_of_file(room, path, text)


LARGEST_FOLDER = 20


def problems_of_folders(files):
    """Folders that hold more files than one looks through."""
    counts = collections.Counter(path.rpartition("/")[0] for path in files)
    for folder, count in sorted(counts.items()):
        if count > LARGEST_FOLDER:
            yield folder, 0, f"holds {count} files; a folder has {LARGEST_FOLDER} at most"


def main():
    sources = pathlib.Path(__file__).resolve().parent.parent / "Sources"
    files = {
        str(path.relative_to(sources)): path.read_text(encoding="utf-8")
        for path in sources.rglob("*") if path.suffix in {".swift", ".c", ".h"}
    }
    problems = [*problems_of_house(files), *problems_of_folders(files)]
    for path, line, problem in problems:
        print(f"Sources/{path}{f':{line}' if line else ''}: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
