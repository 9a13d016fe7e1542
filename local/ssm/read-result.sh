#!/bin/sh
# What became of a command. First line of the answer: absent, running, gone, or
#   done <end, seconds since 1970> <exit code> [why it could not even begin]
# and then, after done, the first bytes of what it wrote, each on its own stream.
# usage: read-result.sh <folder>
set -u
cd "$1" 2>/dev/null || {
  echo absent
  exit 0
}

is_alive() {
  # Its command line names the folder: another process may have got the number since.
  [ -r supervisor.pid ] && read -r pid <supervisor.pid && grep -aqF "$1" "/proc/$pid/cmdline" 2>/dev/null
}

if [ ! -e result ]; then
  if is_alive "$1"; then
    echo running
    exit 0
  fi
  # It may have ended while we looked.
  if [ ! -e result ]; then
    echo gone
    exit 0
  fi
fi
read -r ended <result
echo "done $(stat -c %.3Y result) $ended"
# One more than is shown, to know that there is more.
if [ -e stdout ]; then head -c 24001 stdout; fi
if [ -e stderr ]; then head -c 8001 stderr >&2; fi
