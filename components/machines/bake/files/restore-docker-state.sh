#!/usr/bin/env bash
# Gives a machine made from a bake the bake's Docker images, before its Docker starts for the first time. Layers are shared
# with the image that the machine runs on: nothing is copied but what Docker notes about them.
#   $1  folder in which the bake keeps Docker's state
#   $2  folder of this machine's Docker
set -euo pipefail

saved=$1
state=$2

# Whether layers may lie on the machine's own file system, which is an overlay itself.
can_share() {
  local lower probe=$state/probe
  lower=$(find "$saved/overlay2" -mindepth 2 -maxdepth 2 -type d -name diff | head -n 1)
  [ -n "$lower" ] || return 1
  mkdir -p "$probe/upper" "$probe/work" "$probe/merged"
  mount -t overlay overlay -o "lowerdir=$lower,upperdir=$probe/upper,workdir=$probe/work" "$probe/merged" || return 1
  umount "$probe/merged"
}

provide_layer() {
  local from=$1 to=$2
  mkdir "$to"
  find "$from" -mindepth 1 -maxdepth 1 ! -name diff ! -name diff.tar -exec cp --archive --target-directory "$to" {} +
  if [ -e "$from/diff.tar" ]; then
    tar --extract --xattrs --xattrs-include='*' --file "$from/diff.tar" --directory "$to"
  elif [ "$shared" = yes ]; then
    ln -s "$from/diff" "$to/diff"
  else
    cp --archive "$from/diff" "$to/"
  fi
}

# Docker has run here, or a restoration has ended: `image` comes last.
if [ -e "$state/image" ]; then
  exit 0
fi
rm -rf "$state"/overlay2 "$state"/buildkit "$state"/image.new
shared=no
if can_share; then
  shared=yes
fi
rm -rf "$state/probe"
mkdir -m 0710 "$state/overlay2"
cp --archive "$saved/overlay2/l" "$state/overlay2/"
for layer in "$saved"/overlay2/*/; do
  name=$(basename "$layer")
  [ "$name" = l ] || provide_layer "$saved/overlay2/$name" "$state/overlay2/$name"
done
cp --archive "$saved/buildkit" "$state/"
cp --archive "$saved/image" "$state/image.new"
mv "$state/image.new" "$state/image"
