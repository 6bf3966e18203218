#!/usr/bin/env bash
# Makes an environment for gates and writes its folder of programs to the output `programs`: PATH stays as it is, or the
# job's later steps would find another Python.
# Reads INSTALL, VERSION, PACKAGES; GITHUB_ACTION_PATH, GITHUB_OUTPUT, RUNNER_TEMP.
set -euo pipefail

stop() {
    printf '::error title=gates::%s\n' "$1"
    exit 2
}

[ "$INSTALL" = true ] || exit 0

# One way to write a version, and no word that pip could take for an option, a path or an address.
[[ "$VERSION" =~ ^[0-9A-Za-z.+!]*$ ]] || stop "the input 'version' is no version, such as 0.1.0"
package='^[0-9A-Za-z][][0-9A-Za-z._,<>=!~-]*$'
read -r -d '' -a wanted <<<"$PACKAGES" || true
for word in ${wanted[@]+"${wanted[@]}"}; do
    [[ "$word" =~ $package ]] ||
        stop "the input 'packages' has a word that names no package, such as dvc-s3>=3"
done

python="$(command -v python3 || command -v python)" || stop "there is no Python: run actions/setup-python before"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "gates needs Python 3.11 or newer: run actions/setup-python before"

folder="$RUNNER_TEMP/gates-environment"
[ -d "$folder" ] || "$python" -m venv "$folder"
programs="$folder/bin"
[ -d "$programs" ] || programs="$folder/Scripts"
gates="$GITHUB_ACTION_PATH"
[ -z "$VERSION" ] || gates="origin-gates==$VERSION"
"$programs/python" -m pip install --quiet --disable-pip-version-check "$gates" ${wanted[@]+"${wanted[@]}"}
printf 'programs=%s\n' "$programs" >>"$GITHUB_OUTPUT"
