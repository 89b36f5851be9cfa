#!/usr/bin/env bash
# What Pulumi starts as an air-gapped plugin. `lab` runs one Node.js process that serves all plugins: this script gets an
# instance there, prints its port, and stays, since the connection is what keeps the instance alive. Without that process
# (plain pulumi), or when it does not answer, it becomes the plugin itself.
here=${0%/*}

# Leaves the connection as descriptor 3 and sets `port`. Arguments: those of the plugin, the engine's address the last one.
ask_host() {
  local host_port token name
  read -r host_port token <<< "${LAB_PLUGIN_HOST:-}"
  if [ -z "$token" ] || ! { exec 3<> "/dev/tcp/127.0.0.1/$host_port"; } 2> /dev/null; then
    return 1
  fi
  # A host that has just ended must not end us too.
  trap '' PIPE
  printf '%s\0' "$token ${here##*/} $PPID $*" >&3
  # A provider's envVarMappings give it another Docker config, say, than the next one of the same run has.
  for name in "${!DOCKER_@}"; do
    printf '%s=%s\0' "$name" "${!name}" >&3
  done
  printf '\0' >&3
  trap - PIPE
  if read -r -t 10 port <&3 && [[ $port =~ ^[0-9]+$ ]]; then
    return 0
  fi
  exec 3>&-
  return 1
}

if ! ask_host "$@"; then
  exec "$here/node" "$here/plugin.js" "$@"
fi
printf '%s\n' "$port"
# The engine ends us with a signal. Whatever comes first is the host telling why the plugin ends. A class has a launcher
# for each seat: what waits is sh, which on most machines takes a fraction of bash's memory.
exec sh -c '
  while IFS= read -r line; do
    printf "%s\n" "$line"
  done
  folder=${0%/*}
  echo "the process that served the air-gapped plugin ${folder##*/} is gone"
  exit 1
' "$0" <&3 >&2
