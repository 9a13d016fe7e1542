#!/bin/sh
# Runs in a sandbox, as root, and only looks: one fact a line, tab between its words.
# Needs SANDBOX_USER.
set -eu
: "${SANDBOX_USER:?}"

# What a person can fill; browsers and build tools fail on a full /dev/shm. -P: one line each, whatever the names.
df -P -k / /home /tmp /dev/shm 2>/dev/null | awk 'NR > 1 && !seen[$6]++ { sub("%", "", $5); print "disk\t" $6 "\t" $5 "\t" $4 }'
df -P -i / 2>/dev/null | awk 'NR > 1 { sub("%", "", $5); if ($5 != "-") print "inodes\t" $6 "\t" $5 }'

home=$(getent passwd "$SANDBOX_USER" | cut -d: -f6)
if [ -x /usr/local/bin/kiro-sandbox ] && [ -n "$home" ]; then
  # Folders of work lie near the top of a home; all of a disk would take minutes.
  {
    printf '%s\n' "$home"
    timeout 5 find "$home" -xdev -maxdepth 5 -type d -path '*/.kiro/agents' ! -path "$home/.kiro/agents" -printf '%h\n' 2>/dev/null |
      sed 's|/\.kiro$||' | head -n 50
  } | while read -r folder; do
    runuser -u "$SANDBOX_USER" -- env -C "$folder" HOME="$home" /usr/local/bin/kiro-sandbox agents check 2>&1 </dev/null |
      sed -nE 's/^(.*) (replaces an agent|is not the agent).*/shadow\t\1/p'
  done | sort -u
fi

failed=$(systemctl list-units --failed --plain --no-legend 2>/dev/null | awk '{ print $1 }' | head -n 5 | tr '\n' ' ')
[ -z "$failed" ] || printf 'failed\t%s\n' "$failed"
