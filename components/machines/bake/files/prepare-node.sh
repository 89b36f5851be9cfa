#!/usr/bin/env bash
# Run by `lab bake` on a local node that passed its gate and has the lesson's images: makes of it what every machine may
# start from. Docker's state goes to a folder that becomes part of the image (/var/lib/docker is a volume, which does not).
#   $1  folder for Docker's state
set -euo pipefail

state=/var/lib/docker
saved=$1

stop_docker() {
  systemctl stop docker.socket docker.service containerd.service
}

# Whether a layer of Docker's says the same as plain files: none of its files stands for a deletion, or for a file of
# another layer, and none of its folders hides one of a layer below.
is_plain_layer() {
  python3 - "$state/overlay2" "$1" << 'PYTHON'
import os, stat, sys
layers, name = sys.argv[1:]
lowers = []
if os.path.exists(f"{layers}/{name}/lower"):
    lowers = [f"{layers}/{link}" for link in open(f"{layers}/{name}/lower").read().split(":")]
top = f"{layers}/{name}/diff"
for folder, folders, files in os.walk(top):
    for entry in folders + files:
        path = os.path.join(folder, entry)
        found = os.lstat(path)
        marks = os.listxattr(path, follow_symlinks=False)
        hidden = [f"{lower}/{os.path.relpath(path, top)}" for lower in lowers]
        if (
            stat.S_ISCHR(found.st_mode) and found.st_rdev == 0
            or "trusted.overlay.redirect" in marks
            or "trusted.overlay.metacopy" in marks
            or "trusted.overlay.opaque" in marks and any(map(os.path.lexists, hidden))
        ):
            sys.exit(1)
PYTHON
}

# Keeps a layer as plain files, which all machines then share through a link, or else as an archive.
save_layer() {
  local name=$1 from=$state/overlay2/$1 files=$saved/layers/$1 notes=$saved/notes/overlay2/$1
  mkdir "$files" "$notes"
  if is_plain_layer "$name"; then
    cp --archive "$from/diff" "$files/"
    ln -s "$files/diff" "$notes/diff"
  else
    tar --create --xattrs --xattrs-include='*' --file "$files/diff.tar" --directory "$from" diff
  fi
  find "$from" -mindepth 1 -maxdepth 1 ! -name diff -exec cp --archive --target-directory "$notes" {} +
}

# Images, build cache and layers; the rest of Docker's state is this machine's own.
save_docker_state() {
  local layer
  rm -rf "$saved"
  mkdir -p "$saved/layers"
  install -d -m 0710 "$saved/notes" "$saved/notes/overlay2"
  cp --archive "$state/image" "$state/buildkit" "$saved/notes/"
  # The build cache notes its results by this id. Docker before 24 has no such file, and another name there.
  if [ -f "$state/engine-id" ]; then cp --archive "$state/engine-id" "$saved/notes/"; fi
  cp --archive "$state/overlay2/l" "$saved/notes/overlay2/"
  for layer in "$state"/overlay2/*/diff; do
    save_layer "$(basename "${layer%/diff}")"
  done
}

stop_docker
save_docker_state
systemctl enable --quiet lab-nodes-docker-state.service
# Layers are in the folder now, and nothing else here is worth keeping.
rm -rf /var/lib/containerd/*
"$(dirname "$0")/clean-node.sh"
rm -- "$0"
sync
