#!/usr/bin/env bash
# Run as root on the portal's machine before files are copied: creates the user, and folders that only it can read.
set -euo pipefail
user=lab-portal
state=/var/lib/lab-portal
id "$user" > /dev/null 2>&1 || useradd --system --home-dir "$state" --shell /usr/sbin/nologin "$user"
install --directory --mode=755 /opt/lab-portal/portal/server
install --directory --mode=700 --owner="$user" --group="$user" "$state"
install --mode=600 --owner="$user" --group="$user" /dev/null "$state/settings.json.new"
