#!/usr/bin/env python3
"""Refuses Sources/ where stored or foreign names are compared as Swift compares texts: by canonical equivalence, not by their bytes.

It reads text, so it knows a name by what it is called.  `Tensors.Name` and its helpers are what to use instead."""

import pathlib
import re
import sys

NAME = r"(?:[\w$]+\.)*(?:\w*[nN]ame|key|alias|model|category|tag|stem)"
NAMES = r"(?:[\w$]+\.)*(?:\w*[nN]ames|keys|aliases|models|categories|classes|tags)"
RULES = [
    (re.compile(r"\[(?:String|Substring) *:|\b(?:Set|Dictionary)<(?:String|Substring)\b"),
     "a dictionary or set by texts: make it one by Name"),
    (re.compile(rf"\b(?:Set|Dictionary)\((?=[^\n]*(?:\\\.(?:name|key|alias|model)\b|\.(?:name|key|alias|model), |\b{NAMES}\)|\b{NAMES}\.enumerated))(?![^\n]*Name\()"),
     "a dictionary or set of names: key it by Name"),
    (re.compile(rf"\b(?:{NAME}|{NAMES}) (?:==|!=) (?!nil\b|\"|\.|[0-9])|(?:==|!=) (?:{NAME}|{NAMES})\b(?![.?\[(])"),
     "names are compared by their bytes: hasSameBytes(as:), hasSameNames(as:) or Name"),
    (re.compile(rf"(?<!\])\.(?:contains|firstIndex|lastIndex)\((?:of: )?{NAME}\)"),
     "a name is looked up by its bytes: contains(named:), firstIndex(named:) or a Set<Name>"),
    (re.compile(rf"\b{NAMES}(?:\.map\([^()]*\))?\.sorted\(\)"),
     "names are sorted by their bytes: sortedByBytes() or Name"),
]
# File below Sources, a part of the line, and why it may stay.
ALLOWED = [
    ("RegistryStore/Query/ListKey.swift", "keys.contains(key)", "a ListKey compares its key by the bytes"),
    ("RegistryStore/Query/ListKey.swift", "keys.firstIndex(of: key)", "a ListKey compares its key by the bytes"),
    ("ModelRegistry/Comparison/Registry+Reproduce.swift", "Set(metrics.keys).union(stored.keys)", "the keys are Names"),
    ("ModelRegistry/Training/RestorableTraining.swift", "Set(rebuilt.keys).union(stored.keys)", "the keys are Names"),
    ("ModelRegistry/Functions/NetFunctions.swift", "newestSamples.key == key", "the key is the id of a row and one of two words"),
    ("Datasets/Dataset+Reading.swift", "var met: Set<String>", "it looks for names that are canonically equivalent, to warn of them"),
    ("Datasets/CSV/CellLook.swift", "placeholders: Set<String>", "the program's own words"),
    ("Formats/Safetensors/ShardIndex.swift", "found.keys.sorted()", "the keys are Names"),
    ("RegistryStore/Versions/Registry+Import.swift", "content.contents.keys.sorted()", "the keys are places"),
    ("registry/Output/Errors/ErrorReport+Formats.swift", "DangerousName.contains(name)", "a function of that name, which compares by bytes"),
    ("registry/ArgumentWord.swift", "allValueDescriptions: [String: String]", "the parser's own protocol; it is empty"),
]


def code_of(line):
    """The line without its comment."""
    return re.sub(r"(?<![:\"])//.*", "", line)


def problems_of_file(path, text, allowed=ALLOWED):
    """The refused lines of one file, as (path, line, problem)."""
    for number, line in enumerate(text.splitlines(), 1):
        code = code_of(line)
        for pattern, problem in RULES:
            if pattern.search(code) and not any(path == file and part in line for file, part, _ in allowed):
                yield path, number, problem
                break


def unused(files, allowed=ALLOWED):
    """Entries of the list that no line needs any more."""
    for file, part, _ in allowed:
        lines = [line for line in files.get(file, "").splitlines() if part in line]
        if not any(pattern.search(code_of(line)) for line in lines for pattern, _ in RULES):
            yield file, 0, f"nothing needs the entry '{part}' of ALLOWED in Scripts/names.py any more"


def main():
    sources = pathlib.Path(__file__).resolve().parent.parent / "Sources"
    files = {str(path.relative_to(sources)): path.read_text(encoding="utf-8") for path in sources.rglob("*.swift")}
    problems = [problem for path, text in sorted(files.items()) for problem in problems_of_file(path, text)]
    problems += unused(files)
    for path, line, problem in problems:
        print(f"Sources/{path}{f':{line}' if line else ''}: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
