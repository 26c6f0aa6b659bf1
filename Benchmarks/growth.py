"""How time and size grow with the work: the points, their table and their picture."""

import dataclasses
import json
import math
import pathlib
import subprocess
import tempfile

from cases.listing import registry_of

PICTURE = "growth.svg"


@dataclasses.dataclass
class Series:
    """What is measured over what; `slope` is the expected one of the line through the last points on two logarithmic axes."""
    title: str
    across: str
    up: str
    expected: str
    points: list  # (x, y)

    @property
    def slope(self):
        """Between the two largest: 1 is linear, 0 is flat."""
        (x0, y0), (x1, y1) = self.points[-2:]
        return math.log(y1 / y0) / math.log(x1 / x0)

    @property
    def is_steeper(self):
        """By more than the noise of a machine."""
        return self.slope > {"linear": 1, "flat": 0}[self.expected] + 0.2


def train(setting, *options):
    """Seconds of a `registry train` into a new file: the median of five."""
    database = pathlib.Path(setting.path("growth.db"))
    return setting.stopwatch.whole_process(
        [setting.registry, "train", "--db", str(database), "--format", "json", *options], 5,
        before=lambda: database.unlink(missing_ok=True)).seconds


def measure(setting):
    """All series."""
    samples = [(count, train(setting, "--samples", str(count), "--epochs", "1000")) for count in (80, 800, 8000, 80_000)]
    hidden = [
        (count, train(setting, "--hidden", str(count), "--samples", "800", "--epochs", "1000")) for count in (8, 64, 512, 4096)]
    epochs = [(count, train(setting, "--epochs", str(count))) for count in (2000, 20_000, 200_000)]
    sizes, lists = [], []
    for versions in (100, 1000, 10_000, 100_000):
        database = registry_of(versions, setting)
        sizes.append((versions, pathlib.Path(database).stat().st_size / 1e6))
        command = [setting.registry, "list", "--order-by", "test_loss", "--limit", "20", "--db", database]
        lists.append((versions, setting.stopwatch.whole_process(command, 5).seconds))
    return [
        Series("train by samples (1,000 epochs)", "samples", "seconds", "linear", samples),
        Series("train by hidden units (800 samples, 1,000 epochs)", "hidden units", "seconds", "linear", hidden),
        Series("train by epochs (each with its loss stored)", "epochs", "seconds", "linear", epochs),
        Series("file by versions (20 metrics, 9 params each)", "versions", "MB", "linear", sizes),
        Series("list --order-by test_loss --limit 20 by versions", "versions", "seconds", "flat", lists),
    ]


def table(series):
    """Markdown: a line per series."""
    lines = ["| work | points | expected | slope of the last two |", "| --- | --- | --- | --- |"]
    for one in series:
        points = ", ".join(f"{x:,}: {y:.3g}" for x, y in one.points)
        lines.append(f"| {one.title}, {one.up} | {points} | {one.expected} | {one.slope:.2f}{' **steeper**' if one.is_steeper else ''} |")
    return "\n".join(lines)


# Run by the Python with the peers' packages, of which matplotlib is one; this one may have nothing but its library.
DRAW = """
import json, sys
import matplotlib
matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "registry", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9})
from matplotlib import pyplot
series = json.load(open(sys.argv[1]))
figure, axes = pyplot.subplots(2, 3, figsize=(11, 6))
for one, axis in zip(series, axes.flat):
    x, y = zip(*one["points"])
    axis.loglog(x, y, "o-", color="#2a78d6")
    if one["expected"] == "linear":
        axis.loglog(x, [y[-1] * value / x[-1] for value in x], ":", color="#888888")
    axis.set_ylim(min(y) / 3, max(y) * 3)
    axis.set_title(one["title"], fontsize=9)
    axis.set_xlabel(one["across"])
    axis.set_ylabel(one["up"])
    axis.grid(True, alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
axes.flat[5].axis("off")
axes.flat[5].text(0, 0.8, "dotted: linear growth through the last point", color="#666666")
figure.tight_layout()
figure.savefig(sys.argv[2], facecolor="white", metadata={"Date": None})
"""


def draw(series, python, path):
    """The picture, as SVG."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([dataclasses.asdict(one) for one in series], file)
        file.flush()
        subprocess.run([python, "-c", DRAW, file.name, str(path)], check=True)
