#!/usr/bin/env bash
# What verify has on a node: a folder, and containers and images with the run's id in their names or labels.
#   LAB_VERIFY_DO   prepare | clean | clean-stopped
#   LAB_VERIFY_RUN  id of the run
set -u

clean() {
  local run=$1 ids
  ids=$(docker container ls --all --quiet --filter "label=lab-nodes.verify=$run")
  # shellcheck disable=SC2086 # one word an id is meant
  [ -z "$ids" ] || docker container rm --force $ids
  # By name: an image that Docker built from its cache alone is the declared one, under a second name.
  ids=$(docker image ls --filter "reference=lab-verify-$run/*" --format '{{.Repository}}:{{.Tag}}')
  # shellcheck disable=SC2086
  [ -z "$ids" ] || docker image rm $ids
  ids=$(docker image ls --all --quiet --filter "label=lab-nodes.verify=$run")
  # shellcheck disable=SC2086
  [ -z "$ids" ] || docker image rm --force $ids
  rm -rf -- "/var/tmp/lab-verify-$run"
}

# Docker goes on with what a stopped client had asked it for, so a container may come after its client has gone: cleans
# until none has come for two seconds.
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

# Runs that could not clean up, for their connection was lost, are over after an hour.
clean_after_others() {
  local folder
  find /var/tmp -maxdepth 1 -type d -name 'lab-verify-*' -mmin +60 | while read -r folder; do
    clean "${folder#/var/tmp/lab-verify-}"
  done
}

# One process at a time can use Trivy's cache of scans. A copy of the user's keeps out of the way, and is as quick.
prepare() {
  local folder=/var/tmp/lab-verify-$LAB_VERIFY_RUN cache=$HOME/.cache/trivy
  mkdir -m 0700 -- "$folder" && mkdir -p -- "$folder/work" "$folder/tmp" "$folder/trivy/fanal" "$folder/docker" || return 1
  ln -s "$cache/db" "$folder/trivy/db"
  # Building leaves files in the user's folder of Docker settings; logins in registries are kept there.
  if [ -f "$HOME/.docker/config.json" ]; then
    cp -- "$HOME/.docker/config.json" "$folder/docker/"
  fi
  if [ -f "$cache/fanal/fanal.db" ]; then
    flock --shared --wait 5 "$cache/fanal/fanal.db" cp -- "$cache/fanal/fanal.db" "$folder/trivy/fanal/" || true
  fi
}

# What Trivy found in layers, for the next run: it spares that one a second of work on each node of a class. Root's cache
# alone, no student's: their first scan stays a first scan.
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
