# shellcheck shell=bash
# How long each step of a build took, for base.json. Sourced.
began=$SECONDS
took() {
  printf '"%s":%d,' "$1" $((SECONDS - began)) >>"${draft:?}/seconds"
  began=$SECONDS
}
