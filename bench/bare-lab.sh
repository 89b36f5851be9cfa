#!/usr/bin/env bash
# The same lab as `./lab up` makes for one seat, with docker, ssh and cloud-init alone: what Pulumi is measured against.
# The node image has to be there. Leaves nothing behind.
#   LAB_NODE_IMAGE          name of the node image
#   LAB_ARTEFACT_DIRECTORY  folder with base images and Trivy; empty: the node downloads them
#   LAB_TRIVY_PLAN          what the node's /etc/lab-nodes/trivy.json is to hold, on one line
#   LAB_BASE_IMAGES         as for cloud-init/files/base-images.sh
#   LAB_CONTEXTS            folder of the build contexts, e.g. images or images/debian
#   LAB_SSH_PORT            a free port
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

name=lab-bench-bare-$$
port=${LAB_SSH_PORT:?}
work=$(mktemp -d)

clean_up() {
  docker container rm --force "$name" > /dev/null 2>&1 || true
  docker volume rm "$name-docker-data" > /dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean_up EXIT

make_keys() {
  ssh-keygen -q -t ed25519 -N '' -f "$work/client"
  ssh-keygen -q -t ed25519 -N '' -f "$work/host"
  echo "[127.0.0.1]:$port $(cut -d ' ' -f 1,2 "$work/host.pub")" > "$work/known_hosts"
}

write_user_data() {
  printf 'instance-id: %s\nlocal-hostname: node1\n' "$name" > "$work/meta-data"
  cat > "$work/user-data" << EOF
#cloud-config
hostname: node1
locale: false
apt: { conf: 'APT::Install-Recommends "false";' }
package_update: true
packages: [bash-completion, ca-certificates, curl, git, gnupg, jq, less, lsb-release, nano, tmux, vim-tiny, wget, docker.io, docker-cli, docker-buildx, docker-compose]
groups: [docker]
users:
  - { name: root, ssh_authorized_keys: ["$(cat "$work/client.pub")"] }
  - { name: student, groups: [docker, sudo], shell: /bin/bash, sudo: "ALL=(ALL) NOPASSWD:ALL", ssh_authorized_keys: ["$(cat "$work/client.pub")"] }
disable_root: false
ssh_pwauth: false
ssh_keys:
  ed25519_private: |
$(sed 's/^/    /' "$work/host")
  ed25519_public: "$(cat "$work/host.pub")"
write_files:
  - { path: /etc/ssh/sshd_config.d/10-lab.conf, content: "AcceptEnv LAB_*\n" }
  - path: /etc/docker/daemon.json
    content: '{"features": {"buildkit": true}}'
  - path: /etc/lab-nodes/trivy.json
    content: |
      ${LAB_TRIVY_PLAN:?}
  - path: /usr/local/lib/lab-nodes/install-trivy.sh
    permissions: "0755"
    content: |
$(sed 's/^/      /' cloud-init/files/install-trivy.sh)
  - path: /usr/local/lib/lab-nodes/trivy.sh
    permissions: "0755"
    content: |
$(sed 's/^/      /' cloud-init/files/trivy.sh)
runcmd: [[/usr/local/lib/lab-nodes/install-trivy.sh]]
EOF
}

make_machine() {
  local -a options=(
    --name "$name" --hostname node1 --publish "127.0.0.1:$port:22" --restart unless-stopped
    --cap-add MKNOD --cap-add NET_ADMIN --cap-add SYS_ADMIN --cap-add SYS_PTRACE
    --security-opt apparmor=unconfined --security-opt seccomp=unconfined
    --tmpfs /run --tmpfs /run/lock --tmpfs /tmp --volume "$name-docker-data:/var/lib/docker"
  )
  if [ "$(docker info --format '{{.CgroupVersion}}')" = 2 ]; then
    options+=(--cgroupns private)
  else
    options+=(--cgroupns host --volume /sys/fs/cgroup:/sys/fs/cgroup)
  fi
  if [ -n "$LAB_ARTEFACT_DIRECTORY" ]; then
    options+=(--volume "$LAB_ARTEFACT_DIRECTORY:/opt/lab-nodes/artefacts:ro")
  fi
  docker container create "${options[@]}" "${LAB_NODE_IMAGE:?}" > /dev/null
  local seed=root/var/lib/cloud/seed/nocloud
  mkdir -p "$work/$seed"
  mv "$work/meta-data" "$work/user-data" "$work/$seed/"
  tar --create --directory "$work/root" var | docker container cp - "$name:/"
  docker container start "$name" > /dev/null
}

on_node() {
  ssh -F none -i "$work/client" -p "$port" -o UserKnownHostsFile="$work/known_hosts" -o StrictHostKeyChecking=yes \
    -o IdentitiesOnly=yes -o BatchMode=yes -o LogLevel=ERROR -o SendEnv='LAB_*' root@127.0.0.1 "$@"
}

# cloud-init restarts the SSH server once: until then a connection may be refused or cut.
pass_gate() {
  local code
  for _ in $(seq 600); do
    code=0
    LAB_GATE_TIMEOUT_SECONDS=900 on_node bash -s < cloud-init/files/gate.sh > /dev/null 2>&1 || code=$?
    case $code in
      0) return ;;
      255) sleep 0.1 ;;
      *) break ;;
    esac
  done
  echo "bare-lab: the node did not pass its gate" >&2
  exit 1
}

build() {
  tar --create --directory "$LAB_CONTEXTS/$2" . | on_node docker image build --quiet --tag "$1" - > /dev/null
}

make_keys
write_user_data
make_machine
pass_gate
on_node_directory=${LAB_ARTEFACT_DIRECTORY:+/opt/lab-nodes/artefacts}
LAB_ARTEFACT_DIRECTORY=$on_node_directory on_node bash -s < cloud-init/files/base-images.sh > /dev/null 2>&1
build figlet:latest figlet &
figlet=$!
build hello:v0.1 hello/v0.1
build hello:v0.2 hello/v0.2
wait "$figlet"
on_node docker container run --rm hello:v0.2 > /dev/null
