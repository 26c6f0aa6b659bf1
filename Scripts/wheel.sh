#!/usr/bin/env bash
# Builds the wheel into dist/: the program with SQLite linked in, and Python/registry.py.
set -euo pipefail
cd "$(dirname "$0")/.."

# As `make build` builds it, so nothing is compiled twice: Package.swift links the archive instead of the shared library.
REGISTRY_STATIC_SQLITE=$(clang -print-file-name=libsqlite3.a)
if [ ! -f "$REGISTRY_STATIC_SQLITE" ]; then
  echo "Error: there is no libsqlite3.a to link in." >&2
  echo "  hint: apt-get install libsqlite3-dev" >&2
  exit 1
fi
export REGISTRY_STATIC_SQLITE
swift build "$@"
program=$(swift build "$@" --show-bin-path)/registry

# Beside glibc only the libraries of C++ and of the compiler, which manylinux promises.
foreign=$(ldd "$program" | grep -vE 'linux-vdso|ld-linux|/lib(c|m|stdc\+\+|gcc_s)\.so' || true)
if [ -n "$foreign" ]; then
  echo "Error: the program needs what other machines may not have:" >&2
  echo "$foreign" >&2
  exit 1
fi
rm -rf dist
python3 Scripts/wheel.py "$program" dist
