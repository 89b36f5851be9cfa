#!/bin/sh
# Waits for `lab` to end, and stops the pulumi that it ran, if lab was killed: nobody sees what it does any more. Stopped as
# by Ctrl-C it lets running steps end, saves its state and gives back its lock.
#   $1      process of pulumi
#   stdin   a pipe from lab: the word "over" when pulumi has ended; its end alone when lab was killed
pulumi=${1:?}

read -r word || true
if [ "$word" = over ]; then
  exit
fi

# Signal by signal: to end in order, to drop what it is doing, to end at once. With the seconds that each may take.
for step in INT:60 INT:20 KILL:0; do
  kill "-${step%:*}" "$pulumi" || exit 0
  seconds=${step#*:}
  while [ "$seconds" -gt 0 ]; do
    kill -0 "$pulumi" || exit 0
    sleep 1
    seconds=$((seconds - 1))
  done
done
