#!/usr/bin/env bash
# Fetches the data, judges it, and tells GitHub: annotations, summary, reports, outputs. Exits as `gates check` does, and
# with 3 where there is no verdict.
# Reads PROGRAMS, DATASETS, CONFIG, STRICT, OUTPUT, PULL, BASE, IS_FORK, EVENT; GITHUB_ACTION_PATH, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, RUNNER_TEMP.
set -euo pipefail

PATH="${PROGRAMS:+$PROGRAMS:}$PATH"
# A folder of the checkout that a workflow names for its own steps would have Python run a fork's sitecustomize.py.
[ "$IS_FORK" != true ] || unset PYTHONPATH PYTHONSTARTUP
# GitHub refuses a summary of more than 1 MiB; a table of findings is rarely longer than a few KiB.
summary_bytes=900000
log="$(mktemp "$RUNNER_TEMP/gates-log.XXXXXX")"
commands="$(mktemp "$RUNNER_TEMP/gates-commands.XXXXXX")"

output() {
    printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

# shellcheck source=/dev/null
. "$GITHUB_ACTION_PATH/action/say.sh"

# Nobody could judge: $1 says why in a sentence, $2 is the exit code. The log is quoted as code, line by line.
unjudged() {
    quietly_show "$log"
    printf '::error title=Data gates::%s\n' "$1"
    {
        printf '## Data gates: no verdict\n\n%s\n\n' "$1"
        tail -n 40 -- "$log" | tr -d '\r' | sed 's/^/    /'
    } >>"$GITHUB_STEP_SUMMARY"
    output verdict unjudged
    exit "$2"
}

# Whether this folder or one above it has a DVC repository. Asking DVC itself takes a second, and DVC may be missing.
has_dvc() {
    local folder="$PWD"
    until [ -d "$folder/.dvc" ]; do
        [ "$folder" != / ] || return 1
        folder="$(dirname -- "$folder")"
    done
}

# Of a fork nothing is fetched here: DVC would obey the fork's own configuration. gates fetches once it knows that it is the base's.
fetch() {
    [ "$PULL" = true ] && [ "$IS_FORK" != true ] && has_dvc || return 0
    dvc pull >"$log" 2>&1 && return 0
    unjudged "The data could not be fetched with dvc pull." 3
}

# What a sed program prints of all verdicts, those of other folders' configurations among them.
in_verdicts() {
    find "$reports" -name '*.json' -exec sed -n "$1" {} +
}

# How many datasets have a report of a kind.
count() {
    find "$reports" -name "*.$1" ! -name 'weakened gate.*' | wc -l
}

# Something where the change takes away from the gate and does not say why.
weakened() {
    [ ! -f "$reports/weakened.markdown" ] || grep -x '## This change weakens the gate' "$reports/weakened.markdown" || true
}

# The worst outcome among the verdicts written now, given the exit code of gates: what is missing is never good.
worst() {
    local outcomes
    # A verdict has this key once at the top, indented by two spaces; text from data cannot begin a line of it.
    [ -z "$(weakened)" ] || { echo fail; return; }
    outcomes="$(in_verdicts 's/^  "outcome": "\([a-z]*\)",$/\1/p')" || outcomes+=" unjudged"
    # Of a dataset that could not be judged there is a JUnit file and no verdict.
    [ "$(count junit.xml)" -eq "$(count md)" ] || outcomes+=" unjudged"
    case "$1:$outcomes" in
        *fail*) echo fail ;;
        [!01]* | *unjudged* | *:) echo unjudged ;;
        *warn*) echo warn ;;
        *) echo pass ;;
    esac
}

# Whether the base revision is here: a new branch has none, and a shallow clone may lack it.
has_base() {
    [[ "$BASE" =~ ^[0-9a-f]{40,64}$ ]] && git cat-file -e "$BASE^{commit}" 2>/dev/null
}

# Whether pointers, configuration, suites, schemas or data that git itself tracks differ from the base revision.
changed() {
    local names name paths=(':(top,glob)**/*.dvc' ':(top,glob)**/dvc.lock' ':(top,glob)**/gates.toml'
        ':(top,glob)**/pyproject.toml' ':(top,glob)**/expectations/**' ':(top,glob)**/schemas/**' ':(top,glob)**/*.py')
    has_base || { echo true; return; }
    names="$(in_verdicts 's/^ *"path": "\(.*\)",$/\1/p')" && [ -n "$names" ] || { echo true; return; }
    while IFS= read -r name; do
        # A name that cannot be a pattern of itself is not looked for.
        [[ "$name" != *[\\*?[]* ]] || { echo true; return; }
        [ -z "$name" ] || paths+=(":(top,glob)**/$name")
    done <<<"$names"
    if git diff --quiet "$BASE" HEAD -- "${paths[@]}"; then echo false; else echo true; fi
}

summarise() {
    {
        [ ! -f "$reports/weakened.markdown" ] || cat -- "$reports/weakened.markdown"
        find "$reports" -name '*.md' -print0 | LC_ALL=C sort -z | xargs -0 cat --
    } | head -c "$summary_bytes" >>"$GITHUB_STEP_SUMMARY" || true
    printf '\n' >>"$GITHUB_STEP_SUMMARY"
}

if [ -e "$OUTPUT" ] && [ -n "$(ls -A -- "$OUTPUT")" ]; then
    unjudged "The folder for the reports is not empty; name another one with the input 'output'." 2
fi
# With the secrets of the base, and mostly with its files: what the pull request offers is not what lies here.
[ "$EVENT" != pull_request_target ] ||
    unjudged "On pull_request_target nothing is judged: run this on pull_request." 3
mkdir -p -- "$OUTPUT"
reports="$(cd -- "$OUTPUT" && pwd)"
output report "$reports"
fetch

arguments=(check --quiet --format github --output "$reports" --also junit --also sarif --also html)
[ "$STRICT" != true ] || arguments+=(--strict)
if [ "$IS_FORK" = true ]; then
    has_base ||
        unjudged "The base of this pull request is not in the clone: check out with fetch-depth: 0." 3
    # The data of the fork under the configuration and the code of the base.
    arguments+=(--rev HEAD --base "$BASE" --trust "$BASE")
elif has_base; then
    arguments+=(--base "$BASE")
elif git rev-parse --quiet --verify HEAD^ >/dev/null 2>&1; then
    # A checkout is as its own commit; what the commit lost shows beside its parent only.
    arguments+=(--base HEAD^)
fi
[ -z "$CONFIG" ] || arguments+=(--config "$CONFIG")
read -r -d '' -a names <<<"$DATASETS" || true
if [ "${#names[@]}" -eq 0 ]; then arguments+=(--all); else arguments+=(-- "${names[@]}"); fi

code=0
gates "${arguments[@]}" >"$commands" 2>"$log" || code=$?
verdict="$(worst "$code")"
cat -- "$commands"
[ -z "$(find "$reports" \( -name '*.md' -o -name weakened.markdown \) -print -quit)" ] || summarise
output changed "$(changed)"
if [ "$verdict" = unjudged ]; then
    why="A dataset could not be judged, which is neither good nor bad."
    [ "$IS_FORK" != true ] ||
        why+=" A pull request from a fork is judged by the base's configuration and code alone, and has no access to this repository's secrets."
    unjudged "$why" "$((code > 0 ? code : 3))"
fi
quietly_show "$log"
output verdict "$verdict"
exit "$code"
