#!/usr/bin/env bash
# Prints the student's home as a tar.gz.
set -euo pipefail

home=$(getent passwd student | cut --delimiter=: --fields=6)
# A student may be at work meanwhile: a file that changes is no reason to keep none (1). All else is (2).
tar --create --gzip --one-file-system --directory "$(dirname "$home")" "$(basename "$home")" || [ $? -eq 1 ]
