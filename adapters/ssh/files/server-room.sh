#!/bin/sh
# Prints what a server has for nodes, a line each: name, limit, how much of it is used. What cannot be read is left out.
# Run by ssh on the server, as the user who may use its Docker Engine.
set -u

line() {
  # Numbers alone: anything else was not to be read.
  case "$2$3" in
    *[!0-9]* | '') ;;
    *) echo "$1 $2 $3" ;;
  esac
}

value() { cat "/proc/sys/$1" 2> /dev/null; }

echo "kernel $(uname -r)"

memory=$(awk '/^MemTotal:/ { total = $2 } /^MemAvailable:/ { free = $2 } END { printf "%.0f %.0f", total * 1024, (total - free) * 1024 }' /proc/meminfo)
line memory "${memory% *}" "${memory#* }"

root=$(docker info --format '{{.DockerRootDir}}' 2> /dev/null)
disk=$(df -Pk "${root:-/}" 2> /dev/null | awk 'NR == 2 { printf "%.0f %.0f", $2 * 1024, ($2 - $4) * 1024 }')
line disk "${disk% *}" "${disk#* }"

files=$(value fs/file-nr | awk '{ print $3, $1 }')
line open-files "${files% *}" "${files#* }"

line processes "$(value kernel/pid_max)" "$(awk '{ split($4, count, "/"); print count[2] }' /proc/loadavg)"

# Who is not root sees nothing of what root's processes use of these.
line inotify-instances "$(value fs/inotify/max_user_instances)" 0
line inotify-watches "$(value fs/inotify/max_user_watches)" 0
