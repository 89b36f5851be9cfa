#!/usr/bin/env bash
# Whether a node that has not passed the gate can still do so as it is. Prints why not, one line; nothing where it can.
set -euo pipefail

begun=/var/lib/cloud/instance/sem
boot=/run/cloud-init/.ds-identify.result
gate_log=/var/log/lab-nodes-gate.log

# cloud-init marks each step of a first boot as it begins it, and never takes one up again.
was_cut_off() { [ -e "$boot" ] && [ -n "$(find "$begun" -type f ! -newer "$boot" -print -quit 2> /dev/null)" ]; }

# What the gate said the last time; its own install commands it runs anew each time, so those are no reason.
verdict() { { sed -n 's/^[^ ]* not ready: //p' "$gate_log" 2> /dev/null || true; } | tail -n 1; }

if was_cut_off; then
  echo "its first boot was cut off, and cloud-init does not take up what it had begun"
  exit
fi
case $(verdict) in
  '' | install-*) ;;
  *) echo "the gate said: $(verdict)" ;;
esac
