import { spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { type Connection, Server, type ServerChannel, type Session, utils } from "ssh2";
import { type EncodedKey, generateKey } from "../../../../airgap/plugins/tls/keys";

/** An SSH server in this process that runs real commands, and passes on variables named LAB_... only. */
export interface TestSshServer {
  readonly port: number;
  readonly hostKey: EncodedKey;
  readonly clientKey: EncodedKey;
  /** How many connections came in so far. */
  readonly dials: () => number;
  /** How many connections are open. */
  readonly connections: () => number;
  /** Refuses everybody's key for the next so many connections. */
  refuseNext(count: number): void;
  close(): void;
}

const ED25519 = { algorithm: "ED25519", rsaBits: 2048, ecdsaCurve: "P224" } as const;

export async function startSshServer(): Promise<TestSshServer> {
  const [hostKey, clientKey] = await Promise.all([generateKey(ED25519), generateKey(ED25519)]);
  let dials = 0;
  let toRefuse = 0;
  const connections = new Set<Connection>();
  const server = new Server({ hostKeys: [hostKey.privateKeyOpenssh] }, (connection) => {
    dials += 1;
    const isRefusing = toRefuse > 0;
    toRefuse = Math.max(0, toRefuse - 1);
    connections.add(connection);
    connection.on("error", () => {});
    connection.on("close", () => connections.delete(connection));
    connection.on("authentication", (context) => {
      const isRight = context.method === "publickey" && context.key.data.equals(publicBlob(clientKey)) && !isRefusing;
      isRight ? context.accept() : context.reject(["publickey"]);
    });
    connection.on("session", (accept) => serveSession(accept()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hostKey,
    clientKey,
    dials: () => dials,
    connections: () => connections.size,
    refuseNext: (count) => {
      toRefuse = count;
    },
    close: () => {
      for (const connection of connections) {
        connection.end();
      }
      server.close();
    },
  };
}

function publicBlob(key: EncodedKey): Buffer {
  const parsed = utils.parseKey(key.publicKeyOpenssh);
  if (parsed instanceof Error) {
    throw parsed;
  }
  return parsed.getPublicSSH();
}

function serveSession(session: Session): void {
  const environment: Record<string, string> = { PATH: process.env["PATH"] ?? "" };
  session.on("env", (accept, reject, { key, val }) => {
    if (!key.startsWith("LAB_")) {
      reject?.();
      return;
    }
    environment[key] = val;
    accept?.();
  });
  session.on("exec", (accept, _reject, { command }) => execute(accept(), command, environment));
}

function execute(channel: ServerChannel, command: string, environment: Record<string, string>): void {
  const child = spawn("/bin/sh", ["-c", command], { env: environment });
  channel.pipe(child.stdin.on("error", () => {}));
  child.stdout.on("data", (bytes: Buffer) => channel.write(bytes));
  child.stderr.on("data", (bytes: Buffer) => channel.stderr.write(bytes));
  channel.on("close", () => child.kill());
  child.on("close", (status, signal) => {
    if (signal === null) {
      channel.exit(status ?? 0);
    } else {
      channel.exit(signal);
    }
    channel.end();
  });
}
