#!/usr/bin/env bash
# Runs every check that needs no test run, side by side, and prints what each one said. Exit 1 if one of them fails.
# Called by `npm run verify:static`, which puts the programs of node_modules on PATH.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# What tsc knows of unchanged files: half of its time. knip, dependency-cruiser and cspell keep such a cache, too.
cache=node_modules/.cache/tsc
mkdir -p "$cache"

checks=(
  "tsc --noEmit --incremental --tsBuildInfoFile $cache/program.tsbuildinfo"
  "bash tests/support/shellcheck.sh"
  "knip --cache"
  "npm run --silent layers"
  "biome ci ."
  "npm run --silent spelling"
  "tsc --noEmit -p portal/page --incremental --tsBuildInfoFile $cache/page.tsbuildinfo"
)

output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
processes=()
for index in "${!checks[@]}"; do
  # Words of the list above, no quoting in them.
  # shellcheck disable=SC2086
  ${checks[index]} >"$output/$index" 2>&1 &
  processes+=($!)
done

status=0
for index in "${!checks[@]}"; do
  if ! wait "${processes[index]}"; then
    echo "failed: ${checks[index]}" >&2
    cat "$output/$index" >&2
    status=1
  fi
done
exit "$status"
