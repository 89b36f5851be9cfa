#!/usr/bin/env bash
# The readiness gate, run on a node over SSH. Waits for cloud-init, then makes Docker prove that it works.
# Progress goes to stderr as "phase: <name> <what is going on>", and to a log on the node; stdout is one JSON object.
#   LAB_GATE_TIMEOUT_SECONDS  how long cloud-init may take
set -euo pipefail

result=/run/cloud-init/result.json
log=/var/log/cloud-init-output.log
gate_log=/var/log/lab-nodes-gate.log
started=$(stat -c %Y /proc/1)
deadline=$((SECONDS + ${LAB_GATE_TIMEOUT_SECONDS:?}))

phase() {
  echo "phase: $*" >&2
  echo "$(date --iso-8601=seconds) $*" >> "$gate_log"
}

# Ends the gate with its reason, and the tail of cloud-init's log as the last thing said.
fail() {
  echo "$(date --iso-8601=seconds) not ready: $1" >> "$gate_log"
  {
    echo "node1 is not ready: $1"
    echo "--- the last lines of $log on the node:"
    tail -n 30 "$log" 2>/dev/null || echo "(there is no such file)"
  } >&2
  exit 1
}

last_log_line() { tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c 1-100; }

wait_for_cloud_init() {
  local shown='' now
  until [ -s "$result" ]; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      fail "cloud-init did not finish in $LAB_GATE_TIMEOUT_SECONDS seconds"
    fi
    now=$(last_log_line)
    if [ "$now" != "$shown" ]; then
      phase "cloud-init $now"
      shown=$now
    fi
    sleep 0.25
  done
}

require_no_errors() {
  local errors
  errors=$(python3 -c 'import json, sys; print("; ".join(json.load(open(sys.argv[1]))["v1"]["errors"]))' "$result")
  if [ -n "$errors" ]; then
    fail "cloud-init reports: $errors"
  fi
}

require_docker_version() {
  command -v docker > /dev/null || fail "the docker command is not installed"
  for _ in $(seq 40); do
    if docker version > /dev/null 2>&1; then
      return
    fi
    sleep 0.25
  done
  fail "'docker version' says: $(docker version 2>&1 | tail -n 1)"
}

# An image made of files the node has already: no registry is needed to see a container run.
require_docker_run() {
  local image=lab-nodes-gate:latest said libraries
  libraries=$(ldd /bin/true | grep -oE '/[^ ]+')
  # shellcheck disable=SC2086 # one word a library is meant
  tar --create --dereference --absolute-names /bin/true $libraries | docker image import - "$image" > /dev/null ||
    fail "'docker image import' failed"
  said=$(docker container run --rm --network none "$image" /bin/true 2>&1) || fail "'docker container run' says: $said"
  docker image rm --force "$image" > /dev/null
}

# Version of each package that matters here, as the distribution's mirror had it on the day.
package_versions() {
  dpkg-query --show --showformat '${db:Status-Abbrev} ${Package} ${Version}\n' \
    docker.io docker-ce docker-buildx-plugin containerd containerd.io runc cloud-init openssh-server 2>/dev/null |
    awk '$1 == "ii" { printf "%s\"%s\":\"%s\"", separator, $2, $3; separator = "," }' || true
}

phase "cloud-init starting"
wait_for_cloud_init
require_no_errors
finished=$(stat -c %Y "$result")
phase "docker version"
docker_started=$(date +%s%N)
require_docker_version
phase "docker run"
require_docker_run
docker_milliseconds=$((($(date +%s%N) - docker_started) / 1000000))
phase "docker ready"

# shellcheck source=/dev/null
os=$(. /etc/os-release && echo "$PRETTY_NAME")
printf '{"hostname":"%s","os":"%s","architecture":"%s","docker":{"server":"%s","client":"%s"},"packages":{%s},"seconds":{"cloudInit":%d,"docker":%d.%03d}}\n' \
  "$(hostname)" "$os" "$(dpkg --print-architecture)" \
  "$(docker version --format '{{.Server.Version}}')" "$(docker version --format '{{.Client.Version}}')" \
  "$(package_versions)" "$((finished - started))" \
  $((docker_milliseconds / 1000)) $((docker_milliseconds % 1000))
