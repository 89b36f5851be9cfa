#!/usr/bin/env bash
# Moves the time at which a machine switches itself off, run on it over SSH. Later boots keep to the new time: see
# arm-expiry.sh, which armed the timer.
#   LAB_END  the new time, e.g. 2026-12-01T18:00:00Z
#   LAB_SYSTEMD_DIRECTORY  folder of units; empty: systemd's own
set -euo pipefail

end=$(date --utc --date "${LAB_END:?}" '+%Y-%m-%d %H:%M:%S UTC')
drop_in=${LAB_SYSTEMD_DIRECTORY:-/etc/systemd/system}/lab-nodes-expire.timer.d/when.conf

fail() {
  echo "the end of this machine cannot be moved: $1" >&2
  exit 1
}

[ -e "$drop_in" ] || fail "it has no timer, $drop_in is missing"
[ "$(date --date "$end" +%s)" -gt "$(date +%s)" ] || fail "$end is past on it, its clock says $(date --utc '+%Y-%m-%d %H:%M:%S UTC')"

printf '[Timer]\nOnCalendar=%s\n' "$end" > "$drop_in.new"
# Renamed into place: without a time in it the timer would never fire.
mv "$drop_in.new" "$drop_in"
systemctl daemon-reload
systemctl restart lab-nodes-expire.timer
echo "$end"
