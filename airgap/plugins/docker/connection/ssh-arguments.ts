import type { SshAddress } from "./address";

/**
 * Arguments for the system's `ssh` that make the far side's Docker Engine the other end of its standard input and
 * output, as Docker's own client does it. The user's options come first: ssh takes the first value it meets.
 */
export function sshArguments(address: SshAddress, options: readonly string[]): string[] {
  const login = address.user === undefined ? [] : ["-l", address.user];
  const port = address.port === undefined ? [] : ["-p", String(address.port)];
  const socket = address.socketPath === undefined ? [] : ["--host", `unix://${address.socketPath}`];
  return [
    ...options,
    "-o",
    "ConnectTimeout=30",
    // Nobody can answer a question that ssh asks a plugin: it would wait for ever.
    "-o",
    "BatchMode=yes",
    "-T",
    ...login,
    ...port,
    "--",
    address.host,
    "docker",
    ...socket,
    "system",
    "dial-stdio",
  ];
}

/** What went wrong, from the way ssh ended. Exit code 255 is ssh's own; every other one is the far side's. */
export function sshFailure(address: SshAddress, ending: SshEnding): Error {
  const said = ending.standardError.trim();
  const words = said === "" ? "it said nothing" : `it said: ${said}`;
  if (ending.spawnError !== undefined) {
    return new Error(`cannot run ssh (${ending.spawnError.message}); install the OpenSSH client and have it on PATH`);
  }
  const how = ending.signal === null ? `with exit code ${ending.code}` : `by signal ${ending.signal}`;
  const advice =
    ending.code === 255
      ? "check the address, the key and known_hosts in sshOpts"
      : "check that the docker command is installed there and that the user may use it";
  return new Error(`ssh to ${address.host} ended ${how}; ${words}; ${advice}`);
}

/** How an ssh process ended. */
export interface SshEnding {
  readonly code: number | null;
  readonly signal: string | null;
  readonly standardError: string;
  readonly spawnError?: Error;
}
