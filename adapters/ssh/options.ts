import { connect } from "node:net";
import { join } from "node:path";
import type { SshEndpoint } from "../../core/machine";
import { connectThrough, throughServer } from "./server";

/** Where a stack's SSH files are, relative to the program: plugins and `lab` run there. */
export function sshDirectory(stack: string): string {
  return join(".lab", stack, "ssh");
}

/** Where a stack's cards are, unless they are asked for elsewhere. ssh-files.sh removes them with the SSH files. */
export function cardsDirectory(stack: string): string {
  return join(".lab", stack, "cards");
}

/** Where a stack's portal keeps its codes and certificate. ssh-files.sh removes it with the SSH files. */
export function portalDirectory(stack: string): string {
  return join(".lab", stack, "portal");
}

/** Name that a node's host key is kept under in known_hosts: addresses may change, this does not. */
export function hostKeyAlias(stack: string, node: string): string {
  return `lab-${stack}-${node}`;
}

/**
 * Options for the `ssh` client to reach a node: our key alone, its host key checked, nothing of the user's own settings but
 * for the server that it goes `through`.
 */
export function sshOptions(stack: string, node: string, through?: string): string[] {
  const directory = sshDirectory(stack);
  const settings = [
    `UserKnownHostsFile=${join(directory, "known_hosts")}`,
    "GlobalKnownHostsFile=/dev/null",
    `HostKeyAlias=${hostKeyAlias(stack, node)}`,
    "StrictHostKeyChecking=yes",
    "IdentitiesOnly=yes",
    "BatchMode=yes",
    "ConnectTimeout=10",
    // A node that is cut off in the middle of a build would be waited for until the kernel gives up, a quarter of an hour.
    "ServerAliveInterval=15",
    "ServerAliveCountMax=4",
  ];
  const words = ["-F", "none", "-i", join(directory, "id_ed25519"), ...settings.flatMap((setting) => ["-o", setting])];
  return through === undefined ? words : [...words, ...throughServer(through)];
}

const TIMEOUT_MILLISECONDS = 3000;

/** There is a login in it. */
const SERVER_TIMEOUT_MILLISECONDS = 12_000;

/** Whether an SSH server greets at an address. A published port alone proves nothing: Docker's proxy takes any connection. */
export function answersSsh({ host, port, through }: Pick<SshEndpoint, "host" | "port" | "through">): Promise<boolean> {
  return new Promise((resolve) => {
    const isDirect = through === undefined;
    const socket = isDirect ? connect({ host, port }) : connectThrough(through, { host, port });
    const timer = setTimeout(() => answer(false), isDirect ? TIMEOUT_MILLISECONDS : SERVER_TIMEOUT_MILLISECONDS);
    const answer = (isThere: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isThere);
    };
    socket.once("data", (greeting) => answer(greeting.toString("latin1").startsWith("SSH-2.0-")));
    socket.once("error", () => answer(false));
    socket.once("close", () => answer(false));
  });
}
