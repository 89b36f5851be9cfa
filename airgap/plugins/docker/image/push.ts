import type { CallContext } from "../../framework/provider";
import { linesOf } from "../connection/bounded-answer";
import type { Engine } from "../connection/engine";
import { parseAnswerLine } from "./answer";
import { encodeLogins, type RegistryLogin } from "./credentials";
import { imageLogin, imageServer, type RegistryArgument } from "./image-login";
import { parseReference } from "./reference";

/** Has the Engine push an image that it has to the registry in its name, and gives it by digest: `repository@sha256:...`. */
export async function pushImage(
  engine: Engine,
  name: string,
  argument: RegistryArgument,
  context: CallContext,
): Promise<string> {
  const { repository, tag } = parseReference(name);
  const registry = imageServer(name, argument);
  const login = await imageLogin(name, argument, engine.environment);
  const answer = await engine.stream({
    method: "POST",
    path: `/images/${repository}/push`,
    query: { tag },
    headers: { "X-Registry-Auth": encodeLogins(login) },
    signal: context.signal,
  });
  for await (const line of linesOf(answer)) {
    follow(line, { name, registry, login, context });
  }
  return digestOf(engine, name, context.signal);
}

interface Push {
  readonly name: string;
  readonly registry: string;
  readonly login: RegistryLogin;
  readonly context: CallContext;
}

function follow(line: string, push: Push): void {
  if (line.trim() === "") {
    return;
  }
  const answer = parseAnswerLine(line);
  if (answer.kind === "error") {
    throw new Error(`push of ${push.name} failed: ${answer.message}${advice(answer.message, push)}`);
  }
  if (answer.kind === "output") {
    push.context.status(answer.text);
  }
}

function advice(message: string, { registry, login }: Push): string {
  if (!/unauthorized|authentication required|no basic auth|denied/i.test(message)) {
    return "";
  }
  return login.serveraddress === undefined
    ? `\nThere is no login for ${registry} on this machine; type: docker login ${registry}`
    : `\nThe login for ${registry} on this machine is not good enough; type: docker login ${registry}`;
}

/** An image may be in several registries: the digest in that of its own name is meant. */
async function digestOf(engine: Engine, name: string, signal: AbortSignal): Promise<string> {
  const { RepoDigests } = await engine.call<{ RepoDigests?: string[] | null }>({
    method: "GET",
    path: `/images/${name}/json`,
    signal,
  });
  const prefix = `${parseReference(name).repository}@`;
  const digest = RepoDigests?.find((candidate) => candidate.startsWith(prefix));
  if (digest === undefined) {
    throw new Error(`${name} was pushed, but the Docker Engine tells no digest of it`);
  }
  return digest;
}
