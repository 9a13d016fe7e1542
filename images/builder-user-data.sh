#!/bin/bash
# Whoever started this machine may be gone: at its deadline it powers itself off, which ends it.
# @inject: minutes
set -euo pipefail
systemd-run --quiet --unit=kiro-build-deadline --on-active="${minutes:?}min" systemctl poweroff
