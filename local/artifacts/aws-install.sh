#!/usr/bin/env bash
# Stand-in for the installer of the AWS CLI v2: takes its options and puts the same layout in place, around the
# AWS CLI that the base image has.
set -euo pipefail
install_dir=/usr/local/aws-cli bin_dir=/usr/local/bin
while (($# > 0)); do
  case $1 in
    -i | --install-dir) install_dir=$2 && shift ;;
    -b | --bin-dir) bin_dir=$2 && shift ;;
    -u | --update) ;;
    *)
      echo "unknown option $1" >&2
      exit 2
      ;;
  esac
  shift
done
version=@version@
target=$install_dir/v2/$version
mkdir -p "$target/bin" "$bin_dir"
install -m 755 "$(dirname "${BASH_SOURCE[0]}")/dist/aws" "$target/bin/aws"
ln -sfn "$target" "$install_dir/v2/current"
ln -sfn "$install_dir/v2/current/bin/aws" "$bin_dir/aws"
echo "You can now run: $bin_dir/aws --version"
