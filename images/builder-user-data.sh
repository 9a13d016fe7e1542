#!/bin/bash
# Whoever started this machine may be gone: at its deadline it powers itself off, which ends it.
# @inject: seconds
set -euo pipefail
systemd-run --quiet --unit=kiro-build-deadline --timer-property=AccuracySec=1s \
  --on-active="${seconds:?}s" systemctl poweroff
