import type { EngineEvent } from "@pulumi/pulumi/automation";
import { tellsOfDocker } from "../output/board/gate";
import { placeOf } from "../output/board/place";

/** A piece of work of a node's Docker Engine. */
interface Work {
  readonly node: string;
  /** When a word of it was heard last, in milliseconds since the epoch. */
  readonly heardAt: number;
}

/** What Docker Engines of nodes are doing for an `up` right now, and when something was heard of it. */
export class DockerWork {
  readonly #byUrn = new Map<string, Work>();

  /** Takes an event of pulumi's, at a time in milliseconds since the epoch. */
  take({ resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent }: EngineEvent, now: number): void {
    const begun = resourcePreEvent?.metadata;
    const ended = (resOutputsEvent ?? resOpFailedEvent)?.metadata;
    const node = begun !== undefined && MAKES.has(begun.op) ? nodeAtWork(begun.urn) : undefined;
    if (begun !== undefined && node !== undefined) {
      this.#byUrn.set(begun.urn, { node, heardAt: now });
    }
    if (ended !== undefined) {
      this.#byUrn.delete(ended.urn);
    }
    const { urn = "", message = "" } = diagnosticEvent ?? {};
    const atGate = tellsOfDocker(message) ? nodeOfGate(urn) : undefined;
    if (atGate !== undefined) {
      this.#byUrn.set(urn, { node: atGate, heardAt: now });
    }
    const told = this.#byUrn.get(urn)?.node;
    if (told !== undefined) {
      this.hear(told, now);
    }
  }

  /** Takes a sign of life from a node's Engine. */
  hear(node: string, now: number): void {
    for (const [urn, work] of this.#byUrn) {
      if (work.node === node) {
        this.#byUrn.set(urn, { node, heardAt: now });
      }
    }
  }

  /** Nodes whose Engines are at work, and of none of it anything was heard since a time: a piece of that work, by node. */
  silentSince(time: number): ReadonlyMap<string, string> {
    const all = [...this.#byUrn];
    const heard = new Set(all.flatMap(([, { node, heardAt }]) => (heardAt > time ? [node] : [])));
    return new Map(all.flatMap(([urn, { node }]) => (heard.has(node) ? [] : [[node, urn] as const])));
  }
}

const MAKES: ReadonlySet<string> = new Set(["create", "create-replacement", "update"]);

const PHASES_OF_DOCKER: ReadonlySet<string | undefined> = new Set([
  "base images",
  "figlet",
  "hello:v0.1",
  "hello:v0.2",
]);

/** The node whose Docker Engine does the work of a resource; undefined where none does. */
function nodeAtWork(urn: string): string | undefined {
  const place = placeOf(urn);
  return place.kind === "seat" && place.role === "primary" && PHASES_OF_DOCKER.has(place.phase)
    ? place.node
    : undefined;
}

/** The node that a gate is of: only its own words tell when it is the Engine's turn. */
function nodeOfGate(urn: string): string | undefined {
  const place = placeOf(urn);
  return place.kind === "seat" && place.role === "gate" ? place.node : undefined;
}
