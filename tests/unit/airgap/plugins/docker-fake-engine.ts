import { Readable } from "node:stream";
import { type Engine, EngineError, type EngineRequest } from "../../../../airgap/plugins/docker/connection/engine";
import type { CallContext } from "../../../../airgap/plugins/framework/provider";

export type State = { Running: boolean; Status: string; ExitCode: number };
export const RUNNING: State = { Running: true, Status: "running", ExitCode: 0 };
export const EXITED: State = { Running: false, Status: "exited", ExitCode: 3 };

/** An Engine with one container at most. `trouble` answers a request, by its words, with an error. */
export class FakeEngine {
  readonly requests: string[] = [];
  state: State | undefined;
  constructor(
    readonly afterStart: State = RUNNING,
    readonly trouble: { [request: string]: EngineError[] } = {},
  ) {}

  async call({ method, path, query }: EngineRequest): Promise<unknown> {
    const words = [`${method} ${path}`, new URLSearchParams(query as never).toString()]
      .filter((part) => part !== "")
      .join("?");
    this.requests.push(words);
    const error = this.trouble[words]?.shift();
    if (error !== undefined) {
      throw error;
    }
    if (words.startsWith("POST /containers/create")) {
      this.state = { Running: false, Status: "created", ExitCode: 0 };
      return { Id: "abc" };
    }
    if (this.state === undefined) {
      throw new EngineError("No such container", 404);
    }
    if (path.endsWith("/start")) {
      this.state = this.afterStart;
    }
    if (method === "DELETE") {
      this.state = undefined;
    }
    return path.endsWith("/json") ? inspected(this.state) : undefined;
  }

  async stream(): Promise<Readable> {
    return Readable.from([Buffer.from("systemd: no cgroup")]);
  }

  get engine(): Engine {
    return this as unknown as Engine;
  }
}

function inspected(State: State | undefined): object {
  const HostConfig = { RestartPolicy: { Name: "no", MaximumRetryCount: 0 }, NetworkMode: "bridge" };
  return {
    Id: "abc",
    Name: "/node1",
    State,
    Config: { Image: "node:1" },
    HostConfig,
    NetworkSettings: { Ports: {}, Networks: {} },
  };
}

export function context(signal = AbortSignal.timeout(10_000)): CallContext & { lines: string[] } {
  const lines: string[] = [];
  return {
    urn: "",
    signal,
    lines,
    log: (severity, message) => lines.push(`${severity}: ${message}`),
    status: () => {},
  };
}

export const REMOVAL = "DELETE /containers/abc?force=1&v=1";
export const refusal = (message: string, status: number) => new EngineError(message, status);

/** An Engine that answers each call with the next of the given answers; an error is thrown. */
export function scripted(...answers: unknown[]): { engine: Engine; requests: string[] } {
  const requests: string[] = [];
  const call = async ({ method, path }: EngineRequest): Promise<unknown> => {
    requests.push(`${method} ${path}`);
    const answer = answers.shift();
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  return { engine: { call } as unknown as Engine, requests };
}
