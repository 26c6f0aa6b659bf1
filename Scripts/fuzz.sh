#!/bin/sh
# Fuzzes the parsers of Formats with libFuzzer, from the reference files.
#
#   Scripts/fuzz.sh [SECONDS [TARGET…]]     60 seconds each for: zip pickle legacy safetensors shards
#
# Builds with swiftc alone into $FUZZ_DIR (.build/fuzz).  A finding is left there as TARGET-crash-…; a run without one ends
# with libFuzzer's count of executions.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- zip pickle legacy safetensors shards
out=${FUZZ_DIR:-.build/fuzz}
mkdir -p "$out"
features="-swift-version 6 -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility"
flags="-O -sanitize=fuzzer -parse-as-library -package-name registry -whole-module-optimization $features"

# What SwiftPM would make of a C target.
mkdir -p "$out/CChecksums"
printf 'module CChecksums { umbrella "%s" export * }\n' "$PWD/Sources/CChecksums/include" >"$out/CChecksums/module.modulemap"
for source in ccrc32 csha256; do
  clang -O2 -c -ISources/CChecksums/include -o "$out/$source.o" "Sources/CChecksums/$source.c"
done

# shellcheck disable=SC2086
swiftc $flags -module-name Tensors -I "$out/CChecksums" -emit-module -emit-module-path "$out/Tensors.swiftmodule" -emit-object \
  -o "$out/Tensors.o" Sources/Tensors/*.swift
# shellcheck disable=SC2086
swiftc $flags -module-name Files -emit-module -emit-module-path "$out/Files.swiftmodule" -emit-object -o "$out/Files.o" Sources/Files/*.swift

for target; do
  upper=$(echo "$target" | tr '[:lower:]' '[:upper:]')
  # shellcheck disable=SC2086
  swiftc $flags -D "FUZZ_$upper" -module-name Formats -I "$out" -I "$out/CChecksums" -o "$out/$target" $(find Sources/Formats -name "*.swift" -not -path "*/ONNX/*") Fuzz/FuzzTargets.swift \
    "$out/Tensors.o" "$out/Files.o" "$out/ccrc32.o" "$out/csha256.o"
  python3 Scripts/fuzz_corpus.py "$target" "$out/corpus-$target"
  echo "fuzzing $target for $seconds s"
  "$out/$target" -max_total_time="$seconds" -max_len=8192 -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 \
    -artifact_prefix="$out/$target-" "$out/corpus-$target" >"$out/$target.log" 2>&1 || { tail -40 "$out/$target.log"; exit 1; }
  grep -E "stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb)|^Done" "$out/$target.log"
done
