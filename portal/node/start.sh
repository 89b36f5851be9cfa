#!/usr/bin/env bash
# Run as root on the portal's machine after copying files: starts the portal, and waits until it answers.
#   LAB_PORT  the port that it listens on
set -euo pipefail
state=/var/lib/lab-portal
mv "$state/settings.json.new" "$state/settings.json"
systemctl daemon-reload
systemctl enable --quiet lab-portal.service
systemctl restart lab-portal.service
for _ in $(seq 100); do
  if (exec 3<> "/dev/tcp/127.0.0.1/${LAB_PORT:?}") 2> /dev/null; then
    exit 0
  fi
  sleep 0.1
done
echo "The portal does not answer on its machine. Its log:"
journalctl --unit=lab-portal.service --lines=20 --no-pager --output=cat
exit 1
