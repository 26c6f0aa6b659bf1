#!/usr/bin/env bash
# The long tests in full: a disk that fails at every operation, hundreds of kills, eight writers at once, 100,000 flipped bits, a tensor of 2.5 GB.
# `make test` runs a tenth or less of each.  Takes tens of minutes; prints what each counted.
set -uo pipefail
cd "$(dirname "$0")/.."

. Scripts/flags.sh
swift build --build-tests "${tests[@]}" --quiet || exit
# What never ends is ended: by the processor's time, which a busy machine doesn't use up.
ulimit -t 36000
# TestSupport/Torture.swift reads it.
TORTURE=1 swift test "${tests[@]}" --skip-build --disable-xctest --no-parallel --filter "${1:-FaultTests|ConcurrencyTests|KillTests|DiskFullTests|HostileDatabaseTests|BitFlipTests|RotTests|AllocationFailureTests|GarbagePropertyTests|MutationTests|LargeTensorTests}" 2>&1 |
  sed 's/\x1b\[[0-9;]*m//g' | grep -E "^(✘|✔|↳|➜)|skipped|Fatal error|[0-9] (faults|kills|versions|changes|allocations)"
