#!/usr/bin/env bash
# Everything below rootfs/ lands where its path says, owned by root. What the sandbox user keeps is handed over.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=userdata/provision/lib.sh
source provision/lib.sh

home=/home/$sandbox_unix_user
tar -C rootfs --owner=0 --group=0 --no-same-owner -c . | tar -x -C / --keep-directory-symlink --no-overwrite-dir

# $1: owner, $2: mode, then paths below the home.
own() {
  local path
  for path in "${@:3}"; do
    chown "$1:$sandbox_unix_user" "$home/$path"
    chmod "$2" "$home/$path"
  done
}
own "$sandbox_unix_user" 700 .aws
own "$sandbox_unix_user" 600 .aws/config .aws/kiro-readonly.config
: >"$home/.aws/credentials"
own "$sandbox_unix_user" 600 .aws/credentials
# Sticky: the user adds what it likes, but neither removes nor renames what is root's. A rail, not a wall.
own root 1775 .kiro .kiro/settings
own root 755 .kiro/agents .kiro/steering .kiro/hooks
find "$home/.kiro" -type f -exec chown "root:$sandbox_unix_user" {} + -exec chmod 644 {} +
# kiro-cli writes this one itself.
own "$sandbox_unix_user" 600 .kiro/settings/cli.json
chown "$sandbox_unix_user:$sandbox_unix_user" "$home"
sshd -t || fail 'sshd refuses its configuration'
# In a container these would be the host's. On a machine they hold at the next boot in any case.
in_container || sysctl --quiet --system >/dev/null
echo "$(find rootfs -type f | wc -l) files"
