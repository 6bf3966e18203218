# shellcheck shell=bash
# What the steps have in common to say something in the log.

# Whatever a program or a file name says between these two lines is no command to the runner.
quietly_show() {
    [ -s "$1" ] || return 0
    local token
    token="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
    printf '::stop-commands::%s\n' "$token"
    cat -- "$1"
    printf '\n::%s::\n' "$token"
}
