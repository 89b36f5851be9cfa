import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import * as http from "node:http";
import { join, resolve } from "node:path";
import type { Duplex } from "node:stream";
import { parseAddress, type SshAddress } from "../docker/connection/address";
import { SshConnection, sshArguments } from "../docker/connection/ssh-connection";

/**
 * Folder of the Pulumi project that runs, in which its plugins run, too: the current one of a Pulumi program, which may be
 * another one that uses the components. `lab` runs this project from any folder.
 */
function projectDirectory(): string {
  return process.env["PULUMI_NODEJS_PROJECT"] === undefined ? resolve(__dirname, "../..") : process.cwd();
}

/**
 * Sockets of the shared connections to servers, relative to the project: a class needs one login, and sshd drops logins
 * that come in a burst.
 */
const SOCKETS = join(".lab", "hosts");

/** Settings of every ssh to a server. All others are the operator's own: key, known_hosts, settings for that server. */
const SETTINGS = [
  "StrictHostKeyChecking=yes",
  "BatchMode=yes",
  "ConnectTimeout=10",
  // Notices a server that is gone, also on a shared connection.
  "ServerAliveInterval=10",
  "ServerAliveCountMax=2",
  "ControlMaster=auto",
  `ControlPath=${join(SOCKETS, "%C")}`,
  "ControlPersist=60",
];

/**
 * Further settings of an ssh that opens a session on a server, against the operator's own settings for it: root there could
 * use a forwarded agent, and the machines of a class are there.
 */
const SESSION_SETTINGS = ["ForwardAgent=no", "ForwardX11=no"];

/** Options for ssh to run something on any server, also for the docker plugin. */
export function sessionOptions(): string[] {
  return [...serverOptions(), ...SESSION_SETTINGS.flatMap((setting) => ["-o", setting])];
}

/** Options for ssh to go through any server. Creates the folder of its sockets. */
function serverOptions(): string[] {
  mkdirSync(join(projectDirectory(), SOCKETS), { recursive: true, mode: 0o700 });
  return SETTINGS.flatMap((setting) => ["-o", setting]);
}

/** Options for ssh to reach a node at its server's loopback address, through that server. */
export function throughServer(address: string): string[] {
  // Not ProxyJump: that would take none of the operator's own settings for the server.
  // ssh replaces percent signs in this command, and no argument has a blank or another special character of a shell.
  const [options, login] = [serverOptions(), destination(address)].map((list) => list.join(" ").replaceAll("%", "%%"));
  return ["-o", `ProxyCommand=ssh ${options} -W [%h]:%p ${login}`];
}

/** A connection to a port at a server's loopback address. Its error has ssh's own message. */
export function connectThrough(
  address: string,
  { host, port }: { readonly host: string; readonly port: number },
): Duplex {
  return sshConnection(address, [...serverOptions(), "-W", `[${host}]:${port}`, ...destination(address)]);
}

/** Arguments for ssh to run a command on the server itself. */
export function onServer(
  address: string,
  command: readonly string[],
): { readonly sshArguments: string[]; readonly cwd: string } {
  const options = [...sessionOptions(), "-T"];
  return { sshArguments: [...options, ...destination(address), ...command], cwd: projectDirectory() };
}

/** Carries HTTP requests to the Docker Engine of a server. */
export class ServerAgent extends http.Agent {
  constructor(readonly address: string) {
    // Not kept: a process that waits for more requests would never end. Another one costs little on the shared connection.
    super({ keepAlive: false, maxSockets: 6 });
  }

  override createConnection(): Duplex {
    return sshConnection(this.address, sshArguments(sshAddress(this.address), sessionOptions()));
  }
}

function sshConnection(address: string, programArguments: readonly string[]): SshConnection {
  return new SshConnection(sshAddress(address), spawn("ssh", programArguments, { cwd: projectDirectory() }));
}

function destination(address: string): string[] {
  const { host, user, port } = sshAddress(address);
  const login = user === undefined ? [] : ["-l", user];
  return [...(port === undefined ? [] : ["-p", String(port)]), ...login, "--", host];
}

function sshAddress(address: string): SshAddress {
  const parsed = parseAddress(address);
  if (parsed.kind !== "ssh") {
    throw new Error(`${address} is not the address of a server: ssh://USER@HOST`);
  }
  return parsed;
}
