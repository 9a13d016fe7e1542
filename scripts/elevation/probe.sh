#!/bin/sh
# Runs in the sandbox, as root: asks AWS the way the sandbox user does until it says yes, for at most ATTEMPT_SECONDS.
# get-caller-identity would succeed without any window; listing regions needs a permission and shows nothing private.
# Needs SANDBOX_USER, PROFILE, REGION, ATTEMPT_SECONDS.
set -eu
: "${SANDBOX_USER:?}" "${PROFILE:?}" "${REGION:?}" "${ATTEMPT_SECONDS:?}"
id -u "$SANDBOX_USER" >/dev/null 2>&1 || SANDBOX_USER=ec2-user
deadline=$(($(date +%s) + ATTEMPT_SECONDS))
while ! said=$(runuser -l "$SANDBOX_USER" -c "aws --profile '$PROFILE' --region '$REGION' ec2 describe-regions --query 'length(Regions)' --output text" 2>&1); do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    printf '%s\n' "$said" | tail -n 3 >&2
    exit 1
  fi
  sleep 1
done
