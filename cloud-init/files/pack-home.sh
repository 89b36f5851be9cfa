#!/usr/bin/env bash
# Prints the student's home as a tar.gz. Stderr has a line for each thing that is not in it.
set -euo pipefail

home=$(getent passwd student | cut --delimiter=: --fields=6)
findmnt --noheadings --raw --output TARGET | while read -r mounted; do
  case $mounted in
    "$home"/*) echo "$mounted: another file system" >&2 ;;
  esac
done
# A student may be at work meanwhile: a file that changes is no reason to keep none (1). All else is (2).
tar --create --gzip --one-file-system --directory "$(dirname "$home")" "$(basename "$home")" || [ $? -eq 1 ]
