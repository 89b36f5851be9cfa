import type { EngineEvent } from "@pulumi/pulumi/automation";
import { type StateResource, stateResource } from "../../core/class-state/state-resource";

/** Gathers the resources of a stack from an operation's events, unchanged ones too: no second pulumi process has to read the state. */
export class EventResources {
  readonly #resources = new Map<string, StateResource>();

  take(event: EngineEvent): void {
    const metadata = event.resOutputsEvent?.metadata;
    // A refresh at the start may have told of it.
    if (metadata?.op === "delete") {
      this.#resources.delete(metadata.urn);
    }
    const state = metadata?.new;
    if (state !== undefined && state !== null) {
      // Known by another name before: a class has grown from one seat, or shrunk to it.
      this.#resources.delete(metadata?.old?.urn ?? "");
      this.#resources.set(state.urn, stateResource(state));
    }
  }

  all(): StateResource[] {
    return [...this.#resources.values()];
  }
}
