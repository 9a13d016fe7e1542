#!/usr/bin/env bash
# Removes an older base, unless something rests on it. $1: its folder.
set -euo pipefail
folder=${1%/}
# Local targets that said so, see claim.ts: what they have stopped needs it when it is started again.
for claim in "$folder"/claims/*; do
  [ ! -e "$claim" ] || [ ! -d "$(<"$claim")" ] || exit 1
done
# And what runs on it right now, whoever started it.
! grep -qsF "$folder/" /proc/self/mountinfo /proc/[0-9]*/mounts || exit 1
rm -rf "$folder"
