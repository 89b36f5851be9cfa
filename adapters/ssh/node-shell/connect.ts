import { connect as connectSocket } from "node:net";
import type { Duplex } from "node:stream";
import { Client, type ParsedKey, type PublicKeyAuthMethod, utils } from "ssh2";
import { LabError } from "../../../core/errors";
import { connectThrough } from "../server";

const KEEPALIVE_MILLISECONDS = 5000;
const KEEPALIVE_MISSES = 4;

/** How to reach a node, and how to verify that it is the right one. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Docker host that the connection goes through; absent where the node can be dialled from here. */
  readonly through?: string;
  /** In OpenSSH's format, without a passphrase. */
  readonly privateKey: string;
  /** The only host key to be accepted: `ssh-ed25519 AAAA...`. */
  readonly hostKey: string;
}

export interface ConnectOptions {
  readonly signal?: AbortSignal;
  /** Time limit for the answer and the login. @default 15 */
  readonly timeoutSeconds?: number;
}

/** ssh2 writes to a connection whether or not the node reads, and does not report how much is unsent. */
const connections = new WeakMap<Client, Duplex>();

/** Bytes in a node's connection that the node has not read. */
export function bytesUnsent(client: Client): number {
  return connections.get(client)?.writableLength ?? 0;
}

/** Logs in to a node, once. */
export function connect(address: NodeAddress, { signal, timeoutSeconds = 15 }: ConnectOptions = {}): Promise<Client> {
  const hostKey = parsePinnedHostKey(address.hostKey);
  const privateKey = parsePrivateKey(address.privateKey);
  const client = new Client();
  let problem: string | undefined;
  const verifyHost = (blob: Buffer) => {
    if (!blob.equals(hostKey.blob)) {
      problem =
        "its host key is not the one that lab created: this is another machine, or somebody intercepts the connection";
    }
    return problem === undefined;
  };
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      signal?.removeEventListener("abort", abort);
      client.destroy();
      reject(signal?.aborted === true ? error : unreachable(address, problem ?? error.message, error));
    };
    const abort = () => fail(signal?.reason);
    signal?.throwIfAborted();
    signal?.addEventListener("abort", abort, { once: true });
    client.once("ready", () => {
      signal?.removeEventListener("abort", abort);
      // Commands come in small packets, each waiting for an answer: collecting them costs 40 ms at a time.
      client.setNoDelay(true);
      resolve(client);
    });
    // Stays for the connection's life: an error without a listener would end the process.
    client.on("error", fail);
    client.once("close", () => fail(new Error("it closed the connection")));
    const { host, port, user: username, through } = address;
    const login: PublicKeyAuthMethod = { type: "publickey", username, key: privateKey };
    const sock = through === undefined ? connectSocket(port, host) : connectThrough(through, { host, port });
    connections.set(client, sock);
    client.connect({
      sock,
      username,
      readyTimeout: timeoutSeconds * 1000,
      keepaliveInterval: KEEPALIVE_MILLISECONDS,
      keepaliveCountMax: KEEPALIVE_MISSES,
      algorithms: { serverHostKey: [hostKey.algorithm] },
      hostVerifier: verifyHost,
      authHandler: [login],
    });
  });
}

/** The error for every failure to reach a node. */
export function unreachable({ user, host, port }: NodeAddress, reason: string, cause?: unknown): LabError {
  return new LabError(`The node at ${user}@${host}:${port} cannot be reached: ${reason}.`, {
    hint: "Run ./lab status to see which seats answer.",
    ...(cause === undefined ? {} : { cause }),
  });
}

function parsePrivateKey(text: string): ParsedKey {
  const key = utils.parseKey(text);
  if (key instanceof Error) {
    throw new LabError(`The SSH key for the nodes cannot be read: ${key.message}.`);
  }
  const [first] = [key].flat();
  if (first === undefined || !first.isPrivateKey()) {
    throw new LabError("The SSH key for the nodes must be a private key, and is not.");
  }
  return first;
}

const ALGORITHMS = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"] as const;

/** The key that a node must show. */
interface PinnedHostKey {
  /** The algorithm to request: a server has several keys and shows one. */
  readonly algorithm: (typeof ALGORITHMS)[number];
  readonly blob: Buffer;
}

/** Reads a public key such as `ssh-ed25519 AAAA...`. */
function parsePinnedHostKey(text: string): PinnedHostKey {
  const key = utils.parseKey(text.trim());
  if (key instanceof Error || Array.isArray(key)) {
    throw new LabError('The host key of a node must be one line such as "ssh-ed25519 AAAA...", and is not.');
  }
  const algorithm = ALGORITHMS.find((name) => name === key.type);
  if (algorithm === undefined) {
    throw new LabError(`The host key of a node is of type ${key.type}; it must be one of ${ALGORITHMS.join(", ")}.`);
  }
  return { algorithm, blob: key.getPublicSSH() };
}
