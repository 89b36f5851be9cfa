import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerInspectInfo } from "dockerode";
import type { PropertyMap } from "../../framework/provider";
import { text } from "../../framework/values";
import { readAnswer } from "../connection/bounded-answer";
import { type Engine, EngineError, inspectAt } from "../connection/engine";
import { createBody, networkConnections, updateBody } from "./body";
import { archiveUploads, type Upload } from "./uploads";

const POLL_MILLISECONDS = 100;
const REMOVAL_MILLISECONDS = 60_000;
const CREATE_MILLISECONDS = 120_000;
const LOG_LINES = 20;

/** Size of the header before each piece of output: stream, three zeros, length. */
const HEADER_BYTES = 8;

/** The Engine's calls for one container. */
export class ContainerCalls {
  constructor(
    readonly engine: Engine,
    readonly signal: AbortSignal,
  ) {}

  /** Makes the container, without starting it, and gives its id. */
  async create(inputs: PropertyMap): Promise<string> {
    const image = text(inputs.image) ?? "";
    const query = { name: text(inputs.name) ?? "" };
    // Not to be aborted: a container whose id we never get could not be removed.
    const signal = AbortSignal.timeout(CREATE_MILLISECONDS);
    try {
      const request = { method: "POST", path: "/containers/create", query, body: createBody(inputs), signal } as const;
      return (await this.engine.call<{ Id: string }>(request)).Id;
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) {
        const advice = `load or build it first (docker load, docker build, docker import): the air-gapped plugin pulls nothing`;
        throw new Error(`Unable to create container with image ${image}: ${messageOf(error)}; ${advice}`);
      }
      throw new Error(`Unable to create container: ${messageOf(error)}`);
    }
  }

  /** Leaves the default network and joins the given ones, if there are any. */
  async connect(id: string, inputs: PropertyMap): Promise<void> {
    const connections = networkConnections(inputs);
    if (connections.length === 0) {
      return;
    }
    await this.#post("/networks/bridge/disconnect", { Container: id }).catch((error: unknown) => {
      if (!/is not connected to/.test(messageOf(error))) {
        throw new Error(`Unable to disconnect the default network: ${messageOf(error)}`);
      }
    });
    for (const { network, endpoint } of connections) {
      await this.#post(`/networks/${encodeURIComponent(network)}/connect`, { Container: id, EndpointConfig: endpoint });
    }
  }

  /** Puts files into the container. */
  async upload(id: string, uploads: readonly Upload[]): Promise<void> {
    if (uploads.length > 0) {
      const archive = archiveUploads(uploads);
      const path = `/containers/${id}/archive`;
      await this.engine.call({ method: "PUT", path, query: { path: "/" }, archive, signal: this.signal });
    }
  }

  async start(id: string): Promise<void> {
    await this.#post(`/containers/${id}/start`);
  }

  async update(id: string, inputs: PropertyMap): Promise<void> {
    await this.#post(`/containers/${id}/update`, updateBody(inputs));
  }

  /** What the Engine says about the container; undefined when it is gone. */
  inspect(id: string): Promise<ContainerInspectInfo | undefined> {
    return inspectAt(this.engine, `/containers/${id}/json`, this.signal);
  }

  /** Last lines that the container wrote. */
  async lastLogs(id: string): Promise<string> {
    const query = { stdout: "1", stderr: "1", tail: String(LOG_LINES) };
    const path = `/containers/${id}/logs`;
    const answer = await this.engine.stream({ method: "GET", path, query, signal: this.signal });
    return decodeLogs(await readAnswer(answer)).trimEnd();
  }

  /** Stops the container with time to wind up, if any is given, and removes it. It may be gone already. */
  async remove(id: string, options: { graceSeconds: number; volumes: "remove" | "keep" }): Promise<void> {
    if (options.graceSeconds > 0) {
      const query = { t: String(options.graceSeconds) };
      await this.#post(`/containers/${id}/stop`, undefined, query).catch(refusal(404));
    }
    const query = { force: "1", v: options.volumes === "remove" ? "1" : "0" };
    const request = { method: "DELETE", path: `/containers/${id}`, query, signal: this.signal } as const;
    const deadline = Date.now() + REMOVAL_MILLISECONDS;
    for (;;) {
      // 409: somebody else's removal is in progress. 500: a mount was busy for a moment.
      const error = await this.engine.call(request).then(() => undefined, refusal(404, 409, 500));
      if ((await this.inspect(id)) === undefined) {
        return;
      }
      if (Date.now() > deadline) {
        throw new Error(`Error deleting container ${id}: ${error?.message ?? "it still exists"}`);
      }
      await sleep(POLL_MILLISECONDS, undefined, { signal: this.signal });
    }
  }

  #post<Answer>(path: string, body?: unknown, query: { [name: string]: string } = {}): Promise<Answer> {
    return this.engine.call<Answer>({ method: "POST", path, query, body, signal: this.signal });
  }
}

/** Text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** For `catch`: gives the Engine's errors with these statuses back, and throws all others. */
function refusal(...statuses: readonly number[]): (error: unknown) => EngineError {
  return (error) => {
    if (error instanceof EngineError && statuses.includes(error.status)) {
      return error;
    }
    throw error;
  };
}

/**
 * Text of the Engine's log stream. Without a terminal it comes in pieces, each with a header; with one, as it is.
 */
export function decodeLogs(stream: Buffer): string {
  const pieces: Buffer[] = [];
  let offset = 0;
  while (offset < stream.length) {
    const length = pieceLength(stream, offset);
    if (length === undefined) {
      return stream.toString("utf8");
    }
    offset += HEADER_BYTES;
    pieces.push(stream.subarray(offset, offset + length));
    offset += length;
  }
  return Buffer.concat(pieces).toString("utf8");
}

function pieceLength(stream: Buffer, offset: number): number | undefined {
  const header = stream.subarray(offset, offset + HEADER_BYTES);
  const framed = header.length === HEADER_BYTES && header.readUInt8(0) <= 2 && header.readUIntBE(1, 3) === 0;
  return framed ? header.readUInt32BE(4) : undefined;
}
