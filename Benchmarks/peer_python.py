"""The Python that has the peers' packages: $BENCH_PYTHON, else a virtual environment made here, else none."""

import os
import pathlib
import subprocess
import sys

PACKAGES = ["torch", "numpy", "pandas", "scikit-learn", "mlflow", "matplotlib"]
IMPORTS = "import torch, numpy, pandas, sklearn, importlib.util as util; assert util.find_spec('mlflow') and util.find_spec('matplotlib')"


def find_python(root):
    """The path of a Python with the peers, or None with a notice on standard error."""
    given = os.environ.get("BENCH_PYTHON")
    python = given or str(pathlib.Path(root, ".venv", "bin", "python"))
    if has_peers(python):
        return python
    if given:
        print(f"BENCH_PYTHON={given} has no {' and '.join(PACKAGES)}: measured without peers.", file=sys.stderr)
        return None
    print(f"Installing {', '.join(PACKAGES)} into .venv (about 1.5 GB; BENCH_PYTHON names another Python)", file=sys.stderr)
    try:
        subprocess.run([sys.executable, "-m", "venv", str(pathlib.Path(root, ".venv"))], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"The peers can't be installed ({error}): measured without them.", file=sys.stderr)
        return None
    return python if has_peers(python) else None


def has_peers(python):
    try:
        return subprocess.run([python, "-c", IMPORTS], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def versions(python):
    """`torch 2.13.0, …` of that Python."""
    code = (
        "import sys, importlib.metadata as metadata; print('Python', sys.version.split()[0] + ''.join("
        "f', {name} {metadata.version(name)}' for name in ('torch', 'numpy', 'pandas', 'scikit-learn', 'mlflow')))")
    return subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
