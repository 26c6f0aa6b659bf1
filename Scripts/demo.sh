#!/usr/bin/env bash
# What `make demo` shows, with the `registry` that is on PATH: three trainings, their list, and two predictions.
set -euo pipefail

show() {
  echo "+ $*"
  "$@"
  echo
}

for seed in 0 1 2; do
  show registry train --seed "$seed" | awk -v all="$((seed == 0))" 'all || !/^Train loss at/'
done
show registry list
show registry predict --version 3 -1 1
show registry predict --version 3
