#!/bin/bash
# Runs on a machine that is taken over, as root: puts the sandbox's two AWS profiles in the place of those the article
# wrote, or gives the file of before back. What else somebody keeps in the file stays.
set -euo pipefail
# @inject: unix_user direction profiles
: "${unix_user:?}" "${direction:?}" "${profiles?}"

home=$(getent passwd "$unix_user" | cut -d: -f6) || home=
file=$home/.aws/config
kept=$file.before-adopt

if [[ -z "$home" || ! -f "$file" && ! -f "$kept" ]]; then
  echo "there is no ~/.aws/config of $unix_user"
  exit 0
fi
if [[ "$direction" == back ]]; then
  [[ ! -f "$kept" ]] || mv -f "$kept" "$file"
  echo "$file is as it was"
  exit 0
fi
# Only the first run sees the file of before.
[[ -f "$kept" ]] || cp -p "$file" "$kept"
draft=$(mktemp "$file.XXXXXX")
trap 'rm -f "$draft"' EXIT
chown --reference="$kept" "$draft"
chmod --reference="$kept" "$draft"
awk '/^\[/ { ours = ($0 ~ /^\[profile kiro-(readonly|elevated)\]/) } !ours' "$kept" >"$draft"
base64 -d <<<"$profiles" >>"$draft"
mv -f "$draft" "$file"
echo "$file names the roles of the sandbox"
