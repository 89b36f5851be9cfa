#!/usr/bin/env bash
# Runs the static checks beside the unit and component tests, and prints what failed of the checks after the tests.
# Exit 1 if a check or a test fails. Called by `npm run verify`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

report=$(mktemp)
trap 'rm -f "$report"' EXIT

# Tests have time limits and often wait: the checks take the time that tests leave.
# In a process group of their own: npm passes no signal on to what the checks started.
setsid nice -n 5 npm run --silent verify:static >"$report" 2>&1 &
checks=$!
trap 'kill -- -"$checks" 2>/dev/null; exit 130' INT TERM

status=0
npm run --silent unit || status=1
if ! wait "$checks"; then
  cat "$report" >&2
  status=1
fi
exit "$status"
