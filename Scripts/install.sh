#!/usr/bin/env bash
# Installs those of the named Debian packages whose content isn't here yet: by what is looked for, not by who installed it.
set -euo pipefail

present() {
  case $1 in
    libsqlite3-dev) echo '#include <sqlite3.h>' | clang -E -x c - ;;
    # Debian's Python or the one on PATH: Scripts/test.sh takes whichever has it.
    python3-numpy) python3 -c 'import numpy' || /usr/bin/python3 -c 'import numpy' ;;
    python3-venv) python3 -c 'import ensurepip, venv' ;;
    *) command -v "$1" ;;
  esac >/dev/null 2>&1
}

missing=()
for package in "$@"; do
  present "$package" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "Error: missing here: ${missing[*]} (Debian's names), and there is no apt-get to install them." >&2
  exit 1
fi
sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
echo "Installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
# An unreachable foreign source fails the update though Debian's own lists are fine: let the install decide.
"${sudo[@]}" apt-get update -qq >/dev/null 2>&1 || true
output=$("${sudo[@]}" apt-get install -qq -y --no-install-recommends "${missing[@]}" </dev/null 2>&1) || { echo "$output" >&2; exit 1; }
