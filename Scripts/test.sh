#!/usr/bin/env bash
# Builds and runs every test.  Shows what failed and the runner's closing line; all of it is in .build/test.log.
set -uo pipefail
cd "$(dirname "$0")/.."

# Where another Python hides the one that apt-get gave NumPy.
python3 -c 'import numpy' 2>/dev/null || export PATH="/usr/bin:$PATH"

mkdir -p .build
quiet=(--quiet)
if [ -t 1 ]; then quiet=(); fi
. Scripts/flags.sh
swift build --build-tests "${tests[@]}" "${quiet[@]}" || exit
# What never ends is ended: by the processor's time, which a busy machine doesn't use up.
ulimit -t 3600
# XCTest has no tests here; its "Executed 0 tests" would only mislead.
swift test "${tests[@]}" --skip-build --disable-xctest 2>&1 | tee .build/test.log |
  awk '/^(◇|✔)/ { shown = 0 } /^(✘|error:|.*Fatal error)/ { shown = 1 } shown || /^[^ ]+ Test run with .* (passed|failed)/ { print; fflush() }'
