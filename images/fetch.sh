#!/usr/bin/env bash
# Brings the payload of a build, and what it needs beside it, from the state bucket; with the machine's own role.
# Each line of `artifacts` is a sha256 and the name it gets. The archive called payload is unpacked.
# @inject: folder bucket owner region artifacts
set -euo pipefail
umask 022
# Packages are locked and disks resized while a machine is still setting itself up.
cloud-init status --wait >/dev/null 2>&1 || true
rm -rf "${folder:?}"
mkdir -p "$folder"
cd "$folder"
fetch() {
  local sum=$1 name=$2
  aws s3api get-object --region "${region:?}" --bucket "${bucket:?}" --expected-bucket-owner "${owner:?}" \
    --key "artifacts/$sum" "$name" >/dev/null || {
    echo "could not fetch $name (artifacts/$sum)" >&2
    return 1
  }
  echo "$sum  $name" | sha256sum --check --quiet - || {
    echo "$name is not what was put into the bucket: its sha256 is another one" >&2
    return 1
  }
  echo "$name: $(stat -c %s "$name") bytes"
}
jobs=()
while read -r sum name; do
  fetch "$sum" "$name" &
  jobs+=("$!")
done <<<"${artifacts:?}"
for job in "${jobs[@]}"; do wait "$job"; done
if [ -e payload ]; then
  tar -xzf payload
  rm payload
fi
