#!/usr/bin/env bash
# Keeps the operator's SSH files of one stack: the client key and the nodes' host keys. What the cards of `lab cards` say and
# the portal keeps is true as long, so both go with them.
#   $1                  write | remove
#   LAB_SSH_DIRECTORY   where they are, e.g. .lab/dev/ssh
#   LAB_KNOWN_HOSTS     contents of known_hosts
#   stdin               the private key (write)
set -euo pipefail
directory=${LAB_SSH_DIRECTORY:?}

case ${1:?} in
  write)
    umask 077
    mkdir -p "$directory"
    # Written beside and renamed: ssh never sees half a key.
    cat > "$directory/id_ed25519.new"
    printf '%s\n' "${LAB_KNOWN_HOSTS:?}" > "$directory/known_hosts.new"
    mv "$directory/id_ed25519.new" "$directory/id_ed25519"
    mv "$directory/known_hosts.new" "$directory/known_hosts"
    ;;
  remove)
    rm -rf "$directory" "$(dirname "$directory")/cards" "$(dirname "$directory")/portal"
    # The stack's folder goes with its last file; one that holds more stays.
    rmdir "$(dirname "$directory")" 2>/dev/null || true
    ;;
  *)
    echo "usage: ssh-files.sh write|remove" >&2
    exit 2
    ;;
esac
