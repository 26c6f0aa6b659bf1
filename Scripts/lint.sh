#!/usr/bin/env bash
# Formatting, the layers of the house, names compared by their bytes, and a warning for files that want to be split.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly longest=400

mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.swift' | while read -r file; do [ -f "$file" ] && echo "$file"; done)
swift format lint --strict --parallel --configuration .swift-format "${files[@]}"
for check in layers names; do
  PYTHONDONTWRITEBYTECODE=1 python3 "Scripts/$check.py"
  (cd Scripts && PYTHONDONTWRITEBYTECODE=1 python3 "${check}_test.py" 2>&1) | tail -n 1 | grep -qx OK ||
    { echo "Error: the check Scripts/$check.py fails its own test." >&2; exit 1; }
done

PYTHONDONTWRITEBYTECODE=1 python3 Scripts/schema.py --check

git ls-files --cached --others --exclude-standard -- '*.swift' '*.c' '*.h' '*.py' '*.sh' | while read -r file; do
  [ -f "$file" ] || continue
  lines=$(wc -l <"$file")
  [ "$lines" -le "$longest" ] || echo "Warning: $file has $lines lines; above $longest something wants to be split." >&2
done
echo "Lint: ${#files[@]} Swift files are formatted, no room of Sources/ imports what it must not, and names are compared by their bytes."
