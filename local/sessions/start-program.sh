#!/bin/sh
# Becomes the program of a session, as its user: start-program.sh <file of the pid> <user> <uid> <gid> <program> ...
# The engine has made this process the leader of a session of its own, which is what end-program.sh ends.
file=$1
user=$2
uid=$3
gid=$4
shift 4
mkdir -p "${file%/*}"
echo $$ >"$file"
if ! command -v -- "$1" >/dev/null; then
  echo "Unable to start command: exec: \"$1\": executable file not found in \$PATH" >&2
  exit 1
fi
if [ "$uid" = 0 ]; then exec "$@"; fi
export USER="$user" LOGNAME="$user"
exec setpriv --reuid="$uid" --regid="$gid" --init-groups -- "$@"
