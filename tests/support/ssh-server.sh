#!/usr/bin/env bash
# Runs an SSH server until its standard input ends, and takes all of its sessions with it. Needs root.
#   LAB_SSHD_CONFIG   its configuration
#   LAB_SSHD_LOG      where its words go
set -euo pipefail

server=""
# The empty folder that sshd wants for what it does without rights.
mkdir -p /run/sshd
trap '[[ -z "$server" ]] || kill -KILL "$server" 2> /dev/null || true' EXIT
trap 'exit 130' INT TERM HUP
# In a process namespace of its own: sessions are processes of their own, and end with its first one.
unshare --pid --fork --kill-child=SIGKILL /usr/sbin/sshd -D -e -f "${LAB_SSHD_CONFIG:?}" \
  2> "${LAB_SSHD_LOG:?}" < /dev/null &
server=$!
cat > /dev/null
