#!/usr/bin/env bash
# Writes and removes the operator's SSH files of one stack: the client key and the nodes' host keys. Cards and the portal's
# files depend on these keys, so they are removed together.
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
    # Written to a temporary file and renamed, so that ssh never reads half a key.
    cat > "$directory/id_ed25519.new"
    printf '%s\n' "${LAB_KNOWN_HOSTS:?}" > "$directory/known_hosts.new"
    mv "$directory/id_ed25519.new" "$directory/id_ed25519"
    mv "$directory/known_hosts.new" "$directory/known_hosts"
    ;;
  remove)
    rm -rf "$directory" "$(dirname "$directory")/cards" "$(dirname "$directory")/portal"
    # Remove the stack's folder if it is empty.
    rmdir "$(dirname "$directory")" 2>/dev/null || true
    ;;
  *)
    echo "usage: ssh-files.sh write|remove" >&2
    exit 2
    ;;
esac
