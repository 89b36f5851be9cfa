import type { CallContext } from "../../framework/provider";
import { linesOf } from "../connection/bounded-answer";
import type { Engine, Query } from "../connection/engine";
import { withoutAbsent } from "../values";
import { parseAnswerLine } from "./answer";
import { archiveContext, hidesDockerfile } from "./archive";
import { allLogins, encodeLogins, type RegistryLogins } from "./credentials";
import { imageLogin } from "./image-login";
import type { Build } from "./inputs";
import { BuildProgress, type ProgressLine } from "./progress";
import { decodeTrace } from "./trace";

/** Builds the image on the Engine, shows the progress, and gives the image's id. */
export async function buildImage(engine: Engine, build: Build, context: CallContext): Promise<string> {
  warnOfHiddenDockerfile(build, context);
  const { archive, dockerfile } = archiveContext(build.context, build.dockerfile);
  const query = buildQuery(build, dockerfile);
  const headers = { "X-Registry-Config": encodeLogins(await loginsOf(build, engine.environment)) };
  const answer = await engine.stream({
    method: "POST",
    path: "/build",
    query,
    headers,
    archive,
    signal: context.signal,
  });
  const follower = new AnswerFollower(build, context);
  for await (const line of linesOf(answer)) {
    follower.take(line);
  }
  return follower.imageId ?? inspectId(engine, build.imageName, context.signal);
}

/**
 * What the official plugin sends with every build, also with one that pushes nothing: all logins that the operator has,
 * and, for an image that is pushed or has a cache, the one for its registry. Its BuildKit session, which this plugin has
 * none of, answers the builder from the same logins.
 */
async function loginsOf(build: Build, environment: NodeJS.ProcessEnv): Promise<RegistryLogins> {
  const logins = await allLogins(environment);
  if (build.pushes || build.cacheFrom.length > 0) {
    const login = await imageLogin(build.imageName, build.registry, environment);
    return login.serveraddress === undefined ? logins : { ...logins, [login.serveraddress]: login };
  }
  return logins;
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

/** Reads the answer line by line; throws when the build failed. */
class AnswerFollower {
  readonly #progress = new BuildProgress();
  readonly #output: string[] = [];
  imageId: string | undefined;

  constructor(
    readonly build: Build,
    readonly context: CallContext,
  ) {}

  take(line: string): void {
    if (line.trim() === "") {
      return;
    }
    const answer = parseAnswerLine(line);
    switch (answer.kind) {
      case "trace":
        for (const shown of this.#progress.follow(decodeTrace(answer.base64))) {
          this.#show(shown);
        }
        return;
      case "image":
        this.imageId = answer.id;
        return;
      case "output":
        this.#classicOutput(answer.text);
        return;
      case "error":
        throw new Error(this.#failure(answer.message));
      case "other":
        return;
    }
  }

  /** The classic builder has no frames: its output is text, in which every step begins with `Step 2/4 : RUN ...`. */
  #classicOutput(text: string): void {
    const line = text.trimEnd();
    if (line !== "") {
      this.#output.push(line);
      this.#output.splice(0, this.#output.length - KEPT_LINES);
      this.#show({ kind: /^Step \d+\/\d+ :/.test(line) ? "info" : "status", text: line });
    }
  }

  #failure(message: string): string {
    if (this.build.version === "2") {
      return this.#progress.failure(this.build.imageName, message);
    }
    const step = this.#output.findLastIndex((line) => /^Step \d+\/\d+ :/.test(line));
    const tail = this.#output.slice(Math.max(step, this.#output.length - 20, 0));
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

function warnOfHiddenDockerfile(build: Build, context: CallContext): void {
  // The classic builder leaves the Dockerfile out of COPY by itself.
  if (build.version === "2" && hidesDockerfile(build.context, build.dockerfile)) {
    const file = build.dockerfile;
    context.log("warning", `.dockerignore hides ${file}; the builder gets it all the same, and COPY . takes it along`);
  }
}

async function inspectId(engine: Engine, name: string, signal: AbortSignal): Promise<string> {
  const image = await engine.call<{ Id: string }>({ method: "GET", path: `/images/${name}/json`, signal });
  return image.Id;
}
