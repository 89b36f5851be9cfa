#!/usr/bin/env bash
# Gives a machine made from a bake the bake's Docker images, before its Docker starts for the first time. Layers are shared
# with the image that the machine runs on: nothing is copied but what Docker notes about them.
#   $1  folder in which the bake keeps Docker's state
#   $2  folder of this machine's Docker
set -euo pipefail

layers=$1/layers
notes=$1/notes
state=$2

# Whether layers may lie on the machine's own file system, which is an overlay itself.
can_share() {
  local probe=$state/probe
  mkdir -p "$probe/upper" "$probe/work" "$probe/merged"
  mount -t overlay overlay -o "lowerdir=$layers,upperdir=$probe/upper,workdir=$probe/work" "$probe/merged" || return 1
  umount "$probe/merged"
}

copy_layers() {
  local files name
  for files in "$layers"/*/diff; do
    name=$(basename "${files%/diff}")
    rm "$state/new/overlay2/$name/diff"
    cp --archive "$files" "$state/new/overlay2/$name/"
  done
}

unpack_layers() {
  local archive
  for archive in "$layers"/*/diff.tar; do
    [ -f "$archive" ] || continue
    tar --extract --xattrs --xattrs-include='*' --file "$archive" \
      --directory "$state/new/overlay2/$(basename "${archive%/diff.tar}")"
  done
}

# Docker has run here, or a restoration has ended: `image` comes last.
if [ -e "$state/image" ]; then
  exit 0
fi
rm -rf "$state"/new "$state"/overlay2 "$state"/buildkit
cp --archive "$notes" "$state/new"
can_share || copy_layers
rm -rf "$state/probe"
unpack_layers
mv "$state/new/overlay2" "$state/new/buildkit" "$state/"
# By this id the build cache finds its results, so machines of one bake share it. Docker before 24 has no such file.
if [ -f "$state/new/engine-id" ]; then mv "$state/new/engine-id" "$state/"; fi
mv "$state/new/image" "$state/"
rmdir "$state/new"
