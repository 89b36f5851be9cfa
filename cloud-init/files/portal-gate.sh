#!/usr/bin/env bash
# The portal's machine, asked over SSH whether it is ready: waits for cloud-init. Node.js comes with the portal.
#   LAB_GATE_TIMEOUT_SECONDS  how long cloud-init may take
set -euo pipefail

log=/var/log/cloud-init-output.log

fail() {
  {
    echo "the portal's machine is not ready: $1"
    echo "--- the last lines of $log on it:"
    tail -n 30 "$log" 2> /dev/null || echo "(there is no such file)"
  } >&2
  exit 1
}

deadline=$((SECONDS + ${LAB_GATE_TIMEOUT_SECONDS:?}))
until [ -s /run/cloud-init/result.json ]; do
  [ "$SECONDS" -lt "$deadline" ] || fail "cloud-init did not finish in $LAB_GATE_TIMEOUT_SECONDS seconds"
  sleep 0.2
done

echo ready
