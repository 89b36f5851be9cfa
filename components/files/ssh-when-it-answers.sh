#!/usr/bin/env bash
# Runs a command on a node that may still be booting: waits until it lets us in, then gives the command our input.
#   $@  arguments of ssh, the command as the last one
set -euo pipefail

# What node commands are told by variables. Others of the operator's own, LAB_ or not, are nothing to a node.
variables='LAB_ARTEFACT_DIRECTORY LAB_BASE_IMAGES LAB_END LAB_GATE_TIMEOUT_SECONDS LAB_NODE_MAJOR'

deadline=$((SECONDS + 180))
login=("${@:1:$#-1}")
# Kept, since a node in its first boot may let us in and restart its SSH server the next moment.
input=$(cat)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

until said=$(ssh "${login[@]}" true < /dev/null 2>&1); do
  # A node that shows another key is another machine, and will be one the next time.
  if [ "$SECONDS" -ge "$deadline" ] || [[ $said == *"HOST IDENTIFICATION HAS CHANGED"* ]]; then
    printf '%s\n' "$said" >&2
    exit 255
  fi
  sleep 1
done

while true; do
  code=0
  ssh -E "$log" -o SendEnv="$variables" -o ServerAliveInterval=15 "$@" < <(printf '%s\n' "$input") || code=$?
  # Only what ended before anybody was let in may be tried again.
  if [ "$code" -ne 255 ] || [ "$SECONDS" -ge "$deadline" ] || ! grep -q 'kex_exchange_identification\|banner exchange' "$log"; then
    cat "$log" >&2
    exit "$code"
  fi
  : > "$log"
  sleep 1
done
