#!/usr/bin/env python3
"""Measures the worst wait of a flush where many processes log into one file at once: 32, with 1,000 metrics each, unless told otherwise.

usage: log_contention.py REGISTRY [PROCESSES [METRICS [PER_SECOND [EVERY]]]]

REGISTRY is the built program.  Each writer sends so many lines a second (1,000 unless told otherwise: 0 is as many as it can) and asks for an
acknowledgement of each EVERYth (250 unless told otherwise): how long that takes is the wait.  Lines are sent twenty times a second, those of
50 ms together: one by one, the clients would need more of the processors than what is measured.  Asks that nothing is lost.
"""

import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time


class Writer(threading.Thread):
    def __init__(self, registry, path, number, metrics, rate, every):
        super().__init__()
        self.metrics, self.rate, self.every = metrics, rate, every
        self.sent, self.waits, self.failure = {}, [], None
        self.begun = threading.Event()
        self.process = subprocess.Popen(
            [registry, "log", "--db", path, "--name", f"job {number}", "--format", "json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        self.reader = threading.Thread(target=self.read)

    def read(self):
        for line in self.process.stdout:
            self.begun.set()  # The first line says which run it is.
            if line.startswith('{"ack":'):
                step = int(line[7:line.index(",")])
                self.waits.append(time.perf_counter() - self.sent[step])

    def line(self, step):
        ack = f', "ack": {step}' if step % self.every == self.every - 1 else ""
        return f'{{"step": {step}, "loss": {step}.5{ack}}}\n'

    def run(self):
        self.reader.start()
        self.begun.wait()
        start = time.perf_counter()
        together = max(1, self.rate // 20) if self.rate else self.metrics
        for first in range(0, self.metrics, together):
            steps = range(first, min(first + together, self.metrics))
            lines = "".join(map(self.line, steps))
            self.sent.update(dict.fromkeys(steps, time.perf_counter()))
            self.process.stdin.write(lines)
            self.process.stdin.flush()
            if self.rate:
                time.sleep(max(0, start + steps.stop / self.rate - time.perf_counter()))
        self.process.stdin.write('{"end": "finished"}\n')
        self.process.stdin.close()
        self.reader.join()
        self.failure = self.process.wait()


def main():
    registry, *numbers = sys.argv[1:]
    processes, metrics, rate, every = ([int(number) for number in numbers] + [32, 1000, 1000, 250][len(numbers):])[:4]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "registry.db"
        subprocess.run([registry, "log", "--db", path], input='{"end": "finished"}\n', text=True, check=True, stdout=subprocess.DEVNULL)
        writers = [Writer(registry, path, number, metrics, rate, every) for number in range(processes)]
        start = time.perf_counter()
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        seconds = time.perf_counter() - start
        assert all(writer.failure == 0 for writer in writers), [writer.failure for writer in writers]
        waits = sorted(wait for writer in writers for wait in writer.waits)
        stored, = sqlite3.connect(path).execute("SELECT count(*) FROM metrics WHERE value = step + 0.5").fetchone()
        assert stored == processes * metrics, stored
        print(
            f"{processes} processes, {metrics} metrics each at {rate or 'as many as they can'} a second, in {seconds:.1f} s: nothing lost;"
            f" waits for an acknowledgement: median {waits[len(waits) // 2] * 1e3:.0f} ms, 99 % {waits[len(waits) * 99 // 100] * 1e3:.0f} ms,"
            f" worst {waits[-1] * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
