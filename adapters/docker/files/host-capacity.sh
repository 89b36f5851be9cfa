#!/bin/sh
# Prints the capacity of a Docker host: its kernel, then a line for each resource with name, limit and use, in bytes or
# numbers. What cannot be read is empty. Runs on the host: as `lab` here, over SSH on a server.
#   $1  folder of the kernel's figures: /proc
#   $2  folder in which the Docker Engine keeps its data
set -u
proc=$1
data=$2

value() { cat "$proc/$1"; }

# Prints inotify instances and watches of root's processes. Only root can read them.
inotify() {
  [ "$(id -u)" = 0 ] || return
  # With a further argument, ls names each folder also when there is only one.
  find "$proc" -maxdepth 1 -name '[0-9]*' -user 0 | sed 's,$,/fd,' | xargs ls -l /dev/null | awk '
    /:$/ { process = substr($0, 1, length($0) - 4) }
    / -> anon_inode:inotify$/ {
      instances += 1
      file = process "/fdinfo/" $(NF - 2)
      while ((getline line < file) > 0) watches += line ~ /^inotify /
      close(file)
    }
    END { printf "%d %d", instances, watches }'
}

{
  echo "kernel $(value sys/kernel/osrelease)"
  awk '/^MemTotal:/ { total = $2 } /^MemAvailable:/ { free = $2 }
    END { if (free) printf "memory %.0f %.0f\n", total * 1024, (total - free) * 1024 }' "$proc/meminfo"
  echo "disk $(df -Pk "$data" | awk 'NR == 2 { printf "%.0f %.0f", $2 * 1024, ($2 - $4) * 1024 }')"
  echo "open files $(value sys/fs/file-nr | awk '{ print $3, $1 }')"
  threads=$(awk '{ split($4, count, "/"); print count[2] }' "$proc/loadavg")
  limit=$(awk 'NR == 1 || $1 < least { least = $1 } END { if (NR == 2) print least }' \
    "$proc/sys/kernel/pid_max" "$proc/sys/kernel/threads-max")
  echo "processes $limit $threads"
  used=$(inotify)
  echo "inotify instances $(value sys/fs/inotify/max_user_instances) ${used% *}"
  echo "inotify watches $(value sys/fs/inotify/max_user_watches) ${used#* }"
} 2> /dev/null
