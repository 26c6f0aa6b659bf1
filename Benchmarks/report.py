"""The table, for the terminal and for RESULTS.md."""

import datetime
import os
import platform
import subprocess

import growth


def duration(seconds):
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"


def table(results):
    """Markdown: a line per case."""
    lines = [
        "| work | ours | fastest–slowest | n | memory | promised | peer | peer's | n | its memory | ratio |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for case, ours, theirs in results:
        promised = " · ".join(
            ([duration(case.limit)] if case.limit else []) + ([f"{case.memory_limit} MB"] if case.memory_limit else [])
            + ([f"{case.ratio:g} ×"] if case.ratio else []))
        lines.append(
            f"| {case.title} | {duration(ours.seconds)} | {duration(min(ours.times))}–{duration(max(ours.times))} | {len(ours.times)} | {memory(ours)} | "
            f"{promised or '–'}{' **missed**' if is_missed(case, ours, theirs) else ''} | {case.peer if theirs else '–'} | {duration(theirs.seconds) if theirs else '–'} | {len(theirs.times) if theirs else '–'} | {memory(theirs)} | "
            f"{f'{theirs.seconds / ours.seconds:.3g} ×' if theirs else '–'} |")
    return "\n".join(lines)


def memory(figure):
    return f"{figure.megabytes:.0f} MB" if figure and figure.megabytes else "–"


def misses(results):
    """The names of the cases that took more than is promised."""
    return [case.name for case, ours, theirs in results if is_missed(case, ours, theirs)]


def is_missed(case, ours, theirs):
    return bool(
        (case.limit and ours.seconds > case.limit) or (case.memory_limit and ours.megabytes > case.memory_limit)
        or (case.ratio and theirs and theirs.seconds < case.ratio * ours.seconds))


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"


def page(results, series, peers, repetitions, busiest):
    """RESULTS.md."""
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    return f"""# Results

Written by `make bench` on {datetime.date.today().isoformat()}: {processor()}, {platform.system()} {platform.release()}; other programs took at most {busiest:.0%} of the processors.
{swift}. {peers or 'No peers: their packages could not be had.'}.

Medians of whole processes and of rounds in process, `n` of them, after one that isn't counted.
Where there is a peer, both sides' results were compared first and agree to 2e-5. `promised` is what the project holds itself to.

{table(results)}

## Growth

Medians of five whole processes for each point; a slope of 1 is linear, of 0 flat. The work that a process has in any case (start, opening
the file, the syncs of a commit) is in every point.

![Five lines on logarithmic axes]({growth.PICTURE})

{growth.table(series)}
"""
