import { connect } from "node:net";
import { join } from "node:path";
import type { SshEndpoint } from "../../core/machine";
import { connectThrough, throughServer } from "./server";

/** Folder of a stack's SSH files, relative to the project: plugins run there. */
export const sshDirectory = (stack: string) => join(".lab", stack, "ssh");

/** Folder of a stack's cards, unless another one is given. ssh-files.sh removes it with the SSH files. */
export const cardsDirectory = (stack: string) => join(".lab", stack, "cards");

/** Folder of a stack's portal, with its codes and certificate. ssh-files.sh removes it with the SSH files. */
export const portalDirectory = (stack: string) => join(".lab", stack, "portal");

/** Name of a node's host key in known_hosts: addresses may change, this does not. */
export const hostKeyAlias = (stack: string, node: string) => `lab-${stack}-${node}`;

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
    // ssh would wait for a node that is cut off during a build until the kernel gives up, a quarter of an hour.
    "ServerAliveInterval=15",
    "ServerAliveCountMax=4",
  ];
  const words = ["-F", "none", "-i", join(directory, "id_ed25519"), ...settings.flatMap((setting) => ["-o", setting])];
  return through === undefined ? words : [...words, ...throughServer(through)];
}

const TIMEOUT_MILLISECONDS = 3000;

/** Includes a login. */
const SERVER_TIMEOUT_MILLISECONDS = 12_000;

/** Whether an SSH server answers at an address. A published port proves nothing: Docker's proxy accepts any connection. */
export function answersSsh({ host, port, through }: Pick<SshEndpoint, "host" | "port" | "through">): Promise<boolean> {
  return new Promise((resolve) => {
    const isDirect = through === undefined;
    const socket = isDirect ? connect({ host, port }) : connectThrough(through, { host, port });
    const timer = setTimeout(() => settle(false), isDirect ? TIMEOUT_MILLISECONDS : SERVER_TIMEOUT_MILLISECONDS);
    const settle = (answers: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answers);
    };
    socket.once("data", (greeting) => settle(greeting.toString("latin1").startsWith("SSH-2.0-")));
    socket.once("error", () => settle(false));
    socket.once("close", () => settle(false));
  });
}
