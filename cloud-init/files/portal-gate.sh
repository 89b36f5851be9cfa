#!/usr/bin/env bash
# The portal's machine, asked over SSH whether it is ready: waits for cloud-init, then looks for Node.js. stdout is its version.
#   LAB_GATE_TIMEOUT_SECONDS  how long cloud-init may take
#   LAB_NODE_MAJOR            the oldest Node.js that will do
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

version=$(node --version 2> /dev/null) || fail "Node.js is not installed"
major=${version#v}
[ "${major%%.*}" -ge "${LAB_NODE_MAJOR:?}" ] || fail "its Node.js is $version; the portal needs $LAB_NODE_MAJOR or newer"
echo "$version"
