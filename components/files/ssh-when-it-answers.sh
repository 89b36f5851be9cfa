#!/usr/bin/env bash
# Runs a command on a node that may still be booting: waits until SSH login succeeds, then passes standard input to it.
#   $@  arguments of ssh, the command last
set -euo pipefail

# Variables that node commands read. No other variable of the operator is sent to a node.
variables='LAB_ARTEFACT_DIRECTORY LAB_BASE_IMAGES LAB_END LAB_GATE_TIMEOUT_SECONDS LAB_NODE_MAJOR'

deadline=$((SECONDS + 180))
login=("${@:1:$#-1}")
# Stored for retries, because a node may restart its SSH server during its first boot.
input=$(cat)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

until output=$(ssh "${login[@]}" true < /dev/null 2>&1); do
  # A changed host key means another machine; retrying does not help.
  if [ "$SECONDS" -ge "$deadline" ] || [[ $output == *"HOST IDENTIFICATION HAS CHANGED"* ]]; then
    printf '%s\n' "$output" >&2
    exit 255
  fi
  sleep 1
done

while true; do
  code=0
  ssh -E "$log" -o SendEnv="$variables" -o ServerAliveInterval=15 "$@" < <(printf '%s\n' "$input") || code=$?
  # Retry only if the connection ended before the login.
  if [ "$code" -ne 255 ] || [ "$SECONDS" -ge "$deadline" ] || ! grep -q 'kex_exchange_identification\|banner exchange' "$log"; then
    cat "$log" >&2
    exit "$code"
  fi
  : > "$log"
  sleep 1
done
