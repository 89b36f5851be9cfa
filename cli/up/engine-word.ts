import type { EngineEvent } from "@pulumi/pulumi/automation";

type Severity = NonNullable<EngineEvent["diagnosticEvent"]>["severity"];

/** Something to say of a resource, as the engine would say it. */
export function engineWord(urn: string, severity: Severity, message: string): EngineEvent {
  return { sequence: 0, timestamp: 0, diagnosticEvent: { urn, message, color: "never", severity } };
}
