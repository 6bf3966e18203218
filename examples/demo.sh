#!/bin/sh
# Tells the story of one dataset in a folder that is gone afterwards: the flawed version is refused, the repaired one
# passes. Exits 0 only if both happen.
set -eu

repository=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/expectations"
cp -R "$repository/gates.toml" "$repository/schemas" "$folder"
cp -R "$repository/expectations/handwriting" "$folder/expectations"
cp "$repository/examples/handwriting/prepare.py" "$folder"
cd "$folder"

say() { printf '\n# %s\n' "$1"; }

# run EXPECTED_CODE COMMAND...: shows the command and what it prints, and stops the demo on any other exit code.
run() {
    expected=$1
    shift
    printf '$ %s\n' "$*"
    code=0
    "$@" || code=$?
    printf '(exit code %s)\n' "$code"
    [ "$code" -eq "$expected" ] || { printf 'demo: expected exit code %s\n' "$expected" >&2; exit 1; }
}

say "1,438 handwritten digits, measured, and 1,400 synthetic rows to train a model with. May they be used?"
run 0 python prepare.py --version flawed
run 1 gates check handwriting

say "No. A check says more about itself, and how to repair what it found:"
run 0 gates explain expect_rare_slices_to_be_covered

say "Repaired: one generator that draws whole rows within each digit, smoothed, in the units of the human rows."
run 0 python prepare.py --version good
run 0 gates check handwriting

say "The flawed version was refused, the repaired one may be used."
