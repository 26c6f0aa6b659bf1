#!/usr/bin/env bash
# Runs every test three times while other work keeps the processors busy: six loops, which end with this script.
#
#   bash Scripts/busy_test.sh [TIMES] [LOOPS]
set -uo pipefail
cd "$(dirname "$0")/.."
times=${1:-3} loops=${2:-6}

pids=()
end() { if ((${#pids[@]})); then kill "${pids[@]}" 2>/dev/null; wait "${pids[@]}" 2>/dev/null; fi; pids=(); }
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for ((i = 0; i < loops; i++)); do
  # Each looks now and then whether this script is still there: not even a SIGKILL leaves one behind.
  (while kill -0 $$ 2>/dev/null; do for ((n = 0; n < 200000; n++)); do :; done; done) &
  pids+=($!)
done

failed=0
for ((run = 1; run <= times; run++)); do
  start=$SECONDS
  if bash Scripts/test.sh; then result=passed; else result=FAILED failed=$((failed + 1)); fi
  echo "run $run of $times beside $loops busy processes $result after $((SECONDS - start)) s (load $(cut -d ' ' -f 1 /proc/loadavg))"
done
((failed == 0))
