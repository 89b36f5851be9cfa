#!/usr/bin/env bash
# Run by `lab bake` on a node that is to become an image, with Docker stopped: whatever belongs to this one machine goes.
set -euo pipefail

forget_the_machine() {
  truncate --size 0 /etc/machine-id
  rm -rf /var/lib/dbus/machine-id /etc/ssh/ssh_host_* /etc/docker/key.json \
    /etc/netplan/50-cloud-init.yaml /var/lib/dhcp/*.leases /var/lib/systemd/credential.secret \
    /etc/systemd/system/lab-nodes-expire.* /etc/systemd/system/timers.target.wants/lab-nodes-expire.timer \
    /var/lib/systemd/random-seed /var/lib/systemd/timers/*
}

# cloud-init writes all of it anew, for the next machine's own users and keys.
forget_cloud_init() {
  rm -rf /var/lib/cloud/* /etc/sudoers.d/90-cloud-init-users /etc/ssh/sshd_config.d/50-cloud-init.conf \
    /etc/apt/apt.conf.d/94cloud-init-config
  sed --in-place '/^TRIVY_/d' /etc/environment
}

forget_users() {
  userdel --remove student 2> /dev/null
  rm -rf /home/*/.ssh
  find /root -mindepth 1 -maxdepth 1 ! -name .bashrc ! -name .profile -exec rm -rf {} +
  # What these held before their last change, a password's hash included.
  rm -f /etc/passwd- /etc/shadow- /etc/group- /etc/gshadow- /etc/subuid- /etc/subgid-
}

forget_logs_and_downloads() {
  apt-get clean
  rm -rf /var/lib/apt/lists/* /var/tmp/*
  find /var/log -type f -delete
}

forget_the_machine
forget_cloud_init
forget_users
forget_logs_and_downloads
rm -- "$0"
sync
