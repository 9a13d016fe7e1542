#!/usr/bin/env bash
# /etc/kiro-sandbox/manifest.json: what was baked. The same lock gives the same bytes, so no times.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=userdata/provision/lib.sh
source provision/lib.sh

mkdir -p /etc/kiro-sandbox
python3 -I provision/manifest.py "$PWD" >/etc/kiro-sandbox/manifest.json.draft || fail 'the manifest could not be made'
chmod 644 /etc/kiro-sandbox/manifest.json.draft
mv /etc/kiro-sandbox/manifest.json.draft /etc/kiro-sandbox/manifest.json
echo "$(grep -c '"path"' /etc/kiro-sandbox/manifest.json) files, $(rpm -qa | grep -vc "^gpg-pubkey-") packages"
