#!/usr/bin/env python3
"""A program that speaks the lines of `registry log` and fails as $FAKE says; what it read goes to $FAKE_OUTPUT."""

import json
import os
import sys
import time

mode, answer = os.environ.get("FAKE", ""), lambda **values: print(json.dumps(values), flush=True)

if mode == "refuses":
    print("Error: 'x.db' isn't a registry.\n  hint: registry list", file=sys.stderr)
    sys.exit(65)
answer(run=7, uuid="u", model="m", experiment="e")
if mode == "reads nothing":
    time.sleep(60)
status = "interrupted"
with open(os.environ.get("FAKE_OUTPUT", os.devnull), "w", encoding="utf-8") as output:
    for number, line in enumerate(sys.stdin, 1):
        output.write(line)
        output.flush()
        if mode == "dies" and number == 3:
            print("Error: the disk is full.", file=sys.stderr)
            sys.exit(74)
        if mode == "is killed" and number == 3:
            os.kill(os.getpid(), 9)
        line = json.loads(line)
        status = line.get("end", status)
        if "bad" in line.get("metrics", {}) or "bad" in line.get("note", ""):
            print(f"Error: line {number}: that is bad.", file=sys.stderr)
            answer(line=number, error="that is bad.")
        elif "ack" in line:
            answer(ack=line["ack"], line=number, **({"model": "m", "version": 3} if "version" in line else {}))
answer(run=7, status=status)
