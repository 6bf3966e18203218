#!/usr/bin/env bash
# Promotes what the step before has judged, and tells GitHub which tags that made. Runs on a push to a branch only: what a
# pull request offers is not merged yet.
# Reads PROGRAMS, DATASETS, CONFIG, STAGE, REPORT, EVENT, REF; GITHUB_ACTION_PATH, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, RUNNER_TEMP.
set -euo pipefail

PATH="${PROGRAMS:+$PROGRAMS:}$PATH"
log="$(mktemp "$RUNNER_TEMP/gates-log.XXXXXX")"
made="$(mktemp "$RUNNER_TEMP/gates-promoted.XXXXXX")"
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

# The datasets that were judged, as `gates promote` takes them: FOLDER:NAME for one of another gates.toml.
judged() {
    local file folder name
    while IFS= read -r file; do
        # A verdict has this key once at the top, indented by two spaces; metrics and plots have none.
        name="$(sed -n 's/^  "dataset": "\(.*\)",$/\1/p' "$file")"
        [ -n "$name" ] || continue
        folder="$(dirname -- "${file#"$REPORT"/}")"
        if [ "$folder" = . ]; then printf '%s\n' "$name"; else printf '%s:%s\n' "$folder" "$name"; fi
    done < <(find "$REPORT" -name '*.json' ! -name '*.metrics.json' ! -name '*.plots.json' | LC_ALL=C sort)
}

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
    while IFS= read -r name; do names+=("$name"); done < <(judged)
fi
options=(--stage "$STAGE" --output "$REPORT" --push --if-new)
[ -z "$CONFIG" ] || options+=(--config "$CONFIG")
for name in ${names[@]+"${names[@]}"}; do
    code=0
    gates promote "${options[@]}" -- "$name" >"$made" 2>"$log" || code=$?
    [ "$code" -eq 0 ] || stop "A dataset was judged and could not be promoted to this stage." "$code"
    quietly_show "$log"
    while IFS= read -r tag; do tags+=("$tag"); done < <(sed -n 's/^  tag  //p' "$made")
done
