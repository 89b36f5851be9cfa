import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { type StateResource, stateResource } from "../../core/class-state/state-resource";

export type EventListener = (event: EngineEvent) => void;

const POLL_MILLISECONDS = 50;

/**
 * Gives `work` a file for pulumi's `--event-log`, and passes on every event written there, the last ones too, before it
 * returns. Events quote secrets in their debug text, so the file loses its name as soon as pulumi has opened it: even a
 * killed `lab` leaves nothing to read.
 */
export async function withEventLog<T>(onEvent: EventListener, work: (file: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "lab-events-"));
  const file = join(directory, "events.json");
  const handle = await open(file, "w+", 0o600);
  const removeName = () => rm(directory, { recursive: true, force: true });
  let hasName = true;
  const read = lineReader(handle, (line) => {
    if (hasName) {
      hasName = false;
      void removeName();
    }
    onEvent(JSON.parse(line) as EngineEvent);
  });
  // A listener's failure is reported by the last read: here it would end this process, and pulumi would continue without us.
  const timer = setInterval(() => read().catch(() => undefined), POLL_MILLISECONDS);
  try {
    return await work(file);
  } finally {
    clearInterval(timer);
    await read().finally(async () => {
      await handle.close();
      await removeName();
    });
  }
}

/** A function that reads what has been appended since its last call. Calls that overlap wait for each other. */
function lineReader(handle: FileHandle, onLine: (line: string) => void): () => Promise<void> {
  const decoder = new StringDecoder("utf8");
  const buffer = Buffer.alloc(64 * 1024);
  let position = 0;
  let rest = "";
  let last: Promise<void> = Promise.resolve();
  const drain = async () => {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) {
        return;
      }
      position += bytesRead;
      const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split("\n");
      rest = lines.pop() ?? "";
      lines.filter((line) => line !== "").forEach(onLine);
    }
  };
  return () => {
    last = last.then(drain);
    return last;
  };
}

/** Gathers the resources of a stack from an operation's events, unchanged ones too: no second pulumi process has to read the state. */
export class EventResources {
  readonly #resources = new Map<string, StateResource>();

  take(event: EngineEvent): void {
    const metadata = event.resOutputsEvent?.metadata;
    // A refresh at the start may have reported it.
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
