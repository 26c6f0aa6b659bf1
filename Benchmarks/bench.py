#!/usr/bin/env python3
"""Builds release, measures ours and the peers in turn, prints a table and writes Benchmarks/RESULTS.md.

bench.py [CASE ...] [--repetitions 21] [--no-peers]; with cases named, or on a busy machine, nothing is written.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import growth
import peer_python
import report
from case import Setting
from cases import CASES
from measure import Bystanders, Figure, Stopwatch

# More of the processors than this for others, and no figure is kept.
QUIET = 0.1
ROOT = pathlib.Path(__file__).resolve().parent.parent


def build():
    """Builds the program as `make build` does, and the in-process half; gives their folder."""
    environment = os.environ | {"REGISTRY_BENCHMARKS": "1"}
    flags = ["-c", "release", "--static-swift-stdlib", "-Xswiftc", "-use-ld=lld", "-debug-info-format", "none"]
    for product in ("registry", "InProcessBenchmark"):
        subprocess.run(["swift", "build", "--quiet", *flags, "--product", product], cwd=ROOT, env=environment, check=True)
    folder = subprocess.run(
        ["swift", "build", *flags, "--show-bin-path"], cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    return pathlib.Path(folder.strip())


def measure(case, setting, python):
    """Both sides in turn, as often as the case says; the peer's is None where it has none."""
    ours, theirs = [], []
    for _ in range(case.rounds):
        ours.append(case.ours(setting))
        if case.theirs and (python or case.peer.startswith("a C")):
            theirs.append(case.theirs(setting))
    return Figure.of(ours), Figure.of(theirs) if theirs else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(case.name for case in CASES)}, growth; all by default")
    parser.add_argument("--only", help="the same, separated by commas")
    parser.add_argument("--repetitions", type=int, default=21)
    parser.add_argument("--no-peers", action="store_true")
    arguments = parser.parse_args()
    if arguments.repetitions < 5:
        parser.error("a median of fewer than 5 says little")
    chosen = arguments.cases + (arguments.only.split(",") if arguments.only else [])
    names = chosen or [case.name for case in CASES]
    unknown = set(names) - {case.name for case in CASES} - {"growth"}
    if unknown:
        parser.error(f"no case '{min(unknown)}'")

    binaries = build()
    python = None if arguments.no_peers else peer_python.find_python(ROOT)
    results = []
    series = []
    busiest = 0.0
    # In the clone, so that it is measured on the disk that people's registries stand on, not in memory.
    with tempfile.TemporaryDirectory(dir=ROOT / ".build") as folder:
        setting = Setting(
            str(binaries / "registry"), str(binaries / "InProcessBenchmark"), python, Stopwatch(folder), pathlib.Path(folder),
            arguments.repetitions)
        for case in (case for case in CASES if case.name in names):
            print(f"Measuring {case.name}", file=sys.stderr)
            with Bystanders() as bystanders:
                ours, theirs = measure(case, setting, python)
            busiest = max(busiest, bystanders.share)
            if theirs:
                case.check(ours, theirs)
            results.append((case, ours, theirs))
        if not chosen or "growth" in chosen:
            print("Measuring growth", file=sys.stderr)
            with Bystanders() as bystanders:
                series = growth.measure(setting)
            busiest = max(busiest, bystanders.share)

    if results:
        print(report.table(results))
    if series:
        print(growth.table(series))
    for name in report.misses(results):
        print(f"Warning: {name} takes more than is promised.", file=sys.stderr)
    if busiest > QUIET:
        print(f"Warning: other programs took {busiest:.0%} of the processors; these figures mean little.", file=sys.stderr)
    if chosen or busiest > QUIET:
        print("Benchmarks/RESULTS.md is as it was.", file=sys.stderr)
    else:
        peers = peer_python.versions(python) if python else None
        if python:
            growth.draw(series, python, ROOT / "Benchmarks" / growth.PICTURE)
        page = report.page(results, series, peers, arguments.repetitions, busiest)
        (ROOT / "Benchmarks" / "RESULTS.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
