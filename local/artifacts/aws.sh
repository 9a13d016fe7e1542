#!/usr/bin/env bash
# Stand-in for the AWS CLI v2: that of the base image, which is one, of another version.
if [ "$*" = --version ]; then
  said=$(/usr/bin/aws --version 2>&1) || exit
  # An image is asked for the version that its lock names; what runs stands behind it.
  [[ $said == "aws-cli/@version@ "* ]] || said="aws-cli/@version@ stand-in/$said"
  echo "$said"
  exit
fi
exec /usr/bin/aws "$@"
