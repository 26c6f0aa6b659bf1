"""Clocks: whole processes from outside, and programs that time themselves."""

import dataclasses
import json
import pathlib
import statistics
import subprocess


@dataclasses.dataclass
class Figure:
    """What one side of a case took."""
    times: list  # seconds of each repetition
    megabytes: float | None  # median of the peaks of resident memory
    output: str  # of the last repetition, for the check

    @property
    def seconds(self):
        return statistics.median(self.times)


class Stopwatch:
    """Runs whole processes under spawn.c, which is compiled once."""

    def __init__(self, folder):
        self.output = pathlib.Path(folder, "output.txt")
        self.spawn = str(pathlib.Path(folder, "spawn"))
        source = pathlib.Path(__file__).with_name("spawn.c")
        subprocess.run(["clang", "-O2", "-o", self.spawn, str(source)], check=True)

    def whole_process(self, command, repetitions, before=lambda: None):
        """Wall times and peak memory of a command; `before` runs ahead of each, unmeasured.  A first run isn't counted."""
        times, peaks = [], []
        for repetition in range(repetitions + 1):
            before()
            report = subprocess.run([self.spawn, str(self.output), *command], check=True, capture_output=True, text=True).stdout
            seconds, kilobytes, status = report.split()
            text = self.output.read_text(encoding="utf-8")
            if status != "0":
                raise RuntimeError(f"{' '.join(command)} ended with {status}:\n{text}")
            if repetition > 0:
                times.append(float(seconds))
                peaks.append(int(kilobytes) / 1024)
        return Figure(times, statistics.median(peaks), text)

    def in_process(self, command):
        """The figures of a program that prints {"seconds": [...], "check": number} and leaves out its own first run."""
        result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return Figure(result["seconds"], None, str(result["check"]))
