#!/usr/bin/env bash
# At the first boot of a machine, and when its settings have changed: fills in whose it is and what it may read.
# Offline, and done in a fraction of a second.
set -euo pipefail
: "${sandbox_user:?}" "${aws_region:?}" "${account_id:?}"
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=/dev/null
source "$here/values.sh"
# For a look at what it would do (verify.sh): a folder that stands for the root of the disk.
root=${KIRO_SANDBOX_ROOT-}
home=$root/home/${sandbox_unix_user:?}

[[ $sandbox_user =~ ^[a-z][a-z0-9-]{1,31}$ && $aws_region =~ ^[a-z0-9-]+$ && $account_id =~ ^[0-9]{12}$ ]] ||
  {
    echo "kiro-sandbox: these are no values of a sandbox: '$sandbox_user' '$aws_region' '$account_id'" >&2
    exit 1
  }

# $1: template, $2: file of the sandbox user. Written as that user, whose folder it is: a link there would lead root to
# any file. Replaced in one step, so that nobody reads half of it.
fill() {
  # shellcheck disable=SC2016 # The inner shell expands it.
  sed -e "s/@sandbox_user@/$sandbox_user/g" -e "s/@aws_region@/$aws_region/g" -e "s/@account_id@/$account_id/g" \
    "$here/templates/$1" | runuser -u "$sandbox_unix_user" -- /bin/sh -c \
    'umask 077; draft=$(mktemp "$1.XXXXXX") && cat >"$draft" && mv -T "$draft" "$1"' fill "$2"
}
# What an older checkout does not say can only be a window; a machine of one that pushes gets nothing from it.
case ${elevation_mode-window} in
  window) fill aws-config "$home/.aws/config" ;;
  push) fill aws-config-push "$home/.aws/config" ;;
  *)
    echo "kiro-sandbox: there is no mode of elevation '$elevation_mode'" >&2
    exit 1
    ;;
esac
fill kiro-readonly-config "$home/.aws/kiro-readonly.config"

# Steering from the settings that the roles are made from, base64. The image itself says nothing of that kind, so a
# checkout from before there was such a note leaves none, not a wrong one.
# The folder is root's, and whoever stands in it cannot be led elsewhere, whatever its user moves or links meanwhile.
if [[ -n ${access_note-} ]]; then
  (
    cd -P "$home/.kiro/steering"
    [[ $(stat -c %u .) == 0 ]] || {
      echo "kiro-sandbox: $home/.kiro/steering is not the folder that the image made" >&2
      exit 1
    }
    draft=$(mktemp ./access.md.XXXXXX)
    base64 -d <<<"$access_note" >"$draft"
    chmod 644 "$draft"
    mv -T "$draft" access.md
  )
fi

# What the machine that this image was made on has left of the commands that made it.
own=$(readlink /var/lib/cloud/instance 2>/dev/null || true)
[[ -z $own ]] ||
  find "$root/var/lib/amazon/ssm" -mindepth 1 -maxdepth 1 -name 'i-*' ! -name "${own##*/}" -exec rm -rf {} + 2>/dev/null || true

mkdir -p "$root/etc/kiro-sandbox" "$root/etc/motd.d"
# The sandbox user's programs read what follows.
chmod 755 "$root/etc/kiro-sandbox"
printf "sandbox_user='%s'\naws_region='%s'\naccount_id='%s'\n" "$sandbox_user" "$aws_region" "$account_id" \
  >"$root/etc/kiro-sandbox/sandbox"
chmod 644 "$root/etc/kiro-sandbox/sandbox"
# What agent_start.py does when an agent starts, base64.
if [[ -n ${agent_start-} ]]; then
  start=$root/etc/kiro-sandbox/agent-start.json
  base64 -d <<<"$agent_start" >"$start.draft"
  chmod 644 "$start.draft"
  mv "$start.draft" "$start"
fi
printf 'Sandbox of %s in %s. Kiro: kiro-ro (reads AWS), kiro-rw (changes AWS while a window is open).\n' \
  "$sandbox_user" "$aws_region" >"$root/etc/motd.d/kiro-sandbox"
echo "kiro-sandbox-$sandbox_user" >"$root/etc/hostname"
# Without the right to (a container) the name is that of the next boot.
[[ -n $root ]] || hostname "kiro-sandbox-$sandbox_user" 2>/dev/null || true
echo "kiro-sandbox: ready for $sandbox_user"
