#!/usr/bin/env bash
# Puts the lesson's base images on a node, so that "FROM alpine" means the same image for everybody.
#   LAB_BASE_IMAGES         one line an image: "TAG SOURCE", e.g. "alpine:latest alpine:3.22@sha256:..."
#   LAB_ARTEFACT_DIRECTORY  folder with `docker save` archives that may hold the tags; empty: there is none
# What no archive holds is pulled from its source. Stdout is one JSON object: tag -> image id.
set -euo pipefail

loaded=''

load_archives() {
  local archive
  for archive in "$LAB_ARTEFACT_DIRECTORY"/*.tar; do
    [ -f "$archive" ] || continue
    echo "loading $(basename "$archive")" >&2
    loaded+=$(docker image load --quiet --input "$archive")$'\n'
  done
}

provide() {
  local tag=$1 source=$2
  if grep --quiet --line-regexp --fixed-strings "Loaded image: $tag" <<< "$loaded"; then
    return
  fi
  if [ -n "$LAB_ARTEFACT_DIRECTORY" ]; then
    echo "base images: no archive in artefacts.directory holds $tag" >&2
  fi
  echo "pulling $source" >&2
  docker image pull --quiet "$source" >&2
  docker image tag "$source" "$tag"
}

if [ -n "${LAB_ARTEFACT_DIRECTORY?}" ]; then
  load_archives
fi
separator=''
json=''
while read -r tag source; do
  [ -n "$tag" ] || continue
  provide "$tag" "$source"
  json+="$separator\"$tag\":\"$(docker image inspect --format '{{.Id}}' "$tag")\""
  separator=,
done <<< "${LAB_BASE_IMAGES:?}"
printf '{%s}\n' "$json"
