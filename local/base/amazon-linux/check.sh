#!/usr/bin/env bash
# In the container, last: whether what the local target brings along will find in a booted machine what it calls there.
# A name that a new release has changed shall cost a line now, and not every machine later.
set -euo pipefail
missing=()
for name in aws curl env find getent hostname ip journalctl less mkfifo ps python3 rpm runuser setpriv setsid \
  sha256sum ssh-keygen sshd sudo systemctl systemd-run tar timeout useradd vi; do
  command -v "$name" >/dev/null || missing+=("$name")
done
[ -x /sbin/init ] || missing+=(/sbin/init)
for unit in sshd cloud-init cloud-final amazon-ssm-agent; do
  systemctl --quiet is-enabled "$unit.service" || missing+=("the unit $unit")
done
# ssm-agent.sh signs with curl, cloud-init.sh asks with bash; nobody listens there, which is another failure.
code=0
curl -s --noproxy '*' --aws-sigv4 aws:amz:us-west-2:ssm --user a:b http://127.0.0.1:9/ || code=$?
[ "$code" -eq 7 ] || missing+=("signing with curl ($code)")
said=$( (: <>/dev/tcp/127.0.0.1/9) 2>&1) || true
[[ $said == *refused* ]] || missing+=("sockets of bash ($said)")
visudo -cq >/dev/null 2>&1 || missing+=('rules that sudo can read')
aws --version >/dev/null 2>&1 || missing+=('an AWS CLI that runs')
[ "${#missing[@]}" -eq 0 ] || {
  printf -v list '%s, ' "${missing[@]}"
  echo "error: the image has no ${list%, }" >&2
  exit 1
}
