#!/usr/bin/env bash
# Creates and removes what verify uses on a node: a folder, and containers and images with the run's ID in names or labels.
#   LAB_VERIFY_DO   prepare | clean | clean-stopped
#   LAB_VERIFY_RUN  ID of the run
set -u

clean() {
  local run=$1 ids
  ids=$(docker container ls --all --quiet --filter "label=lab-nodes.verify=$run")
  # shellcheck disable=SC2086 # split into one argument per ID
  [ -z "$ids" ] || docker container rm --force $ids
  # By name, because an image built entirely from the cache is the declared image with a second name.
  ids=$(docker image ls --filter "reference=lab-verify-$run/*" --format '{{.Repository}}:{{.Tag}}')
  # shellcheck disable=SC2086
  [ -z "$ids" ] || docker image rm $ids
  ids=$(docker image ls --all --quiet --filter "label=lab-nodes.verify=$run")
  # shellcheck disable=SC2086
  [ -z "$ids" ] || docker image rm --force $ids
  rm -rf -- "/var/tmp/lab-verify-$run"
}

# Docker completes the requests of a stopped client, so containers may still appear: cleans until none has appeared for two
# seconds.
clean_stopped() {
  local quiet=0
  for _ in $(seq 40); do
    if [ -n "$(docker container ls --all --quiet --filter "label=lab-nodes.verify=$1")" ]; then
      quiet=0
    fi
    clean "$1"
    quiet=$((quiet + 1))
    if [ "$quiet" -gt 4 ]; then
      return
    fi
    sleep 0.5
  done
}

# Cleans up after runs that lost their connection more than an hour ago.
clean_after_others() {
  local folder
  find /var/tmp -maxdepth 1 -type d -name 'lab-verify-*' -mmin +60 | while read -r folder; do
    clean "${folder#/var/tmp/lab-verify-}"
  done
}

# Only one process at a time can use Trivy's scan cache, so verify uses a copy.
prepare() {
  local folder=/var/tmp/lab-verify-$LAB_VERIFY_RUN cache=$HOME/.cache/trivy
  mkdir -m 0700 -- "$folder" && mkdir -p -- "$folder/work" "$folder/tmp" "$folder/trivy/fanal" "$folder/docker" || return 1
  ln -s "$cache/db" "$folder/trivy/db"
  # Builds write files to the Docker config folder, so verify uses a copy with the user's registry logins.
  if [ -f "$HOME/.docker/config.json" ]; then
    cp -- "$HOME/.docker/config.json" "$folder/docker/"
  fi
  if [ -f "$cache/fanal/fanal.db" ]; then
    flock --shared --wait 5 "$cache/fanal/fanal.db" cp -- "$cache/fanal/fanal.db" "$folder/trivy/fanal/" || true
  fi
}

# Saves Trivy's scan results of layers, which makes the next run a second faster per node. Only for root: a student's first
# scan must not be cached.
keep_scans() {
  local kept=/var/tmp/lab-verify-$1/trivy/fanal/fanal.db cache=/root/.cache/trivy/fanal
  if [ "$(id -u)" = 0 ] && [ -f "$kept" ]; then
    mkdir -p -- "$cache" && mv -f -- "$kept" "$cache/fanal.db"
  fi
}

case $LAB_VERIFY_DO in
  prepare) clean_after_others > /dev/null 2>&1 && prepare ;;
  clean)
    keep_scans "$LAB_VERIFY_RUN"
    clean "$LAB_VERIFY_RUN"
    ;;
  clean-stopped) clean_stopped "$LAB_VERIFY_RUN" ;;
esac
