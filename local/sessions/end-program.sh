#!/bin/sh
# Ends everything that belongs to the session whose leader is named in the file; what left it with setsid lives on.
file=$1
[ -e "$file" ] || exit 0
read -r leader <"$file"
rm -f "$file"

members() {
  for stat in /proc/[0-9]*/stat; do
    # The name in parentheses may hold anything; what follows it does not.
    read -r line 2>/dev/null <"$stat" || continue
    # shellcheck disable=SC2086 # split into fields
    set -- ${line##*) }
    [ "$4" != "$leader" ] || { stat=${stat#/proc/} && echo "${stat%/stat}"; }
  done
}

for signal in HUP TERM KILL; do
  found=$(members)
  [ -n "$found" ] || exit 0
  # shellcheck disable=SC2086 # one word each
  kill -s "$signal" $found 2>/dev/null
  # A stopped job hears nothing but KILL until it goes on.
  # shellcheck disable=SC2086
  kill -s CONT $found 2>/dev/null
  sleep 0.2
done
