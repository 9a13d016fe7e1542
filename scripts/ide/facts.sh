#!/bin/sh
# What the server of an editor will find on a sandbox. Runs there over ssh as the sandbox user: sh -s <folder>
folder=$1
cd || exit
[ -d "$folder" ] && echo "folder yes"
echo "kernel $(uname -r)"
echo "libc $(getconf GNU_LIBC_VERSION 2>/dev/null)"
df -Pk "$HOME" | awk 'NR == 2 { print "disk", $4 }'
awk '$1 == "MemTotal:" { print "memory", $2 } $1 == "MemAvailable:" { print "available", $2 }' /proc/meminfo
