import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLog } from "./engine-log";
import { whenOrphaned } from "./lifetime";
import type { Provider } from "./provider";
import { RunningCalls } from "./running-calls";
import { providerService } from "./service";
import type { Surroundings } from "./surroundings";

/** Time for aborted calls to close their connections and stop their child processes before we exit. */
const LEAVE_MILLISECONDS = 500;

/**
 * Turns this process into a Pulumi plugin: serves `provider` on a loopback port, prints that port on standard output
 * (the engine waits for it), and lives until the engine stops it or is gone.
 */
export function serve<Client>(provider: Provider<Client>): void {
  const surroundings: Surroundings = { log: new EngineLog(engineAddress(process.argv)), calls: new RunningCalls() };
  whenOrphaned(() => leave(surroundings));
  process.once("SIGINT", () => leave(surroundings)).once("SIGTERM", () => leave(surroundings));
  // A defect in one call must not leave the engine waiting for the answers of all others.
  process.on("uncaughtException", (error) => fail(provider, error));
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, providerService(provider, surroundings));
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) {
      fail(provider, error);
    }
    process.stdout.write(`${port}\n`);
  });
}

/** The engine's address is the last argument; flags such as `-v=9` may come before it. */
export function engineAddress(commandLine: readonly string[]): string | undefined {
  const last = commandLine.slice(2).at(-1);
  return last !== undefined && /^[^-].*:\d+$/.test(last) ? last : undefined;
}

function leave({ calls }: Surroundings): void {
  const isIdle = calls.count === 0;
  calls.cancel(new Error("cancelled: the Pulumi engine stopped this plugin"));
  setTimeout(() => process.exit(0), isIdle ? 0 : LEAVE_MILLISECONDS);
}

function fail<Client>(provider: Provider<Client>, error: Error): never {
  process.stderr.write(`the air-gapped ${provider.name} plugin stopped: ${error.stack ?? error.message}\n`);
  process.exit(1);
}
