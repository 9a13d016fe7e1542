# shellcheck shell=sh
# The AWS CLI brings its own list of authorities and would not believe the one of this machine.
export AWS_CA_BUNDLE=/etc/pki/tls/certs/ca-bundle.crt
