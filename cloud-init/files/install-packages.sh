#!/usr/bin/env bash
# Installs the packages named as arguments. On a machine that has them all, as one made from a bake, no mirror is asked.
set -euo pipefail

installed=$(dpkg-query --show --showformat '${db:Status-Abbrev}${Package}\n' "$@" 2> /dev/null | sed -n 's/^ii //p') || true
missing=()
for package in "$@"; do
  grep --quiet --line-regexp --fixed-strings -- "$package" <<< "$installed" || missing+=("$package")
done
if [ ${#missing[@]} = 0 ]; then
  exit 0
fi

export DEBIAN_FRONTEND=noninteractive
# Another program's update, as at the first boot of a cloud's machine, is over in seconds.
for _ in 1 2 3; do
  apt-get update && break
  sleep 3
done
apt-get install --yes --quiet --no-install-recommends --option DPkg::Lock::Timeout=120 \
  --option Dpkg::Options::=--force-confold --option Dpkg::Options::=--force-unsafe-io "${missing[@]}"
