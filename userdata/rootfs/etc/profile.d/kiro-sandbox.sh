# shellcheck shell=sh
# An old AWS CLI would ask the global STS; sandboxes reach the one of their region.
export AWS_STS_REGIONAL_ENDPOINTS=regional
export AWS_PAGER=
