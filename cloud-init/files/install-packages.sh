#!/usr/bin/env bash
# Installs the packages that a table of ours has for this distribution: lines "DISTRIBUTION RELEASE: PACKAGE...", and
# one "all: PACKAGE...". On a machine that has them all, as one made from a bake, no mirror is asked.
set -euo pipefail

table=/etc/lab-nodes/packages
os_release=/etc/os-release

# shellcheck source=/dev/null
. "$os_release"
distribution="${ID:-unknown} ${VERSION_ID:-}"
if ! grep --quiet "^$distribution:" "$table"; then
  supported=$(sed -n '/^all:/d; s/:.*//p' "$table" | paste --serial --delimiters=, | sed 's/,/, /g')
  echo "install-packages: this machine runs ${PRETTY_NAME:-$distribution}, on which no lab can run; use one of: $supported" \
    "(settings local.baseImage, aws.ami)" >&2
  exit 1
fi
read -r -a packages <<< "$(sed -n "s/^\(all\|$distribution\)://p" "$table" | paste --serial --delimiters=' ')"

installed=$(dpkg-query --show --showformat '${db:Status-Abbrev}${Package}\n' "${packages[@]}" 2> /dev/null | sed -n 's/^ii //p') || true
missing=()
for package in "${packages[@]}"; do
  grep --quiet --line-regexp --fixed-strings -- "$package" <<< "$installed" || missing+=("$package")
done
if [ ${#missing[@]} != 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  # Another program's update, as at the first boot of a cloud's machine, is over in seconds.
  for _ in 1 2 3; do
    apt-get update && break
    sleep 3
  done
  apt-get install --yes --quiet --no-install-recommends --option DPkg::Lock::Timeout=120 \
    --option Dpkg::Options::=--force-confold --option Dpkg::Options::=--force-unsafe-io "${missing[@]}"
fi

# Debian's vim-tiny is `vi` alone. The priority is the lowest, so that a vim that a student installs takes its place.
if ! command -v vim > /dev/null && command -v vim.tiny > /dev/null; then
  update-alternatives --install /usr/bin/vim vim "$(command -v vim.tiny)" 1
fi
