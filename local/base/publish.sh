# shellcheck shell=bash
# Packages as a repository in Amazon Linux 2023's layout, in $draft/repository:
#   core/mirrors/<releasever>/<basearch>/mirror.list -> core/guids/<hash>/<basearch>/repodata
# Sourced. $1: release, then .rpms. Linked, not copied: most are in more than one.
publish() {
  local release=$1 guid folder mirrors
  guid=$(printf '%s\n' "$@" | sha256sum | cut -d' ' -f1)
  folder=${draft:?}/repository/core/guids/$guid/${BASE_RPM_ARCHITECTURE:?}
  mirrors=$draft/repository/core/mirrors/$release/$BASE_RPM_ARCHITECTURE
  mkdir -p "$folder/Packages" "$mirrors"
  ln "${@:2}" "$folder/Packages"
  createrepo_c --quiet --no-database --simple-md-filenames --workers 2 "$folder"
  # dnf fills in its variables here, too; so the same file is right in every region.
  # shellcheck disable=SC2016
  printf 'https://al2023-repos-$awsregion-de612dc2.s3$dualstack.$awsregion.$awsdomain/core/guids/%s/%s/\n' \
    "$guid" "$BASE_RPM_ARCHITECTURE" >"$mirrors/mirror.list"
}
