#!/usr/bin/env bash
# Round trips with the real torch, safetensors, onnx, onnxruntime and scikit-learn, and imports from MLflow and TensorBoard.  $INTEROP_REGISTRY
# names a built program and $INTEROP_PYTHON a Python with the libraries; else that of the tests is brought up to date, and a virtual environment made once.
set -euo pipefail
cd "$(dirname "$0")/.."

# torch by its exact version: the newest would come with gigabytes for graphics cards where a build for processors lies ready.
# The last three come with public CSV files, which Tests/interop/csv_cases.py trains on.
readonly packages=(torch==2.13.0 numpy safetensors onnx onnxruntime scikit-learn palmerpenguins vega_datasets lifelines
  mlflow==3.17.2 tensorboard==2.21.0)
readonly imports='import torch, numpy, safetensors, onnx, onnxruntime, sklearn, palmerpenguins, vega_datasets, lifelines, mlflow, tensorboard'

if [ -z "${INTEROP_REGISTRY:-}" ]; then
  . Scripts/flags.sh
  swift build "${tests[@]}" --quiet --product registry
  INTEROP_REGISTRY=$(swift build "${tests[@]}" --show-bin-path)/registry
fi

python=${INTEROP_PYTHON:-.build/interop-venv/bin/python}
if ! "$python" -c "$imports" 2>/dev/null; then
  if [ -n "${INTEROP_PYTHON:-}" ]; then
    echo "Error: '$INTEROP_PYTHON' lacks one of: ${packages[*]}." >&2
    echo "  hint: $INTEROP_PYTHON -m pip install ${packages[*]}" >&2
    exit 1
  fi
  echo "Installing ${packages[*]} into .build/interop-venv (about 2 GB)" >&2
  python3 -m venv --clear .build/interop-venv
  "$python" -m pip install --quiet --disable-pip-version-check "${packages[@]}"
fi

PYTHONDONTWRITEBYTECODE=1 exec "$python" Tests/interop/interop.py "$INTEROP_REGISTRY" "$@"
