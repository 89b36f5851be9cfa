import type { CallContext } from "../../../../airgap/plugins/framework/provider";

/** A call context that records what is logged, and can be aborted. */
export interface TestContext extends CallContext {
  readonly lines: string[];
  abort(reason: Error): void;
}

export function testContext(): TestContext {
  const controller = new AbortController();
  const lines: string[] = [];
  return {
    urn: "urn:pulumi:stack::project::command:local:Command::wash",
    signal: controller.signal,
    lines,
    log: (severity, message) => lines.push(`${severity}: ${message}`),
    status: (message) => lines.push(message),
    abort: (reason) => controller.abort(reason),
  };
}
