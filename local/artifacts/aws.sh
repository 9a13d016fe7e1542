#!/usr/bin/env bash
# Stand-in for the AWS CLI v2: Debian's, which is one, an older one.
exec /usr/bin/aws "$@"
