#!/usr/bin/env bash
# A student's terminal, run on the node: one tmux session, created on first use, so that it survives a reload or a lost
# network. On its own socket, separate from a student's own tmux.
# LAB_WINDOW: whether this terminal's size "decides" the session's, or "follows" those that do.
set -u
session=lab
new_session=(new-session -A -s "$session")
[[ $LAB_WINDOW == follows ]] && new_session+=(-f ignore-size)
in_tmux=(tmux -u -L lab-portal -f /dev/null)

if ! command -v tmux > /dev/null; then
  echo "tmux is not installed on this machine: a reload starts a new shell."
  exec bash -l
fi

# Puts the history into the browser's scrollback.
if "${in_tmux[@]}" has-session -t "=$session" 2> /dev/null; then
  "${in_tmux[@]}" capture-pane -p -e -S -1000 -E -1 -t "=$session:"
  printf '%*s' "$(stty size | cut -d ' ' -f 1)" '' | tr ' ' '\n'
fi

# No status line, and no alternate screen: lines that leave the screen at the top stay in the browser's history.
exec "${in_tmux[@]}" start-server \; \
  set-option -g status off \; \
  set-option -g history-limit 5000 \; \
  set-option -g default-terminal tmux-256color \; \
  set-option -g window-size latest \; \
  set-option -sg escape-time 0 \; \
  set-option -ga terminal-overrides ',xterm*:smcup@:rmcup@' \; \
  "${new_session[@]}"
