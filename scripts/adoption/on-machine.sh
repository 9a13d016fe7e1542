#!/bin/bash
# Runs on a machine that is taken over, as root: puts the sandbox's two AWS profiles in the place of those the article
# wrote, and gives its user the name that sessions and keys of a sandbox are for; or takes all of it back. What else
# somebody keeps there stays.
set -euo pipefail
# @inject: unix_user sandbox_user direction profiles command login_command
: "${unix_user:?}" "${sandbox_user:?}" "${direction:?}" "${profiles?}" "${command?}" "${login_command?}"

home=$(getent passwd "$unix_user" | cut -d: -f6) || home=
file=$home/.aws/config
kept=$file.before-adopt
mark="another name of $unix_user"
bin=/usr/local/bin
ours=$bin/.of-a-takeover

if [[ -z "$home" ]]; then
  echo "there is no user $unix_user"
  exit 0
fi

# The same user and the same home: what kiro-cli has logged in to and what lies in the home is there under both names.
give_name() {
  getent passwd "$sandbox_user" >/dev/null ||
    useradd --non-unique --uid "$(id -u "$unix_user")" --gid "$(id -g "$unix_user")" --no-user-group \
      --home-dir "$home" --no-create-home --shell /bin/bash --comment "$mark" "$sandbox_user"
}

# By force, because its processes are those of the other name, too; without --remove the home stays.
take_name() {
  [[ "$(getent passwd "$sandbox_user" | cut -d: -f5)" != "$mark" ]] || userdel --force "$sandbox_user" 2>/dev/null
}

# $1: path, $2: its text in base64, or a path that it shall lead to. What is there already is somebody's.
put() {
  [[ ! -e "$1" ]] || grep -qxF "$1" "$ours" 2>/dev/null || return 0
  [[ -f "$ours" ]] && grep -qxF "$1" "$ours" || echo "$1" >>"$ours"
  rm -f "$1"
  if [[ "$2" == /* ]]; then
    ln -s "$2" "$1"
  else
    base64 -d <<<"$2" >"$1"
    chmod 755 "$1"
  fi
}

give_commands() {
  umask 022
  put "$bin/kiro-sandbox" "$command"
  put "$bin/kiro-sandbox-login" "$login_command"
  # A session is no login shell and has no ~/.local/bin, where the article's installer puts it.
  [[ ! -x "$home/.local/bin/kiro-cli" ]] || put "$bin/kiro-cli" "$home/.local/bin/kiro-cli"
}

take_commands() {
  [[ -f "$ours" ]] || return 0
  while read -r path; do rm -f "$path"; done <"$ours"
  rm -f "$ours"
}

if [[ "$direction" == back ]]; then
  [[ ! -f "$kept" ]] || mv -f "$kept" "$file"
  take_commands
  take_name
  echo "$unix_user has its AWS profiles of before"
  exit 0
fi
give_name
give_commands
if [[ ! -f "$file" && ! -f "$kept" ]]; then
  echo "there is no ~/.aws/config of $unix_user"
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
echo "$file names the roles of the sandbox, and $unix_user is $sandbox_user, too"
