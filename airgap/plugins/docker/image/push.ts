import type { CallContext } from "../../framework/provider";
import type { Engine } from "../connection/engine";
import { readAnswerLines } from "./answer";
import { encodeLogins, imageLogin, imageServer, parseReference, type RegistryArgument } from "./logins";

/** Has the Engine push an image that it has to the registry in its name, and gives it by digest: `repository@sha256:...`. */
export async function pushImage(
  engine: Engine,
  name: string,
  argument: RegistryArgument,
  { signal, status }: CallContext,
): Promise<string> {
  const { repository, tag } = parseReference(name);
  const login = await imageLogin(name, argument, engine.environment);
  const headers = { "X-Registry-Auth": encodeLogins(login) };
  const path = `/images/${repository}/push`;
  const answer = await engine.stream({ method: "POST", path, query: { tag }, headers, signal });
  for await (const line of readAnswerLines(answer)) {
    if (line.kind === "error") {
      const hint = loginHint(line.message, imageServer(name, argument), login.serveraddress !== undefined);
      throw new Error(`push of ${name} failed: ${line.message}${hint}`);
    }
    if (line.kind === "output") {
      status(line.text);
    }
  }
  return digestOf(engine, name, signal);
}

function loginHint(message: string, registry: string, hasLogin: boolean): string {
  if (!/unauthorized|authentication required|no basic auth|denied/i.test(message)) {
    return "";
  }
  const state = hasLogin
    ? `The login for ${registry} on this machine was refused by the registry`
    : `There is no login for ${registry} on this machine`;
  return `\n${state}. Run: docker login ${registry}`;
}

/** An image may be in several registries: the digest in that of its own name is meant. */
async function digestOf(engine: Engine, name: string, signal: AbortSignal): Promise<string> {
  const path = `/images/${name}/json`;
  const { RepoDigests } = await engine.call<{ RepoDigests?: string[] | null }>({ method: "GET", path, signal });
  const prefix = `${parseReference(name).repository}@`;
  const digest = RepoDigests?.find((candidate) => candidate.startsWith(prefix));
  if (digest === undefined) {
    throw new Error(`${name} was pushed, but the Docker Engine gives no digest for it`);
  }
  return digest;
}
