import { setMaxListeners } from "node:events";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { Moves } from "../../config/moves";
import { endpointOf, knownSeats } from "../known-seats";
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

/**
 * Asks nodes for their images while `pulumi up` is at work: as soon as pulumi says that a node is one that it knows, and
 * so at no cost of time. What this very `up` makes is not looked at.
 */
export class DriftWatch {
  readonly #ask: AskImages;
  readonly #moved: Moves;
  readonly #over = new AbortController();
  readonly #answers = new Map<string, Promise<Answer>>();
  /** What pulumi did last with each resource, by urn. */
  readonly #operations = new Map<string, string>();

  constructor(ask: AskImages, moved: Moves) {
    this.#ask = ask;
    this.#moved = moved;
    // Each question listens to it, and a class asks more than ten at a time: Node.js would warn of a leak.
    setMaxListeners(0, this.#over.signal);
  }

  /** Takes an event of pulumi's. */
  take(event: EngineEvent): void {
    const ended = event.resOutputsEvent?.metadata;
    if (ended !== undefined) {
      this.#operations.set(ended.urn, ended.op);
    }
    const begun = event.resourcePreEvent?.metadata;
    // As it was before: its outputs of now come when half of the time is over.
    if (begun?.type === "lab-nodes:index:LabNode" && begun.op === "same" && begun.old) {
      this.#askOnce(stateResource(begun.old));
    }
  }

  /** The seats on which images are not as they were, once pulumi has ended. Others need not be waited for. */
  async result(resources: readonly StateResource[]): Promise<SeatDrift[]> {
    const looks = knownSeats(resources, this.#moved).map(async (seat): Promise<SeatDrift[]> => {
      const answer = this.#answers.get(seat.node);
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

  #askOnce({ name: node, outputs }: StateResource): void {
    const ssh = endpointOf(outputs);
    if (ssh === undefined || this.#answers.has(node)) {
      return;
    }
    const answer = this.#ask({ node, ssh }, this.#over.signal).then(
      (images) => ({ images }),
      (error: Error) => ({ failure: error.message }),
    );
    this.#answers.set(node, answer);
  }
}
