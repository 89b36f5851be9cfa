import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import * as http from "node:http";
import { join, resolve } from "node:path";
import type { Duplex } from "node:stream";
import { parseAddress, type SshAddress } from "../docker/connection/address";
import { SshConnection, sshArguments } from "../docker/connection/ssh-connection";

/** Plugins run in the program's folder, and `lab` runs wherever its user is: paths are relative to this. */
const PROGRAM = resolve(__dirname, "../..");

/** Where the connections to servers are shared: one login carries a whole class's, and sshd drops logins that come in a burst. */
const SHARED = join(".lab", "hosts");

/** What every ssh to a server is told. All else is the operator's own: key, known_hosts, settings for that server. */
const SETTINGS = [
  "StrictHostKeyChecking=yes",
  "BatchMode=yes",
  "ConnectTimeout=10",
  // A server that is gone is noticed, also on a connection that others go on using.
  "ServerAliveInterval=10",
  "ServerAliveCountMax=2",
  "ControlMaster=auto",
  `ControlPath=${join(SHARED, "%C")}`,
  "ControlPersist=60",
];

/**
 * What an ssh that opens a session on a server is told besides, whatever the operator's own settings for it are: whoever is
 * root there could use a forwarded agent, and the machines of a class are there.
 */
const SESSION_SETTINGS = ["ForwardAgent=no", "ForwardX11=no"];

/** Options for ssh to run something on any server, also for the docker plugin. */
export function sessionOptions(): string[] {
  return [...serverOptions(), ...SESSION_SETTINGS.flatMap((setting) => ["-o", setting])];
}

/** Options for ssh to go through any server. Makes the folder that they speak of. */
function serverOptions(): string[] {
  mkdirSync(join(PROGRAM, SHARED), { recursive: true, mode: 0o700 });
  return SETTINGS.flatMap((setting) => ["-o", setting]);
}

/** Options for ssh to reach a node at its server's loopback address, through that server. */
export function throughServer(address: string): string[] {
  // Not ProxyJump: that would take none of the operator's own settings for the server.
  const words = ["ssh", ...serverOptions(), "-W", "[%h]:%p", ...destination(address)];
  // Of the words only the percent sign means something to ssh; none has a blank or a sign that means something to a shell.
  const command = words.map((word) => (word === "[%h]:%p" ? word : word.replaceAll("%", "%%")));
  return ["-o", `ProxyCommand=${command.join(" ")}`];
}

/** An open connection to a port at a server's loopback address. Its error tells in ssh's words why there is none. */
export function connectThrough(
  address: string,
  { host, port }: { readonly host: string; readonly port: number },
): Duplex {
  const words = [...serverOptions(), "-W", `[${host}]:${port}`, ...destination(address)];
  return new SshConnection(sshAddress(address), spawn("ssh", words, { cwd: PROGRAM }));
}

/** Arguments for ssh to run a command on the server itself. */
export function onServer(
  address: string,
  command: readonly string[],
): { readonly words: string[]; readonly cwd: string } {
  return { words: [...sessionOptions(), "-T", ...destination(address), ...command], cwd: PROGRAM };
}

/** Carries HTTP requests to the Docker Engine of a server. */
export class ServerAgent extends http.Agent {
  constructor(readonly address: string) {
    // Not kept: a process that waits for more requests would never end. A new one costs little on the shared connection.
    super({ keepAlive: false, maxSockets: 6 });
  }

  override createConnection(): Duplex {
    const address = sshAddress(this.address);
    return new SshConnection(address, spawn("ssh", sshArguments(address, sessionOptions()), { cwd: PROGRAM }));
  }
}

function destination(address: string): string[] {
  const { host, user, port } = sshAddress(address);
  const login = user === undefined ? [] : ["-l", user];
  return [...(port === undefined ? [] : ["-p", String(port)]), ...login, "--", host];
}

function sshAddress(address: string): SshAddress {
  const parsed = parseAddress(address);
  if (parsed.kind !== "ssh") {
    throw new Error(`${address} is no address of a server`);
  }
  return parsed;
}
