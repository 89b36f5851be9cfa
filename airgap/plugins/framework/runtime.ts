import type { EngineLog } from "./engine-log";
import type { CallContext } from "./provider";
import type { RunningCalls } from "./running-calls";

/** What every call of one plugin process shares. */
export interface Runtime {
  /** Replaced when the engine tells its address (Handshake, Attach). */
  log: EngineLog;
  readonly calls: RunningCalls;
  /** What the engine started this plugin with: `envVarMappings` of a provider differ from one to the next. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Runs a handler with its own context, and lets its log lines arrive before the answer does. */
export async function runCall<Result>(
  runtime: Runtime,
  call: { urn: string; timeoutSeconds: number },
  handler: (context: CallContext) => Promise<Result>,
): Promise<Result> {
  const { log, calls } = runtime;
  try {
    return await calls.run(call.timeoutSeconds, (signal) =>
      handler({
        urn: call.urn,
        signal,
        log: (severity, message) => log.write(call.urn, severity, message),
        status: (message) => log.status(call.urn, message),
      }),
    );
  } finally {
    await log.flush();
  }
}
