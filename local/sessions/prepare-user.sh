#!/bin/sh
# Names the account that a session runs as: uid, gid and home, one a line.
# ssm-user is made on demand, with the sudo rule that amazon-ssm-agent gives it; other accounts must exist:
# https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html
user=$1
own=$2
if [ "$own" = yes ] && ! id -u "$user" >/dev/null 2>&1; then
  useradd -m -s /bin/bash -c 'Session Manager' "$user" || exit 3
  rules=/etc/sudoers.d/ssm-agent-users
  if ! [ -e "$rules" ]; then
    printf '# User rules for %s\n%s ALL=(ALL) NOPASSWD:ALL\n' "$user" "$user" >"$rules"
    chmod 0440 "$rules"
  fi
fi
id -u "$user" && id -g "$user" && getent passwd "$user" | cut -d: -f6
