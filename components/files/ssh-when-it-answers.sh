#!/usr/bin/env bash
# Runs a command on a node that may still be booting: waits until it lets us in, then is ssh itself, with our own input.
#   $@  arguments of ssh, the command as the last one
set -euo pipefail

deadline=$((SECONDS + 180))
login=("${@:1:$#-1}")

# Without input: what is for the command must not go to an attempt that fails.
until said=$(ssh "${login[@]}" true < /dev/null 2>&1); do
  # A node that shows another key is another machine, and will be one the next time.
  if [ "$SECONDS" -ge "$deadline" ] || [[ $said == *"HOST IDENTIFICATION HAS CHANGED"* ]]; then
    printf '%s\n' "$said" >&2
    exit 255
  fi
  sleep 1
done
exec ssh -o SendEnv=LAB_* -o ServerAliveInterval=15 "$@"
