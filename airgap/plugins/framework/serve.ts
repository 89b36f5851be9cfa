import { engineAddress, startInstance } from "./instance";
import { whenOrphaned } from "./lifetime";
import type { Provider } from "./provider";

/**
 * Turns this process into a Pulumi plugin: serves `provider` on a loopback port, prints that port on standard output
 * (the engine waits for it), and lives until the engine stops it or is gone.
 */
export function serve<Client>(provider: Provider<Client>): void {
  // A defect in one call must not leave the engine waiting for the answers of all others.
  process.on("uncaughtException", (error) => fail(provider, error));
  startInstance(provider, engineAddress(process.argv.slice(2)), process.env).then(
    (instance) => {
      const leave = () => void instance.stop().then(() => process.exit(0));
      whenOrphaned(leave);
      process.once("SIGINT", leave).once("SIGTERM", leave);
      process.stdout.write(`${instance.port}\n`);
    },
    (error: Error) => fail(provider, error),
  );
}

function fail<Client>(provider: Provider<Client>, error: Error): never {
  process.stderr.write(`the air-gapped ${provider.name} plugin stopped: ${error.stack ?? error.message}\n`);
  process.exit(1);
}
