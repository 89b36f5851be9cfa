#!/usr/bin/env bash
# Runs a second Docker Engine that sees cgroup v2 only, on a cgroup v1 machine, until its standard input ends: so it goes
# with whoever started it, however that ends. Takes away all that it made but the folder. Needs root.
# Lines on standard input: "kill" ends the daemon alone, "cut-power" everything at once, "start" starts the daemon anew.
#   LAB_ENGINE_STATE   an empty folder on a real disk, for its data and its socket
#   LAB_ENGINE_DISK    size of a disk of its own, in memory, such as 4g; empty: it has the folder's
#   LAB_ENGINE_NAME    name of its bridge, of its cgroup, and mark on its firewall rules; at most 15 letters
set -euo pipefail

# A mount namespace of its own: what is mounted here is not seen outside, and is gone with the last process in it. And a
# process namespace, in which this script is the first one: it collects what a killed dockerd leaves. Not every machine's
# init does so at once, and a dockerd that starts again takes a dead containerd that nobody has collected for a living one.
if [[ "${1:-}" != in-namespace ]]; then
  exec unshare --mount --propagation private --pid --fork --mount-proc bash "${BASH_SOURCE[0]}" in-namespace
fi
# Outside the namespace, ending the leftover processes would end all of the machine's.
[[ "$$" == 1 ]] || exit 2

state=${LAB_ENGINE_STATE:?}
name=${LAB_ENGINE_NAME:?}
network=""
dockerd=""

say() { printf 'second Docker Engine: %s\n' "$*" >&2; }

# A /24 that no route of this machine leads into.
choose_network() {
  local number
  for number in $(shuf --input-range=0-255); do
    if [[ -z "$(ip -4 route show to root "10.201.$number.0/24")" ]]; then
      network=10.201.$number
      return
    fi
  done
  say "10.201.0.0/16 is in use on this machine"
  exit 1
}

# Our own rules with --iptables=false: a second Engine that minds them itself first removes those of the first one.
firewall() {
  local action=$1 mark=(-m comment --comment "$name")
  iptables --wait "$action" FORWARD -i "$name" "${mark[@]}" -j ACCEPT &&
    iptables --wait "$action" FORWARD -o "$name" -m conntrack --ctstate RELATED,ESTABLISHED "${mark[@]}" -j ACCEPT &&
    iptables --wait --table nat "$action" POSTROUTING -s "$network.0/24" ! -o "$name" "${mark[@]}" -j MASQUERADE
}

# With --bridge=none it would remove the first Engine's docker0; --bip and --bridge exclude each other.
make_bridge() {
  ip link add "$name" type bridge
  ip address add "$network.1/24" dev "$name"
  ip link set "$name" up
}

see_cgroup_v2_only() {
  umount --recursive /sys/fs/cgroup || umount --lazy /sys/fs/cgroup
  mount --types cgroup2 none /sys/fs/cgroup
}

make_disk() {
  [[ -n "${LAB_ENGINE_DISK:-}" ]] || return 0
  mkdir "$state/data"
  mount --types tmpfs --options "size=$LAB_ENGINE_DISK,mode=0711" none "$state/data"
}

start_engine() {
  dockerd --host "unix://$state/docker.sock" --data-root "$state/data" --exec-root "$state/exec" \
    --pidfile "$state/dockerd.pid" --bridge "$name" --cgroup-parent "/$name" --iptables=false \
    >> "$state/dockerd.log" 2>&1 < /dev/null &
  dockerd=$!
}

stop_engine() {
  [[ -n "$dockerd" ]] || return 0
  kill -TERM "$dockerd" 2> /dev/null || true
  # It gives its containers ten seconds; one that then still hangs is not waited for.
  timeout 40 tail --pid="$dockerd" --follow /dev/null || kill -KILL "$dockerd"
  wait "$dockerd" || true
}

# All but this script: containers' processes and their keepers, when the Engine did not end them.
end_leftovers() {
  kill -KILL -1 2> /dev/null || true
}

kill_engine() {
  kill -KILL "$dockerd"
  wait "$dockerd" || true
  dockerd=""
}

# As at a machine's end: all processes go, and what lies in memory.
cut_power() {
  local mounted
  kill_engine
  end_leftovers
  awk -v folder="$state/exec/" 'index($5, folder) == 1 { print $5 }' /proc/self/mountinfo | while read -r mounted; do
    umount --lazy "$mounted"
  done
  rm -rf "$state/exec" "$state/dockerd.pid" "$state/docker.sock"
}

obey() {
  case $1 in
    kill) kill_engine ;;
    cut-power) cut_power ;;
    start) start_engine ;;
  esac
}

# Until the input ends, or the daemon ends without having been told to.
obey_until_the_end() {
  local line ending
  while [[ -z "$dockerd" ]] || kill -0 "$dockerd" 2> /dev/null; do
    ending=0
    read -r -t 1 line <&3 || ending=$?
    if [[ "$ending" == 0 ]]; then
      obey "$line"
    elif ((ending <= 128)); then
      return
    fi
  done
}

clean_up() {
  trap '' INT TERM HUP
  stop_engine
  end_leftovers
  [[ -z "$network" ]] || firewall --delete 2> /dev/null || say "some of its firewall rules were gone already"
  ip link delete "$name" 2> /dev/null || true
  find "/sys/fs/cgroup/$name" -depth -type d -exec rmdir {} + 2> /dev/null || true
}

exec 3<&0
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
choose_network
make_bridge
firewall --insert
see_cgroup_v2_only
make_disk
start_engine
obey_until_the_end
