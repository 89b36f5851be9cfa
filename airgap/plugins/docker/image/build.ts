import type { CallContext } from "../../framework/provider";
import { withoutAbsent } from "../../framework/values";
import type { Engine, Query } from "../connection/engine";
import { readAnswerLines } from "./answer";
import { archiveContext } from "./context";
import type { Build } from "./inputs";
import { allLogins, encodeLogins, imageLogin } from "./logins";
import { BuildProgress, type ProgressLine } from "./progress";
import { decodeTrace } from "./trace";

/** Builds the image on the Engine, shows the progress, and gives the image's id. */
export async function buildImage(engine: Engine, build: Build, context: CallContext): Promise<string> {
  const { archive, dockerfile, isDockerfileHidden } = archiveContext(build.context, build.dockerfile);
  // The classic builder leaves the Dockerfile out of COPY by itself.
  if (build.version === "2" && isDockerfileHidden) {
    const file = build.dockerfile;
    context.log("warning", `.dockerignore hides ${file}; the builder gets it all the same, and COPY . takes it along`);
  }
  const query = buildQuery(build, dockerfile);
  const headers = { "X-Registry-Config": await registryConfig(build, engine.environment) };
  const { signal } = context;
  const answer = await engine.stream({ method: "POST", path: "/build", query, headers, archive, signal });
  const output = new BuildOutput(build, context);
  let id: string | undefined;
  for await (const line of readAnswerLines(answer)) {
    switch (line.kind) {
      case "trace":
        output.trace(line.base64);
        break;
      case "image":
        id = line.id;
        break;
      case "output":
        output.classic(line.text);
        break;
      case "error":
        throw new Error(output.failure(line.message));
    }
  }
  return (
    id ?? (await engine.call<{ Id: string }>({ method: "GET", path: `/images/${build.imageName}/json`, signal })).Id
  );
}

/**
 * What the official plugin sends with every build, also with one that pushes nothing: all logins that the operator has,
 * and, for an image that is pushed or has a cache, the one for its registry. Its BuildKit session, which this plugin has
 * none of, answers the builder from the same logins.
 */
async function registryConfig(build: Build, environment: NodeJS.ProcessEnv): Promise<string> {
  const logins = await allLogins(environment);
  if (!build.pushes && build.cacheFrom.length === 0) {
    return encodeLogins(logins);
  }
  const login = await imageLogin(build.imageName, build.registry, environment);
  return encodeLogins(login.serveraddress === undefined ? logins : { ...logins, [login.serveraddress]: login });
}

/** Parameters of the Engine's build call. */
export function buildQuery(build: Build, dockerfile: string): Query {
  return withoutAbsent<string | readonly string[]>({
    t: build.imageName,
    dockerfile,
    version: build.version,
    platform: build.platform,
    rm: "1",
    target: build.target,
    networkmode: build.network,
    buildargs: Object.keys(build.arguments).length === 0 ? undefined : JSON.stringify(build.arguments),
    cachefrom: build.cacheFrom.length === 0 ? undefined : JSON.stringify(build.cacheFrom),
    extrahosts: build.addHosts.length === 0 ? undefined : build.addHosts,
  });
}

/** Lines of the classic builder that are kept for the case that it fails. */
const KEPT_LINES = 200;

/** The first line of a step of the classic builder. */
const CLASSIC_STEP = /^Step \d+\/\d+ :/;

/** Shows the builder's output, and describes its failure. */
class BuildOutput {
  readonly #progress = new BuildProgress();
  readonly #lines: string[] = [];

  constructor(
    readonly build: Build,
    readonly context: CallContext,
  ) {}

  trace(base64: string): void {
    for (const line of this.#progress.follow(decodeTrace(base64))) {
      this.#show(line);
    }
  }

  /** The classic builder has no frames: its output is text, in which every step begins with `Step 2/4 : RUN ...`. */
  classic(text: string): void {
    const line = text.trimEnd();
    if (line !== "") {
      this.#lines.push(line);
      this.#lines.splice(0, this.#lines.length - KEPT_LINES);
      this.#show({ kind: CLASSIC_STEP.test(line) ? "info" : "status", text: line });
    }
  }

  failure(message: string): string {
    if (this.build.version === "2") {
      return this.#progress.failure(this.build.imageName, message);
    }
    const step = this.#lines.findLastIndex((line) => CLASSIC_STEP.test(line));
    const tail = this.#lines.slice(Math.max(step, this.#lines.length - 20, 0));
    return [`build of ${this.build.imageName} failed: ${message}`, ...tail].join("\n");
  }

  #show({ kind, text }: ProgressLine): void {
    if (kind === "status") {
      this.context.status(text);
    } else {
      this.context.log(kind, text);
    }
  }
}
