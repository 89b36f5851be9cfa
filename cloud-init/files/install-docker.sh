#!/usr/bin/env bash
# Installs Docker Engine with BuildKit from Docker's own repository, on Debian or Ubuntu: the packages and versions of
# docker.json, which leave out what the repository adds to a version for each release of a distribution.
set -euo pipefail

# Fingerprint of the key that signs Docker's apt repositories, from https://docs.docker.com/engine/install/debian/.
fingerprint=9DC858229FC7DD38854AE2D88D81803C0EBFCD88
keyring=/etc/apt/keyrings/docker.asc

# shellcheck source=/dev/null
. /etc/os-release
repository=https://download.docker.com/linux/$ID
mapfile -t packages < <(
  jq --raw-output --arg release "~$ID.$VERSION_ID~$VERSION_CODENAME" \
    'to_entries[] | "\(.key)=\(.value)\($release)"' /etc/lab-nodes/docker.json
)

# As on a machine made from a bake: then no mirror is asked.
is_installed() {
  [ "$(dpkg-query --show --showformat '${db:Status-Abbrev}${Version}' "${1%%=*}" 2> /dev/null)" = "ii ${1#*=}" ]
}
missing=no
for package in "${packages[@]}"; do
  is_installed "$package" || missing=yes
done
if [ "$missing" = no ]; then
  exit 0
fi

install -d -m 0755 /etc/apt/keyrings
curl -fsSL --retry 5 --retry-delay 2 -o "$keyring" "$repository/gpg"
# apt trusts every key of a keyring, so the fingerprints of all primary keys count: there is one, and it is Docker's.
found=$(gpg --show-keys --with-colons "$keyring" |
  awk -F: '$1 == "pub" || $1 == "sec" { primary = 1 } $1 == "fpr" && primary { print $10; primary = 0 }')
if [ "$found" != "$fingerprint" ]; then
  echo "install-docker: the keys at $repository/gpg have the fingerprints ${found//$'\n'/, }, expected $fingerprint alone" >&2
  rm -f "$keyring"
  exit 1
fi
chmod a+r "$keyring"

echo "deb [arch=$(dpkg --print-architecture) signed-by=$keyring] $repository $VERSION_CODENAME stable" \
  > /etc/apt/sources.list.d/docker.list
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends "${packages[@]}"
