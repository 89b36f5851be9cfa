#!/usr/bin/env bash
# Arms the timer that switches a machine off when its time is up. cloud-init runs this at every boot before anything that
# can hang or fail, such as an installation. Later boots keep to the time of the first, or to what move-expiry.sh made of it.
#   $1  when, as JSON: {"seconds":43200} after the first boot, or {"time":"2026-12-01T18:00:00Z"}
#   $2  text of the service that switches off
#   $3  text of the timer
#   LAB_SYSTEMD_DIRECTORY  folder of units; empty: systemd's own
set -euo pipefail

when=$1 service=$2 timer=$3
units=${LAB_SYSTEMD_DIRECTORY:-/etc/systemd/system}
drop_in=$units/lab-nodes-expire.timer.d/when.conf

# The JSON's time as date(1) reads it. Python is there: cloud-init is written in it.
described_time() {
  python3 -c 'import json, sys; when = json.loads(sys.argv[1]); print(when["time"] if "time" in when else "now + %d seconds" % when["seconds"])' "$when"
}

write_units() {
  local described seconds now
  described=$(described_time)
  seconds=$(date --date "$described" +%s)
  now=$(date +%s)
  if [ "$seconds" -le "$now" ]; then
    # Made anew in a class that was extended after it was first made: an hour, in which the machine is told the new end.
    seconds=$((now + 3600))
  fi
  mkdir -p "$(dirname "$drop_in")"
  printf '%s\n' "$service" > "$units/lab-nodes-expire.service"
  printf '%s\n' "$timer" > "$units/lab-nodes-expire.timer"
  # Last: with it the timer counts as armed.
  printf '[Timer]\nOnCalendar=%s\n' "$(date --utc --date "@$seconds" '+%Y-%m-%d %H:%M:%S UTC')" > "$drop_in"
}

armed_time() { date --date "$(sed -n 's/^OnCalendar=//p' "$drop_in")" +%s; }

if [ ! -e "$drop_in" ]; then
  write_units
  systemctl daemon-reload
  systemctl enable lab-nodes-expire.timer
  # Not waiting: timers start after the part of the boot that waits for this script.
  systemctl --no-block start lab-nodes-expire.timer
fi
if [ "$(armed_time)" -le "$(date +%s)" ]; then
  # A timer does not fire for a time that was past when it was armed, nor twice for the same.
  systemctl --no-block start lab-nodes-expire.service
fi
