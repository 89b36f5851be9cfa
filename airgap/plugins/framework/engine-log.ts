import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { CallContext } from "./provider";

const SEVERITIES = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
} as const;

/** The engine's log. Lines arrive in the order they were given. */
export class EngineLog {
  readonly #client: EngineClient | undefined;
  /** The engine serves calls side by side, so each line waits for the one before it. */
  #last: Promise<void> = Promise.resolve();

  /** Without an address (a plugin started manually) lines go nowhere. */
  constructor(address: string | undefined) {
    this.#client = address === undefined ? undefined : new EngineClient(address, credentials.createInsecure());
  }

  /** A line that stays. */
  write(urn: string, severity: Parameters<CallContext["log"]>[0], message: string): void {
    this.#send(new LogRequest().setUrn(urn).setSeverity(SEVERITIES[severity]).setMessage(message));
  }

  /** A line of progress, replaced by the next one. */
  status(urn: string, message: string): void {
    this.#send(new LogRequest().setUrn(urn).setSeverity(LogSeverity.INFO).setMessage(message).setEphemeral(true));
  }

  /** Settles when every line so far has been handed over; the engine may stop us right after our answer. */
  async flush(): Promise<void> {
    await this.#last;
  }

  /** Ends the connection to the engine. */
  close(): void {
    this.#client?.close();
  }

  #send(request: LogRequest): void {
    const client = this.#client;
    if (client === undefined) {
      return;
    }
    // A line that cannot be delivered must not fail the work that it reports.
    this.#last = this.#last.then(() => new Promise((resolve) => client.log(request, () => resolve())));
  }
}
