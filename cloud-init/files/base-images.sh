#!/usr/bin/env bash
# Puts the lesson's base images on a node, so that "FROM alpine" means the same image for everybody.
#   LAB_BASE_IMAGES      one line an image: "TAG SOURCE", e.g. "alpine:latest alpine:3.22@sha256:..."
#   LAB_IMAGE_DIRECTORY  folder with `docker save` archives that hold the tags; empty: pull the sources from their registry
# Stdout is one JSON object: tag -> image id.
set -euo pipefail

load_archives() {
  local archive found=no
  for archive in "$LAB_IMAGE_DIRECTORY"/*.tar; do
    [ -f "$archive" ] || continue
    found=yes
    echo "loading $(basename "$archive")" >&2
    docker image load --quiet --input "$archive" >&2
  done
  if [ "$found" = no ]; then
    echo "base images: there is no .tar archive in the folder that images.directory names" >&2
    exit 1
  fi
}

provide() {
  local tag=$1 source=$2
  if [ -z "$LAB_IMAGE_DIRECTORY" ]; then
    echo "pulling $source" >&2
    docker image pull --quiet "$source" >&2
    docker image tag "$source" "$tag"
  elif ! docker image inspect "$tag" > /dev/null 2>&1; then
    echo "base images: no archive in images.directory holds $tag; there are: $(docker image ls --format '{{.Repository}}:{{.Tag}}' | tr '\n' ' ')" >&2
    exit 1
  fi
}

if [ -n "${LAB_IMAGE_DIRECTORY?}" ]; then
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
