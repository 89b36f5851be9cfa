import { createServer, type ServerResponse } from "node:http";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "../../cli/support";

/** A Docker release: its own version, and the versions of the API that it answers. */
export interface DockerRelease {
  readonly version: string;
  readonly newestApi: string;
  readonly oldestApi: string;
}

/** Releases that an operator's machine may have. 29 is as recorded on an Engine built from moby/moby/v2 2.0.0-beta.4. */
export const RELEASES = {
  "19.03": { version: "19.03.15", newestApi: "1.40", oldestApi: "1.12" },
  "20.10": { version: "20.10.24", newestApi: "1.41", oldestApi: "1.12" },
  "26": { version: "26.1.5", newestApi: "1.45", oldestApi: "1.24" },
  "29": { version: "29.1.3", newestApi: "1.52", oldestApi: "1.44" },
  "a later one": { version: "39.0.0", newestApi: "1.70", oldestApi: "1.60" },
} as const satisfies Record<string, DockerRelease>;

export interface VersionedEngine {
  /** Its address, as DOCKER_HOST has it. */
  readonly host: string;
  readonly socketPath: string;
  /** The requests it was sent, e.g. `GET /v1.44/info`. */
  readonly requests: string[];
}

const INFO = {
  CgroupVersion: "2",
  OSType: "linux",
  Architecture: "x86_64",
  DockerRootDir: "/var/lib/docker",
  KernelVersion: "6.1.0",
  MemTotal: 8e9,
  NCPU: 2,
};

/**
 * A Docker Engine's HTTP server without the Engine, on a socket of its own, gone when the running test ends. It refuses
 * paths with a version of the API that the release does not answer, with status, headers and words of a real one.
 */
export async function versionedEngine(release: DockerRelease): Promise<VersionedEngine> {
  const { version, newestApi, oldestApi } = release;
  const requests: string[] = [];
  const answers: Readonly<Record<string, unknown>> = {
    "/version": { Version: version, ApiVersion: newestApi, MinAPIVersion: oldestApi },
    "/info": { ...INFO, ServerVersion: version },
    "/containers/json": [],
  };
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const [, asked, path = ""] = /^(?:\/v(\d+\.\d+))?(\/[^?]*)/.exec(request.url ?? "") ?? [];
    response.setHeader("Api-Version", newestApi);
    response.setHeader("Ostype", "linux");
    response.setHeader("Server", `Docker/${version} (linux)`);
    const refusal = asked === undefined ? undefined : refusalOf(asked, release);
    if (refusal !== undefined) {
      answer(response, 400, { message: refusal });
    } else if (path === "/_ping") {
      response.setHeader("Builder-Version", "2").setHeader("Content-Type", "text/plain; charset=utf-8").end("OK");
    } else if (answers[path] === undefined) {
      answer(response, 404, { message: "page not found" });
    } else {
      answer(response, 200, answers[path]);
    }
  });
  const socketPath = join(temporaryFolder(), "engine.sock");
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `unix://${socketPath}`, socketPath, requests };
}

function refusalOf(asked: string, { newestApi, oldestApi }: DockerRelease): string | undefined {
  const minor = (version: string) => Number(version.split(".")[1]);
  if (minor(asked) < minor(oldestApi)) {
    return `client version ${asked} is too old. Minimum supported API version is ${oldestApi}, please upgrade your client to a newer version`;
  }
  return minor(asked) > minor(newestApi)
    ? `client version ${asked} is too new. Maximum supported API version is ${newestApi}`
    : undefined;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
