import { fstatSync } from "node:fs";
import { engineAddress, startInstance } from "./instance";
import type { Provider } from "./provider";

const PARENT_POLL_MILLISECONDS = 1_000;

/**
 * Turns this process into a Pulumi plugin: serves `provider` on a loopback port, prints that port on standard output
 * (the engine waits for it), and lives until the engine stops it or is gone.
 */
export function serve<Client>(provider: Provider<Client>): void {
  const fail = (error: Error) => {
    process.stderr.write(`the air-gapped ${provider.name} plugin stopped: ${error.stack ?? error.message}\n`);
    process.exit(1);
  };
  // A defect in one call must not leave the engine waiting for the answers of all others.
  process.on("uncaughtException", fail);
  startInstance(provider, engineAddress(process.argv.slice(2)), process.env).then((instance) => {
    const leave = () => void instance.stop().then(() => process.exit(0));
    whenOrphaned(leave);
    process.once("SIGINT", leave).once("SIGTERM", leave);
    process.stdout.write(`${instance.port}\n`);
  }, fail);
}

/**
 * Calls `leave` once when the process that started us is gone. The engine holds our standard input open and kills us
 * at its end; when it is killed itself, nobody does, and a provider would stay for ever.
 */
function whenOrphaned(leave: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) {
      leave();
    }
  }, PARENT_POLL_MILLISECONDS).unref();
  if (isPipe(0)) {
    process.stdin.once("end", leave).once("error", leave).resume();
  }
}

/** Started manually or with /dev/null, standard input ends at once, which means nothing. */
function isPipe(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}
