#!/usr/bin/env bash
# Makes sure that this machine has OpenSSH's server program, /usr/sbin/sshd: by apt, as root, where it is missing.
# Only the program is wanted: no server of the machine's own is started, now or at the next boot.
set -euo pipefail

policy=/usr/sbin/policy-rc.d

install_server() {
  if [[ ! -e "$policy" ]]; then
    # What Debian's packages ask before they start a service: 101 forbids it.
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends openssh-server
  if [[ -d /run/systemd/system ]]; then
    systemctl disable ssh.service
  fi
}

if [[ -x /usr/sbin/sshd ]]; then
  exit 0
fi
if [[ "$(id -u)" == 0 ]] && command -v apt-get > /dev/null; then
  install_server > /dev/null
  exit 0
fi
echo "/usr/sbin/sshd is missing. Install it and run this again, for example: sudo apt-get install openssh-server" >&2
exit 1
