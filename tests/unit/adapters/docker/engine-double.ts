import { createServer } from "node:http";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { DockerEngine } from "../../../../adapters/docker/engine";
import { temporaryFolder } from "../../cli/support";

/** What an Engine may have said of itself. Nothing runs at its address. */
export const SOME_ENGINE: DockerEngine = {
  host: "unix:///no/such/docker.sock",
  serverVersion: "20.10.24",
  cgroupVersion: 1,
  platform: "linux/amd64",
  rootDirectory: "/no/such/folder",
  kernelVersion: "0.0.0-test",
  memoryBytes: 8e9,
  cores: 2,
};

/** What each Engine answers about its version unless a test says otherwise. */
const VERSION = { Version: SOME_ENGINE.serverVersion, ApiVersion: "1.41", MinAPIVersion: "1.12" };

/** An answer by which an Engine says that it could not do something. */
export class Refusal {
  constructor(readonly message: string) {}
}

/**
 * What a Docker Engine's API answers, by path: `/containers/json` and the like; a function gives each request an answer
 * of its own. A text is sent as it is, all else as JSON. Anything else is not found.
 */
export type EngineAnswers = Readonly<Record<string, unknown>>;

export interface EngineDouble {
  /** Its address, as DOCKER_HOST has it. */
  readonly host: string;
  /** The requests it was sent, e.g. `GET /containers/json?all=true`. */
  readonly requests: string[];
}

/** A Docker Engine that only answers, on a real socket of its own; gone when the running test ends. */
export async function engineDouble(answers: EngineAnswers): Promise<EngineDouble> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://engine");
    requests.push(`${request.method} ${decodeURIComponent(request.url ?? "")}`);
    const known = answers[url.pathname] ?? (url.pathname === "/version" ? VERSION : undefined);
    const answer: unknown = typeof known === "function" ? known() : known;
    const refused = answer instanceof Refusal ? 500 : 200;
    response.writeHead(answer === undefined ? 404 : refused, { "content-type": "application/json" });
    const body = answer ?? { message: `no such thing: ${url.pathname}` };
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  const socket = join(temporaryFolder(), "engine.sock");
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `unix://${socket}`, requests };
}
