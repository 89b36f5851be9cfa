#!/usr/bin/env bash
# Puts back on a node what it had when it became ready and has lost since: its SSH server, its Docker Engine, Trivy with
# its database. Run on the node by the Docker Engine that it is a container of, since SSH may be what is lost.
# Prints a line for each thing that was lost; nothing where nothing was.
set -uo pipefail

install_trivy=/usr/local/lib/lab-nodes/install-trivy.sh
trivy_places=(/usr/local/bin/trivy /usr/local/lib/lab-nodes/trivy /var/lib/trivy/db/trivy.db)
boot_seconds=60

one_line() { tr -s '[:space:]' ' ' | cut -c 1-300; }

# A node that was started a moment ago has not booted yet, and all its services are down.
wait_for_boot() {
  local deadline=$((SECONDS + boot_seconds))
  until systemctl is-system-running 2> /dev/null | grep --quiet --extended-regexp 'running|degraded'; do
    [ "$SECONDS" -lt "$deadline" ] || return 0
    sleep 0.5
  done
}

# Also at the next boot: somebody may have disabled or masked it.
require_running() {
  local what=$1 said
  shift
  if systemctl is-active --quiet "$1"; then
    return
  fi
  systemctl unmask --quiet "$@" 2> /dev/null
  systemctl enable --quiet "$@" 2> /dev/null
  systemctl reset-failed "$@" 2> /dev/null
  if said=$(systemctl start "$@" 2>&1); then
    echo "$what did not run; it is started again"
  else
    echo "$what does not start: $(one_line <<< "$said")"
  fi
}

require_trivy() {
  local place said
  for place in "${trivy_places[@]}"; do
    if [ ! -e "$place" ]; then
      if said=$("$install_trivy" 2>&1); then
        echo "$place was missing; Trivy is installed again"
      else
        echo "$place is missing, and $(tail -n 1 <<< "$said" | one_line)"
      fi
      return
    fi
  done
}

wait_for_boot
require_running "its SSH server" ssh.service
require_running "its Docker Engine" docker.service docker.socket
require_trivy
