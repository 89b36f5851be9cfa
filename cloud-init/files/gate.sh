#!/usr/bin/env bash
# The readiness gate, run on a node over SSH. Waits for cloud-init, then makes Trivy, Docker and a
# student's tools prove that they work.
# Progress goes to stderr as "phase: <name> <what is going on>", and to a log on the node; stdout is one JSON object.
#   LAB_GATE_TIMEOUT_SECONDS  how long cloud-init may take
set -euo pipefail

result=/run/cloud-init/result.json
log=/var/log/cloud-init-output.log
gate_log=/var/log/lab-nodes-gate.log
os_release=/etc/os-release
install_commands=/var/lib/cloud/instance/scripts/runcmd
trivy_plan=/etc/lab-nodes/trivy.json
docker_versions=/etc/lab-nodes/docker.json
trivy_metadata=/var/lib/trivy/db/metadata.json
started=$(stat -c %Y /proc/1)
deadline=$((SECONDS + ${LAB_GATE_TIMEOUT_SECONDS:?}))

phase() {
  echo "phase: $*" >&2
  echo "$(date --iso-8601=seconds) $*" >> "$gate_log"
}

# The log as a terminal would show it: of a counter that writes over itself, the last count.
as_shown() { sed 's/\r$//; s/.*\r//' "$log"; }

# Ends the gate with its reason, and the tail of cloud-init's log as the last thing said.
fail() {
  echo "$(date --iso-8601=seconds) not ready: $1" >> "$gate_log"
  {
    echo "node1 is not ready: $1"
    echo "--- the last lines of $log on the node:"
    if [ -f "$log" ]; then as_shown | tail -n 30; else echo "(there is no such file)"; fi
  } >&2
  exit 1
}

last_log_line() { as_shown 2> /dev/null | tail -n 1 | cut -c 1-100 || true; }

wait_for_cloud_init() {
  local shown='' now='' looked=''
  until [ -s "$result" ]; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      fail "cloud-init did not finish in $LAB_GATE_TIMEOUT_SECONDS seconds"
    fi
    # Once a second: to look costs several processes, and a class boots all at the same time.
    if [ "$SECONDS" != "$looked" ]; then
      looked=$SECONDS
      now=$(last_log_line)
    fi
    if [ "$now" != "$shown" ]; then
      phase "cloud-init $now"
      shown=$now
    fi
    sleep 0.1
  done
}

# Errors that cloud-init reports, a line each; "install" stands for that of our own install commands.
cloud_init_errors() {
  python3 -c '
import json, re, sys
for error in json.load(open(sys.argv[1]))["v1"]["errors"]:
    print("install" if re.search(r"scripts.user.*\(runcmd\)", error) else " ".join(error.split()))
' "$result"
}

# Our install commands fail for reasons that can be gone by now, such as an archive that was not there: they get a second
# chance on the same machine, so that the next `up` need not make a new one.
require_no_errors() {
  local errors said
  errors=$(cloud_init_errors)
  case $errors in
    '') ;;
    install)
      phase "cloud-init installing once more"
      said=$(sh -e "$install_commands" 2>&1 > /dev/null) || fail "$said"
      ;;
    *) fail "cloud-init reports: $(paste --serial --delimiters=';' <<< "$errors" | sed 's/;/; /g')" ;;
  esac
}

# As a student, who finds the database through a link of their own.
require_trivy() {
  local wanted said
  wanted=$(jq --raw-output .version "$trivy_plan")
  said=$(trivy --version 2>&1) || fail "'trivy --version' says: $said"
  [ "$(awk '$1 == "Version:" { print $2; exit }' <<< "$said")" = "$wanted" ] ||
    fail "'trivy --version' says: ${said:-nothing}; this lab is made for Trivy $wanted"
  said=$(runuser --login student --command 'trivy filesystem --quiet --scanners vuln --cache-backend memory \
    --skip-db-update --skip-java-db-update --skip-version-check --disable-telemetry --offline-scan /etc/lab-nodes' 2>&1) ||
    fail "Trivy does not open its vulnerability database: $said"
}

require_docker_version() {
  command -v docker > /dev/null || fail "the docker command is not installed"
  for _ in $(seq 100); do
    if docker version > /dev/null 2>&1; then
      return
    fi
    sleep 0.1
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
  require_of_student show_scan
  docker image rm --force "$image" > /dev/null
}

