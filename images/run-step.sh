#!/usr/bin/env bash
# Runs one script of a build. Run Command shows the first 24,000 characters of an output and only when it is
# complete; what matters stands at the end, so it goes into a file that can be read meanwhile, away from the disk.
# First line: how many lines there are. Then the last ones.
# @inject: folder script log
set -uo pipefail
cd "${folder:?}" || exit 1
bash "${script:?}" >"${log:?}" 2>&1
code=$?
wc -l <"$log"
tail -c 16000 "$log"
exit "$code"
