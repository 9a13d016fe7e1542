#!/bin/sh
# signal-program.sh <file of the pid> <signal>
read -r leader <"$1" && kill -s "$2" "$leader"
