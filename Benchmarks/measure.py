"""Clocks: whole processes from outside, and programs that time themselves."""

import dataclasses
import json
import os
import pathlib
import resource
import statistics
import subprocess
import time


@dataclasses.dataclass
class Figure:
    """What one side of a case took."""
    times: list  # seconds of each repetition
    megabytes: float | None  # median of the peaks of resident memory
    output: str  # of the last repetition, for the check

    @property
    def seconds(self):
        return statistics.median(self.times)

    @staticmethod
    def of(rounds):
        """One figure of several rounds."""
        return Figure([time for figure in rounds for time in figure.times], rounds[-1].megabytes, rounds[-1].output)


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

    def in_process(self, command, environment=None):
        """The figures of a program that prints {"seconds": [...], "check": number} and leaves out its own first run."""
        result = json.loads(
            subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | (environment or {})).stdout)
        return Figure(result["seconds"], None, str(result["check"]))


class Bystanders:
    """The share of the machine's processors that went to programs other than ours while a `with` ran.

    A time taken beside others' work says little: peers with threads that spin for each other suffer far more from it than ours.
    """
    share = 0.0

    def __enter__(self):
        self.start = time.perf_counter(), self.busy(), self.own()
        return self

    def __exit__(self, *_):
        elapsed = time.perf_counter() - self.start[0]
        foreign = self.busy() - self.start[1] - (self.own() - self.start[2])
        self.share = max(0.0, foreign / (elapsed * os.cpu_count()))

    @staticmethod
    def busy():
        """Seconds that all processors have worked."""
        with open("/proc/stat", encoding="ascii") as file:
            user, nice, system, _, _, irq, softirq, *_ = map(int, file.readline().split()[1:])
        return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def own():
        """Seconds that this process and all that it started have worked."""
        usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(usage.ru_utime + usage.ru_stime for usage in usages)
