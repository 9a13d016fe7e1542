#!/usr/bin/env bash
# AWS CLI v2 by AWS's own installer.
# https://docs.aws.amazon.com/cli/latest/userguide/getting-started-version.html
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=userdata/provision/lib.sh
source provision/lib.sh

check_sum aws-cli.archive "$aws_cli_sha256" 'the archive of the AWS CLI'
folder=$(mktemp -d /var/tmp/aws-cli.XXXXXX)
trap 'rm -rf "$folder"' EXIT
unzip -q aws-cli.archive -d "$folder" || fail 'the archive of the AWS CLI is no zip file'
[[ -x $folder/aws/install ]] || fail 'the archive of the AWS CLI has no aws/install'
"$folder/aws/install" --update --install-dir /usr/local/aws-cli --bin-dir /usr/local/bin >/dev/null ||
  fail 'the installer of the AWS CLI failed'
version=$(/usr/local/bin/aws --version 2>&1) || fail "the AWS CLI does not run on this machine: $version"
[[ $version == "aws-cli/$aws_cli_version "* ]] ||
  fail "the AWS CLI says \"$version\", the lock says $aws_cli_version"
echo "${version%% *}"
