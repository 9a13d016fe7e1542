#!/usr/bin/env bash
# Removes folders of a build, also of one that was killed: podman mounts a store onto itself, and what it then leaves
# mounted rm calls busy. "$@": folders; those that are not there are fine.
set -euo pipefail
mapfile -t mounts < <(cut -d ' ' -f 5 /proc/self/mountinfo)
for folder in "$@"; do
  for at in "${mounts[@]}"; do
    # Spaces and the like stand there as \040.
    printf -v at %b "$at"
    [[ $at != "$folder"/* ]] || umount -l "$at"
  done
  rm -rf "$folder"
done
