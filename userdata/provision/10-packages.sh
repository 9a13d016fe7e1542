#!/usr/bin/env bash
# Packages, each exactly as the lock names it, from the repository of one release of Amazon Linux.
# https://docs.aws.amazon.com/linux/al2023/ug/deterministic-upgrades-usage.html
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=userdata/provision/lib.sh
source provision/lib.sh

mapfile -t wanted < <(grep -v '^$' packages.txt)
dnf_here() { dnf --quiet --assumeyes --releasever="$releasever" --setopt=install_weak_deps=False "$@"; }

# Whole lines are compared: names hold hyphens and digits, so nothing is taken apart. rpm says (none) where dnf says 0.
missing() {
  printf '%s\n' "${wanted[@]}" |
    grep -vxFf <(rpm -qa --qf '%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\n') || true
}
unknown() {
  printf '%s\n' "${todo[@]}" |
    grep -vxFf <(dnf_here repoquery --qf '%{name}-%{epoch}:%{version}-%{release}.%{arch}' "${todo[@]}" 2>/dev/null) || true
}

mapfile -t todo < <(missing)
if ((${#todo[@]} == 0)); then
  echo "all ${#wanted[@]} packages are there"
  exit 0
fi
dnf_here makecache >makecache.log 2>&1 ||
  fail "the repository does not know release $releasever of Amazon Linux: $(tail -n 1 makecache.log)"
mapfile -t gone < <(unknown)
((${#gone[@]} == 0)) ||
  fail "release $releasever has no package ${gone[*]} (any more); npm run image:lock -- --update resolves anew"
dnf_here install "${todo[@]}" >install.log 2>&1 ||
  fail "dnf could not install ${todo[*]}: $(grep -v '^$' install.log | tail -n 3 | tr '\n' ' ')"
mapfile -t todo < <(missing)
((${#todo[@]} == 0)) || fail "installed, but not as the lock says: ${todo[*]}"
echo "${#wanted[@]} packages of $releasever"
