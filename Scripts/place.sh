#!/usr/bin/env bash
# place.sh PROGRAM PREFIX: puts the program, its man page and its completions where shells and man look for them.
set -euo pipefail
program=$1 prefix=$2
cd "$(dirname "$0")/.."

install -D "$program" "$prefix/bin/registry"
install -D -m 644 docs/registry.1 "$prefix/share/man/man1/registry.1"
completions() { # SHELL FILE
  mkdir -p "$(dirname "$prefix/share/$2")"
  "$program" --generate-completion-script "$1" >"$prefix/share/$2"
}
completions bash bash-completion/completions/registry
completions zsh zsh/site-functions/_registry
completions fish fish/vendor_completions.d/registry.fish
echo "Installed $prefix/bin/registry, its man page and completions"
