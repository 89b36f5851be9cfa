import { setMaxListeners } from "node:events";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { Moves } from "../../config/moves";
import { endpointOf, knownSeats, LAB_NODE } from "../known-seats";
import { type StateResource, stateResource } from "../pulumi/state";
import { declaredImages } from "./declared-images";
import { type ImageDrift, imageDrift, type NodeImages } from "./image-drift";
import type { AskImages } from "./node-images";

/** A seat, and what of its images is not as it was. */
export interface SeatDrift {
  readonly seat: string;
  readonly drift: readonly ImageDrift[];
  /** Why its node could not be asked. Undefined when it was. */
  readonly unasked?: string;
}

type Answer = { readonly images: NodeImages } | { readonly failure: string };

/** What a watch asks, and what it goes by. */
export interface DriftWatchOptions {
  readonly ask: AskImages;
  readonly moved: Moves;
  /** What the stack has before this `up`. */
  readonly before: () => Promise<readonly StateResource[]>;
}

/**
 * Asks nodes for their images while `pulumi up` is at work, so that it costs no time: all that the stack has when pulumi
 * begins, which is while it loads the program and has a processor to spare, and others as soon as pulumi says that it knows
 * them. Only what stays as it is counts, not what this very `up` makes.
 */
export class DriftWatch {
  readonly #options: DriftWatchOptions;
  readonly #over = new AbortController();
  readonly #answers = new Map<string, Promise<Answer>>();
  /** Nodes that stay as they are. */
  readonly #staying = new Set<string>();
  /** What pulumi did last with each resource, by urn. */
  readonly #operations = new Map<string, string>();

  constructor(options: DriftWatchOptions) {
    this.#options = options;
    // Each question listens to it, and a class asks more than ten at a time: Node.js would warn of a leak.
    setMaxListeners(0, this.#over.signal);
  }

  /** Takes an event of pulumi's. */
  take(event: EngineEvent): void {
    if (event.preludeEvent !== undefined) {
      void this.#askAll();
    }
    const ended = event.resOutputsEvent?.metadata;
    if (ended !== undefined) {
      this.#operations.set(ended.urn, ended.op);
    }
    const begun = event.resourcePreEvent?.metadata;
    // As it was before: its outputs of now come when half of the time is over.
    if (begun?.type === LAB_NODE && begun.op === "same" && begun.old) {
      const node = stateResource(begun.old);
      this.#staying.add(node.name);
      this.#askOnce(node);
    }
  }

  /** The seats on which images are not as they were, once pulumi has ended. Others need not be waited for. */
  async result(resources: readonly StateResource[]): Promise<SeatDrift[]> {
    const looks = knownSeats(resources, this.#options.moved).map(async (seat): Promise<SeatDrift[]> => {
      const answer = this.#staying.has(seat.node) ? this.#answers.get(seat.node) : undefined;
      const kept = declaredImages(seat, resources).filter(({ urn }) => this.#operations.get(urn) === "same");
      if (answer === undefined || kept.length === 0) {
        return [];
      }
      const known = await answer;
      if ("failure" in known) {
        return [{ seat: seat.seat, drift: [], unasked: known.failure }];
      }
      const drift = imageDrift(kept, known.images);
      return drift.length === 0 ? [] : [{ seat: seat.seat, drift }];
    });
    try {
      return (await Promise.all(looks)).flat();
    } finally {
      this.stop();
    }
  }

  /** Ends the questions that nobody waits for. */
  stop(): void {
    this.#over.abort();
  }

  async #askAll(): Promise<void> {
    // Where the state cannot be read, pulumi tells of each node later, and of what is wrong.
    const resources = await this.#options.before().catch(() => []);
    if (this.#over.signal.aborted) {
      return;
    }
    for (const node of resources.filter(({ type }) => type === LAB_NODE)) {
      this.#askOnce(node);
    }
  }

  #askOnce({ name: node, outputs }: StateResource): void {
    const ssh = endpointOf(outputs);
    if (ssh === undefined || this.#answers.has(node)) {
      return;
    }
    const answer = this.#options.ask({ node, ssh }, this.#over.signal).then(
      (images) => ({ images }),
      (error: Error) => ({ failure: error.message }),
    );
    this.#answers.set(node, answer);
  }
}
