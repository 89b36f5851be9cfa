import { type AuthenticationType, Client, type ConnectConfig, utils } from "ssh2";
import type { CallContext } from "../framework/provider";
import type { Connection } from "./connection";
import { type RetryRules, retry } from "./retry";

/** A machine that stops answering in the middle of a command is given up after this many silent intervals. */
const KEEPALIVE_MILLISECONDS = 30_000;
const KEEPALIVE_MISSES = 10;

/** Opens an SSH connection, trying again while the machine boots. */
export async function dial(connection: Connection, context: CallContext): Promise<Client> {
  const pinned = connection.hostKey === undefined ? undefined : parseHostKey(connection.hostKey);
  checkPrivateKey(connection);
  const limit = connection.dialErrorLimit;
  const rules: RetryRules = {
    limit,
    signal: context.signal,
    isWorthRetrying: (error) => !(error instanceof HostKeyMismatch),
    onRetry: (attempt, error) =>
      context.status(`Dial ${attempt}/${limit < 0 ? "inf" : limit} failed: retrying (${error.message})`),
  };
  try {
    return await retry(rules, () => dialOnce(connection, pinned, context.signal));
  } catch (error) {
    context.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`ssh ${connection.user}@${connection.host}:${connection.port}: ${reason}`, { cause: error });
  }
}

/** ssh2 would say so only while dialling, and at each attempt. */
function checkPrivateKey({ privateKey, privateKeyPassword }: Connection): void {
  const parsed = privateKey === undefined ? undefined : utils.parseKey(privateKey, privateKeyPassword);
  if (parsed instanceof Error) {
    throw new Error(`connection.privateKey cannot be read: ${parsed.message}`);
  }
}

function dialOnce(connection: Connection, pinned: PinnedHostKey | undefined, signal: AbortSignal): Promise<Client> {
  const client = new Client();
  let isHostDenied = false;
  const verifyHost = (blob: Buffer) => {
    isHostDenied = pinned !== undefined && !blob.equals(pinned.blob);
    return !isHostDenied;
  };
  return new Promise((resolve, reject) => {
    const abort = () => fail(signal.reason);
    const fail = (error: Error) => {
      signal.removeEventListener("abort", abort);
      client.destroy();
      reject(error);
    };
    signal.addEventListener("abort", abort, { once: true });
    client.on("ready", () => {
      signal.removeEventListener("abort", abort);
      resolve(client);
    });
    client.on("error", (error) => {
      // ssh2 reports an agent that does not answer, and continues with the next way to log in.
      if (error.level !== "agent") {
        fail(isHostDenied || isWrongKeyType(error) ? hostKeyMismatch() : error);
      }
    });
    client.on("close", () => fail(new Error("the server closed the connection")));
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) =>
      answer(prompts.map(() => connection.password ?? "")),
    );
    client.connect(connectConfig(connection, pinned, verifyHost));
  });
}

function connectConfig(
  connection: Connection,
  pinned: PinnedHostKey | undefined,
  verifyHost: (blob: Buffer) => boolean,
): ConnectConfig {
  const { password, privateKey, privateKeyPassword, agentSocketPath } = connection;
  return {
    host: connection.host,
    port: connection.port,
    username: connection.user,
    readyTimeout: connection.perDialTimeoutSeconds * 1000,
    keepaliveInterval: KEEPALIVE_MILLISECONDS,
    keepaliveCountMax: KEEPALIVE_MISSES,
    hostVerifier: verifyHost,
    authHandler: loginMethods(connection),
    ...(pinned === undefined ? {} : { algorithms: { serverHostKey: [...pinned.algorithms] } }),
    ...(password === undefined ? {} : { password, tryKeyboard: true }),
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(privateKeyPassword === undefined ? {} : { passphrase: privateKeyPassword }),
    ...(agentSocketPath === undefined ? {} : { agent: agentSocketPath }),
  };
}

/** The key comes first, as documented; "none" lets servers in that ask for nothing. */
function loginMethods({ password, privateKey, agentSocketPath }: Connection): AuthenticationType[] {
  return [
    "none",
    ...(privateKey === undefined ? [] : (["publickey"] as const)),
    ...(password === undefined ? [] : (["password", "keyboard-interactive"] as const)),
    ...(agentSocketPath === undefined ? [] : (["agent"] as const)),
  ];
}

/** We ask for keys of the pinned type only; a server that has none cannot be the right one. */
function isWrongKeyType(error: Error): boolean {
  return /no matching host key format/.test(error.message);
}

function hostKeyMismatch(): HostKeyMismatch {
  return new HostKeyMismatch(
    "the server's host key is not the one in connection.hostKey: this is another machine, or somebody is in between. " +
      "Not connecting, and not trying again.",
  );
}

/** The server showed another key than the pinned one. To try again would not help, and may be what an attacker wants. */
class HostKeyMismatch extends Error {}

/** Key that a server must show. */
interface PinnedHostKey {
  /** What to ask the server for, e.g. `ssh-ed25519`: it shows one key only, and has several. */
  readonly algorithms: readonly ((typeof RSA_SIGNATURES)[number] | (typeof ALGORITHMS)[number])[];
  readonly blob: Buffer;
}

const RSA_SIGNATURES = ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] as const;
const ALGORITHMS = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"] as const;

/** Reads a public key such as `ssh-ed25519 AAAA...`. */
function parseHostKey(text: string): PinnedHostKey {
  const key = utils.parseKey(text.trim());
  if (key instanceof Error || Array.isArray(key)) {
    throw new Error('connection.hostKey is not a public key; give one line such as "ssh-ed25519 AAAA..."');
  }
  const blob = key.getPublicSSH();
  if (key.type === "ssh-rsa") {
    return { algorithms: RSA_SIGNATURES, blob };
  }
  const algorithm = ALGORITHMS.find((name) => name === key.type);
  if (algorithm === undefined) {
    throw new Error(`connection.hostKey is of type ${key.type}; it must be ssh-rsa or one of ${ALGORITHMS.join(", ")}`);
  }
  return { algorithms: [algorithm], blob };
}
