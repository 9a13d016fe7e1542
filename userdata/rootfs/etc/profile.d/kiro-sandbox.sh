# shellcheck shell=sh
# An old AWS CLI would ask the global STS; sandboxes reach the one of their region.
export AWS_STS_REGIONAL_ENDPOINTS=regional
export AWS_PAGER=
# Session Manager shows no message of the day; sshd does.
case $- in
  *i*) [ -n "${SSH_CONNECTION-}" ] || cat /etc/motd.d/kiro-sandbox 2>/dev/null ;;
esac
