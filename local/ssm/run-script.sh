#!/bin/sh
# Delivers one command to a guest: keeps the script, runs it under supervise-script.sh, answers as read-result.sh.
# usage: run-script.sh <supervise-script.sh> <read-result.sh> <folder> <bytes> <seconds> <directory> [NAME=value ...]
# The first two are texts: nothing of ours lies in a guest. stdin: the script, so many bytes.
set -u
umask 077
supervise=$1 read=$2 folder=$3 bytes=$4 seconds=$5
shift 5

[ ! -e "$folder" ] || exit 93
# Without -p the last one: a command that is delivered twice must not run twice.
mkdir -p "${folder%/*}" && mkdir "$folder" && cat >"$folder/_script.sh" || exit 91
# Half a script, because the sender died, must not run either.
[ "$(wc -c <"$folder/_script.sh")" -eq "$bytes" ] || exit 92
chmod 700 "$folder/_script.sh" || exit 91

# --foreground: it ends supervise-script.sh alone, which then ends what it has started.
timeout --foreground "$seconds" sh -c "$supervise" supervise "$folder" "$@" >/dev/null 2>&1 </dev/null
exec sh -c "$read" read "$folder"
