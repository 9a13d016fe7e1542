#!/usr/bin/env bash
# One part of a file, packed: an output of Run Command ends at 24,000 characters, a list of packages does not.
# @inject: path start
set -euo pipefail
gzip -9nc "${path:?}" | base64 -w 0 | tail -c "+$((${start:?} + 1))" | head -c 20000
