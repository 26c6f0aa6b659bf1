#!/bin/sh
# Fuzzes the parsers of Formats, ForeignRuns and JSONText with libFuzzer, from the reference files.
#
#   Scripts/fuzz.sh [SECONDS [TARGET…]]     60 seconds each for: zip pickle legacy safetensors shards records events yaml csv jsonl json
#
# Builds with swiftc alone into $FUZZ_DIR (.build/fuzz).  A finding is left there as TARGET-crash-…; a run without one ends
# with libFuzzer's count of executions.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- zip pickle legacy safetensors shards records events yaml csv jsonl json
out=${FUZZ_DIR:-.build/fuzz}
mkdir -p "$out"
features="-swift-version 6 -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility"
flags="-O -sanitize=fuzzer -parse-as-library -package-name registry -whole-module-optimization $features"

# What SwiftPM would make of a C target.
for room in CChecksums CSQLite; do
  mkdir -p "$out/$room"
  printf 'module %s { umbrella "%s" export * }\n' "$room" "$PWD/Sources/$room/include" >"$out/$room/module.modulemap"
  for source in Sources/"$room"/*.c; do
    clang -O2 -c -ISources/"$room"/include -o "$out/$(basename "$source" .c).o" "$source"
  done
done

# room NAME: the Swift room as a module and an object file.
room() {
  # shellcheck disable=SC2046,SC2086
  swiftc $flags -module-name "$1" -I "$out" -I "$out/CChecksums" -I "$out/CSQLite" -emit-module -emit-module-path "$out/$1.swiftmodule" \
    -emit-object -o "$out/$1.o" $(find "Sources/$1" -name "*.swift")
}

# fuzzer ROOM DOOR OBJECT…: the room with its door, and the object files that it needs, as a program.
fuzzer() {
  module=$1 door=$2
  shift 2
  # Formats is fuzzed without ONNX, which only writes.
  # shellcheck disable=SC2046,SC2086
  swiftc $flags -D "FUZZ_$upper" -module-name "$module" -I "$out" -I "$out/CChecksums" -I "$out/CSQLite" -o "$out/$target" \
    $(find "Sources/$module" -name "*.swift" -not -path "*/ONNX/*") "Fuzz/$door.swift" "$@"
}

built=
# once NAME…: rooms that haven't been built yet.
once() {
  for name; do
    case "$built" in *" $name "*) ;; *) room "$name"; built="$built $name " ;; esac
  done
}

once Tensors Files
for target; do
  upper=$(echo "$target" | tr '[:lower:]' '[:upper:]')
  case "$target" in
  records | events | yaml | csv | jsonl)
    once SQLite JSONText
    fuzzer ForeignRuns ForeignTargets "$out/Tensors.o" "$out/Files.o" "$out/SQLite.o" "$out/JSONText.o" "$out/ccrc32.o" "$out/csha256.o" \
      "$out/csqlite.o" "$out/extension.o" -lsqlite3
    ;;
  json) fuzzer JSONText JSONTarget ;;
  *) fuzzer Formats FuzzTargets "$out/Tensors.o" "$out/Files.o" "$out/ccrc32.o" "$out/csha256.o" ;;
  esac
  python3 Scripts/fuzz_corpus.py "$target" "$out/corpus-$target"
  echo "fuzzing $target for $seconds s"
  "$out/$target" -max_total_time="$seconds" -max_len=8192 -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 \
    -artifact_prefix="$out/$target-" "$out/corpus-$target" >"$out/$target.log" 2>&1 || { tail -40 "$out/$target.log"; exit 1; }
  grep -E "stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb)|^Done" "$out/$target.log"
done
