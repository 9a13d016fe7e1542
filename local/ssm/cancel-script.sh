#!/bin/sh
# Ends a command that runs, or keeps it from beginning. Exit code 1: it has not arrived yet, ask again.
# usage: cancel-script.sh <folder>
set -u
cd "$1" 2>/dev/null || exit 1
: >cancelled
[ -r supervisor.pid ] && read -r pid <supervisor.pid || exit 1
if grep -aqF "$1" "/proc/$pid/cmdline" 2>/dev/null; then kill -TERM "$pid"; fi
