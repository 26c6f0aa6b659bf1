"""Round trips between the built program and the real libraries: torch, safetensors, onnx, onnxruntime, scikit-learn,
MLflow, TensorBoard.

    interop.py PROGRAM [--only TEXT]

Random architectures, types and bits from $INTEROP_SEED, else from today's date.  Prints a line for each kind of case and stops at
the first difference with the seed that shows it again.
"""

import argparse
import datetime
import os
import random
import sys
import tempfile
import time
import traceback

import csv_cases
import foreign_cases
import net_cases
import onnx_cases
import python_cases
import run_cases
import torch_cases
from program import Program


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the built registry")
    parser.add_argument("--only", default="", help="kinds whose title has this in it")
    arguments = parser.parse_args()
    seed = os.environ.get("INTEROP_SEED") or datetime.date.today().strftime("%Y%m%d")
    modules = (torch_cases, net_cases, onnx_cases, csv_cases, python_cases, run_cases, foreign_cases)
    kinds = [kind for module in modules for kind in module.KINDS if arguments.only in kind[0]]
    if not kinds:
        parser.error(f"no kind has '{arguments.only}' in its title")
    torch_cases.torch.set_num_threads(1)
    print(f"Interop with seed {seed}", flush=True)
    passed = 0
    for title, check, count in kinds:
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="interop-") as folder:
            program = Program(os.path.abspath(arguments.program), folder)
            for case in range(count):
                try:
                    check(program, random.Random(f"{seed}/{title}/{case}"))
                except Exception as error:  # whatever a library says of a file is a difference
                    traceback.print_exc()
                    print(f"\nError: {title}, case {case}: {error}", file=sys.stderr)
                    print(f"  hint: INTEROP_SEED={seed} make interop", file=sys.stderr)
                    print(f"Interop: {passed} passed, 1 failed")
                    return 1
                passed += 1
        print(f"  {title:<42} {count:>3} cases  {time.monotonic() - start:5.1f} s", flush=True)
    print(f"Interop: {passed} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
