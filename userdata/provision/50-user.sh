#!/usr/bin/env bash
# The Unix user in whose name people and agents work. No password, no sudo: what it may do in AWS is up to IAM.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=userdata/provision/lib.sh
source provision/lib.sh

if id "$sandbox_unix_user" >/dev/null 2>&1; then
  [[ $(id -u "$sandbox_unix_user") == "$sandbox_uid" ]] ||
    fail "the user $sandbox_unix_user has uid $(id -u "$sandbox_unix_user") instead of $sandbox_uid"
else
  useradd --uid "$sandbox_uid" --user-group --create-home --shell /bin/bash "$sandbox_unix_user"
fi
passwd -l "$sandbox_unix_user" >/dev/null
chmod 700 "/home/$sandbox_unix_user"
echo "$sandbox_unix_user ($sandbox_uid)"
