#!/usr/bin/env bash
# Pulls the class's images from its registry, and gives them the names that the lesson has for them.
#   LAB_IMAGES  one line an image: "NAME REFERENCE", the reference by digest
# Stdout is one JSON object: name -> image id.
set -euo pipefail

fail() {
  local name=$1 reference=$2 said=$3
  {
    echo "images.delivery: $name cannot be pulled from $reference: $said"
    case $said in
      *unauthorized* | *'authentication required'* | *'no basic auth'* | *denied*)
        echo "The registry asks nodes for a login, and they have none: let these images be read without a login, or take images.delivery build."
        ;;
      *'HTTP response to HTTPS client'* | *x509*)
        echo "Nodes take images by HTTPS alone, with a certificate that they trust, unless the registry is at 127.0.0.1 of the operator's machine."
        ;;
    esac
  } >&2
  exit 1
}

separator=''
json=''
while read -r name reference; do
  [ -n "$name" ] || continue
  echo "pulling $name" >&2
  said=$(docker image pull --quiet "$reference" 2>&1) || fail "$name" "$reference" "$said"
  docker image tag "$reference" "$name"
  # `docker images` is to show what the lesson names, and nothing else.
  docker image rm --no-prune "$reference" > /dev/null
  json+="$separator\"$name\":\"$(docker image inspect --format '{{.Id}}' "$name")\""
  separator=,
done <<< "${LAB_IMAGES:?}"
printf '{%s}\n' "$json"
