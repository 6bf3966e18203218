#!/usr/bin/env bash
# Promotes what the step before has judged, and tells GitHub which tags that made. Runs on a push to a branch only: what a
# pull request offers is not merged yet.
# Reads PROGRAMS, DATASETS, CONFIG, STAGE, REPORT, EVENT, REF; GITHUB_ACTION_PATH, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, RUNNER_TEMP.
set -euo pipefail

PATH="${PROGRAMS:+$PROGRAMS:}$PATH"
log="$(mktemp "$RUNNER_TEMP/gates-log.XXXXXX")"
made="$(mktemp "$RUNNER_TEMP/gates-promoted.XXXXXX")"
found="$(mktemp "$RUNNER_TEMP/gates-judged.XXXXXX")"
tags=()

# Outputs and summary say what was promoted, wherever this ends: what was pushed stays.
finish() {
    printf 'promoted=%s\n' "${tags[*]-}" >>"$GITHUB_OUTPUT"
    [ "${#tags[@]}" -gt 0 ] || return 0
    {
        printf '## Promoted to %s\n\n' "$STAGE"
        printf -- "- \`%s\`\n" "${tags[@]}"
        printf '\n'
    } >>"$GITHUB_STEP_SUMMARY"
}
trap finish EXIT

# shellcheck source=/dev/null
. "$GITHUB_ACTION_PATH/action/say.sh"

stop() {
    quietly_show "$log"
    printf '::error title=Data gates::%s\n' "$1"
    printf '## Data gates: nothing more was promoted\n\n%s\n\n' "$1" >>"$GITHUB_STEP_SUMMARY"
    tail -n 40 -- "$log" | tr -d '\r' | sed 's/^/    /' >>"$GITHUB_STEP_SUMMARY"
    exit "$2"
}

# The datasets that were judged go to a file first: of a process that is read from in a loop, nobody learns how it ended.
judged() {
    local python
    python="$(command -v python3 || command -v python)" ||
        { printf 'there is no Python on PATH, which gates needs too\n'; return 1; }
    [ -d "$REPORT" ] || { printf 'there is no folder with reports: %s\n' "$REPORT"; return 1; }
    "$python" -I "$GITHUB_ACTION_PATH/action/judged.py" "$REPORT" >"$found"
} >"$log" 2>&1

[ "$EVENT" = push ] && [[ "$REF" == refs/heads/* ]] || exit 0
[[ "$STAGE" =~ ^[0-9A-Za-z][0-9A-Za-z/_-]*$ ]] || stop "The input 'promote' is no name of a stage, such as staging." 2

# Who promotes stands in commit and tags. A runner knows nobody, unless the job says so.
if [ -z "${GIT_COMMITTER_EMAIL:-}" ] && ! git config user.email >/dev/null; then
    export GIT_AUTHOR_NAME='github-actions[bot]' GIT_COMMITTER_NAME='github-actions[bot]'
    export GIT_AUTHOR_EMAIL='41898282+github-actions[bot]@users.noreply.github.com'
    export GIT_COMMITTER_EMAIL="$GIT_AUTHOR_EMAIL"
fi

read -r -d '' -a names <<<"$DATASETS" || true
if [ "${#names[@]}" -eq 0 ]; then
    judged || stop "Which datasets were judged could not be read from the reports." 3
    while IFS= read -r -d '' name; do names+=("$name"); done <"$found"
    # A promotion that finds nothing to promote has not passed.
    [ "${#names[@]}" -gt 0 ] || stop "No dataset was judged: there is no verdict in the folder with the reports." 3
fi
options=(--stage "$STAGE" --output "$REPORT" --push --if-new)
[ -z "$CONFIG" ] || options+=(--config "$CONFIG")
for name in "${names[@]}"; do
    code=0
    gates promote "${options[@]}" -- "$name" >"$made" 2>"$log" || code=$?
    [ "$code" -eq 0 ] || stop "A dataset was judged and could not be promoted to this stage." "$code"
    quietly_show "$log"
    while IFS= read -r line; do
        [[ "$line" != "  tag  "* ]] || tags+=("${line#  tag  }")
    done <"$made"
done