# Debian 12 packages neither buildx nor Compose v2; its client builds with BuildKit by itself.
has_plugins() { [ "$ID $VERSION_ID" != "debian 12" ] || [ -f "$docker_versions" ]; }

# Runs a function of ours in the login of a student, as PAM makes it. What it says is why it failed.
require_of_student() {
  local said
  said=$(su --login student --command 'bash -s' <<< "$(declare -f "$1"); $1" 2>&1) || fail "$said"
}

show_tools() {
  local editor
  for editor in nano vi vim; do
    command -v "$editor" > /dev/null || { echo "the editor $editor is not installed" && return 1; }
  done
  [ "$(locale charmap)" = UTF-8 ] ||
    { echo "the locale of a student is ${LC_ALL:-${LANG:-not set}}: its text is $(locale charmap), not UTF-8" && return 1; }
}

show_plugins() {
  local plugin said
  for plugin in buildx compose; do
    said=$(docker "$plugin" version 2>&1) || { echo "'docker $plugin version' says: $said" && return 1; }
  done
}

# With the settings of a login alone, which tell Trivy to download nothing.
show_scan() {
  local said
  said=$(trivy image --quiet --scanners vuln --cache-backend memory lab-nodes-gate:latest 2>&1) ||
    { echo "'trivy image' in a student's login says: $said" && return 1; }
}

# From nothing, and a label alone: no registry is needed, and no build cache is left.
show_build() {
  local image=lab-nodes-gate:build said
  said=$(printf 'FROM scratch\nLABEL lab-nodes=gate\n' | DOCKER_BUILDKIT=1 docker image build --tag "$image" - 2>&1) ||
    { echo "'docker image build' with BuildKit says: $said" && return 1; }
  docker image rm --force "$image" > /dev/null
}

# Version of each package that matters here, as the distribution's mirror had it on the day.
package_versions() {
  dpkg-query --show --showformat '${db:Status-Abbrev} ${Package} ${Version}\n' \
    docker.io docker-cli docker-buildx docker-compose docker-compose-v2 docker-ce docker-buildx-plugin \
    docker-compose-plugin git nano vim-tiny containerd containerd.io runc cloud-init openssh-server \
    jq wget gnupg lsb-release 2> /dev/null |
    awk '$1 == "ii" { print $2, $3 }' || true
}

# Two nodes with the same sum have the same packages, all of them.
package_sum() {
  dpkg-query --show --showformat '${db:Status-Abbrev} ${Package} ${Version} ${Architecture}\n' |
    LC_ALL=C sort | sha256sum | cut -d ' ' -f 1
}

phase "cloud-init starting"
wait_for_cloud_init
require_no_errors
finished=$(stat -c %Y "$result")
# shellcheck source=/dev/null
. "$os_release"
phase "cloud-init trivy"
require_trivy
phase "cloud-init tools"
require_of_student show_tools
phase "docker version"
docker_started=$(date +%s%N)
require_docker_version
phase "docker run"
require_docker_run
phase "docker build"
if has_plugins; then require_of_student show_plugins; fi
require_of_student show_build
docker_milliseconds=$((($(date +%s%N) - docker_started) / 1000000))
phase "docker ready"

jq --null-input --compact-output \
  --arg hostname "$(hostname)" --arg os "$PRETTY_NAME" --arg distribution "$ID $VERSION_ID" --arg architecture "$(dpkg --print-architecture)" \
  --arg server "$(docker version --format '{{.Server.Version}}')" \
  --arg client "$(docker version --format '{{.Client.Version}}')" \
  --arg packages "$(package_versions)" --arg packagesSha256 "$(package_sum)" \
  --slurpfile plan "$trivy_plan" --slurpfile database "$trivy_metadata" \
  --argjson cloudInit "$((finished - started))" --argjson dockerMilliseconds "$docker_milliseconds" '{
    hostname: $hostname,
    os: $os,
    distribution: $distribution,
    architecture: $architecture,
    docker: { server: $server, client: $client },
    trivy: {
      version: $plan[0].version,
      database: ($database[0] | { version: .Version, updatedAt: .UpdatedAt, sample: .Sample } | with_entries(select(.value != null)))
    },
    packages: ($packages | split("\n") | map(split(" ") | { key: .[0], value: .[1] }) | from_entries),
    packagesSha256: $packagesSha256,
    seconds: { cloudInit: $cloudInit, docker: ($dockerMilliseconds / 1000) }
  }'
