#!/bin/bash
# First boot of a sandbox, and again when its settings have changed. Only values come from outside; the work is done
# by a script the image holds.
set -euo pipefail
# @inject: sandbox_user aws_region account_id access_note elevation_mode agent_start
: "${sandbox_user:?}" "${aws_region:?}" "${account_id:?}" "${access_note:?}" "${elevation_mode:?}" "${agent_start:?}"
export sandbox_user aws_region account_id access_note elevation_mode agent_start

boot=/usr/local/lib/kiro-sandbox/boot.sh
if [[ -x "$boot" ]]; then
  exec "$boot"
fi
# A stock image knows nothing of sandboxes; it still boots and answers Session Manager.
echo "kiro-sandbox: no $boot on this image, nothing to set up"
