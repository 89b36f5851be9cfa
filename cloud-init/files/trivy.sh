#!/bin/sh
# Trivy, with what it needs on a node. Databases that somebody has removed, as `trivy clean` does, are put back first:
# nothing is downloaded here, so without them no scan would ever work again.
cache=${TRIVY_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/trivy}
if [ ! -e "$cache/db" ]; then
  { mkdir -p "$cache" && ln -sfn /var/lib/trivy/db "$cache/db"; } 2> /dev/null
fi
# A copy, which a real Java database may replace.
if [ ! -e "$cache/java-db" ]; then
  cp -r /var/lib/trivy/java-db "$cache/java-db" 2> /dev/null
fi
# Trivy writes the whole image to a temporary file, and /tmp of a local machine is memory.
TMPDIR=${TMPDIR:-/var/tmp}
export TMPDIR
exec /usr/local/lib/lab-nodes/trivy "$@"
