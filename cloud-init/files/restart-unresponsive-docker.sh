#!/usr/bin/env bash
# Asks a node's Docker Engine, and the builder in it, for an answer, and restarts an Engine that gives none in its time.
# Run on the node by the Docker Engine that it is a container of. Prints a line when it was restarted; else nothing.
set -uo pipefail

socket=/var/run/docker.sock
patience_seconds=60

one_line() { tr -s '[:space:]' ' ' | cut -c 1-300; }

# A build of an empty Dockerfile is refused, and leaves no image; but the builder has to be at work to read it. Any answer
# will do, and so will none at all where nobody listens: that is a fault of another kind.
is_silent() {
  local room
  room=$(mktemp --directory) || return 1
  : > "$room/Dockerfile"
  tar --create --directory "$room" Dockerfile |
    curl --silent --output /dev/null --max-time "$patience_seconds" --unix-socket "$socket" \
      --header 'Content-Type: application/x-tar' --data-binary @- 'http://docker/build?version=2'
  local status=${PIPESTATUS[1]}
  rm -rf "$room"
  # curl's own word for "in that time there was no end".
  [ "$status" -eq 28 ]
}

if is_silent; then
  if said=$(systemctl restart docker.service 2>&1); then
    echo "its Docker Engine gave no answer for $patience_seconds s; it is restarted"
  else
    echo "its Docker Engine gave no answer for $patience_seconds s, and does not start again: $(one_line <<< "$said")"
  fi
fi
