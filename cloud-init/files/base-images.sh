#!/usr/bin/env bash
# Puts the lesson's base images on a node, so that "FROM alpine" means the same image for everybody.
#   LAB_BASE_IMAGES         one line an image: "TAG SOURCE", e.g. "alpine:latest alpine:3.22@sha256:..."
#   LAB_ARTEFACT_DIRECTORY  folder with `docker save` archives that may hold the tags; empty: there is none
# What no archive holds is pulled from its source; what a bake brought along is left as it is. Stdout is one JSON object:
# tag -> image id.
set -euo pipefail

# A line for each image that was provided: "TAG SOURCE ID".
record=/var/lib/lab-nodes/base-images
loaded=''

image_id() { docker image inspect --format '{{.Id}}' "$1"; }

# Whether all tags are what this script made them of the same sources.
all_provided() {
  local tag source
  while read -r tag source; do
    [ -n "$tag" ] || continue
    grep --quiet --line-regexp --fixed-strings "$tag $source $(image_id "$tag" 2> /dev/null)" "$record" 2> /dev/null || return 1
  done <<< "$LAB_BASE_IMAGES"
}

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

provide_all() {
  local tag source
  if [ -n "$LAB_ARTEFACT_DIRECTORY" ]; then
    load_archives
  fi
  mkdir -p "$(dirname "$record")"
  : > "$record"
  while read -r tag source; do
    [ -n "$tag" ] || continue
    provide "$tag" "$source"
    echo "$tag $source $(image_id "$tag")" >> "$record"
  done <<< "$LAB_BASE_IMAGES"
}

: "${LAB_BASE_IMAGES:?}" "${LAB_ARTEFACT_DIRECTORY?}"
all_provided || provide_all
separator=''
json=''
while read -r tag _; do
  [ -n "$tag" ] || continue
  json+="$separator\"$tag\":\"$(image_id "$tag")\""
  separator=,
done <<< "$LAB_BASE_IMAGES"
printf '{%s}\n' "$json"
