"""What a case is, and what every case gets."""

import dataclasses
import math
import pathlib
import subprocess
from typing import Callable

from measure import Figure

PEERS = pathlib.Path(__file__).parent / "peers"


@dataclasses.dataclass
class Setting:
    """What every case gets: programs, a clock, a folder, and how often."""
    registry: str
    in_process: str
    python: str | None  # with the peers' packages; None where they can't be had
    stopwatch: object
    folder: pathlib.Path
    repetitions: int

    def path(self, name):
        return str(self.folder / name)


@dataclasses.dataclass
class Case:
    """A line of the table.  `limit` is in seconds, `memory_limit` in MB, `ratio` is how many times as fast as the peer at least: what
    the project promises.  The two sides take turns, `rounds` times, so that a busy moment strikes both."""
    name: str
    title: str
    limit: float | None
    ours: Callable[[Setting], Figure]
    memory_limit: float | None = None
    peer: str = ""
    theirs: Callable[[Setting], Figure] | None = None
    ratio: float | None = None  # at least so many times as fast as the peer
    rounds: int = 1
    answer: Callable[[str], float] | None = None  # the number in an output that both sides must agree on

    def check(self, ours, theirs):
        """Throws unless both outputs give the same number, as near as float32 training is reproducible."""
        mine, other = self.answer(ours.output), self.answer(theirs.output)
        if not math.isclose(mine, other, rel_tol=2e-5):
            raise RuntimeError(f"{self.name}: ours gives {mine}, {self.peer} gives {other}; no time counts")


def run_once(command):
    """What a case needs beforehand, unmeasured."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def in_process(name, repetitions):
    """A case of InProcess/, in a folder of its own registries."""
    return lambda setting: setting.stopwatch.in_process([setting.in_process, name, str(repetitions), str(setting.folder)])
