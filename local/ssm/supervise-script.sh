#!/bin/sh
# Runs a script as amazon-ssm-agent does and leaves in its folder: stdout, stderr, and `result` once it has ended.
# usage: supervise-script.sh <folder> <directory> [NAME=value ...]
# SIGTERM: the script took too long, or was cancelled; it is killed with all its processes.
set -u
umask 077
folder=$1 directory=$2
shift 2
# What a machine gives to all its services comes first, so that ours wins.
if [ -r /etc/environment ]; then
  while read -r line; do
    case $line in [A-Za-z_]*=*) set -- "$line" "$@" ;; esac
  done </etc/environment
fi
cd "$folder" || exit 1
main=''

# <exit code> [why it could not even begin]
finish() {
  trap '' TERM
  # Into blocks that are already there: the script may have filled the disk.
  printf '%-300s\n' "$*" 1<>result.new && mv result.new result
  exit 0
}

# 137 is what the agent reports for both: 128 + SIGKILL.
stop() {
  trap '' TERM
  if [ -n "$main" ]; then
    # No `--` before the group: dash takes it for a number.
    kill -KILL "-$main"
    kill -KILL "$main"
  fi
  finish 137
}

printf '%-300s\n' '' >result.new
echo "$$" >supervisor.pid
trap stop TERM
if [ -e cancelled ]; then stop; fi
# The agent's own words: Go names the program, though it is the directory that is not there.
[ -e "$directory" ] || finish 1 fork/exec /usr/bin/sh: no such file or directory
[ -d "$directory" ] || finish 1 fork/exec /usr/bin/sh: not a directory

# Pipes and not files: like the agent we wait for everything that still holds them, background jobs included.
mkfifo out err || finish 1 mkfifo: no space left on device
{ cat >stdout || cat >/dev/null; } <out 2>/dev/null &
out=$!
{ cat >stderr || cat >/dev/null; } <err 2>/dev/null &
err=$!

# A session of its own, so that all of it can be killed. The environment of a system service: no HOME, no USER.
# `sh -c <file>` and not `sh <file>`: the first line of the script picks its interpreter.
# shellcheck disable=SC2016
setsid env -i --default-signal=INT,QUIT -C "$directory" "$@" sh -c '"$0"' "$folder/_script.sh" \
  >out 2>err </dev/null &
main=$!
wait "$main"
code=$?
wait "$out" "$err"
finish "$code"
