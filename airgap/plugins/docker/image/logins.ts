import { execFile } from "node:child_process";
import {
  type ClientConfig,
  credentialStore,
  readClientConfig,
  type StoredLogin,
} from "../../../../adapters/docker/connection/client-config";

/** The image's `registry` input. */
export interface RegistryArgument {
  readonly server?: string;
  readonly username?: string;
  readonly password?: string;
}

/** Host of the registry that an image is pushed to: the input's, else that in its name. */
export function imageServer(imageName: string, { server }: RegistryArgument): string {
  return server?.replace(/^https?:\/\//, "").split("/")[0] || (parseReference(imageName).registry ?? "docker.io");
}

/** The login for an image's registry: the input's when it is whole, else the operator's, as the official plugin has it. */
export async function imageLogin(
  imageName: string,
  argument: RegistryArgument,
  environment: NodeJS.ProcessEnv,
): Promise<RegistryLogin> {
  const server = imageServer(imageName, argument);
  const { username, password } = argument;
  return username && password
    ? { username, password, serveraddress: credentialsKey(server) }
    : findLogin(server, environment);
}

/** A login as the Engine takes it for a registry. Empty for a registry that is asked without one. */
export interface RegistryLogin {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress?: string;
}

/** Logins by the registry's name in the docker client's config. */
type RegistryLogins = { readonly [registry: string]: RegistryLogin };

/** The operator's login for a registry, from where `docker login` keeps it; as the official plugin finds it. */
export async function findLogin(registry: string, environment: NodeJS.ProcessEnv): Promise<RegistryLogin> {
  const config = await readClientConfig(environment);
  const key = credentialsKey(registry);
  const fromVariable = variableLogins(environment)[key];
  if (fromVariable !== undefined) {
    return fromVariable;
  }
  const helper = config.credHelpers?.[key] ?? (await credentialStore(config, environment));
  const found = helper === undefined ? undefined : await askHelper(helper, key, environment);
  return found ?? configLogin(config, key);
}

/** All logins that the operator has, as the official plugin sends them with every build. */
export async function allLogins(environment: NodeJS.ProcessEnv): Promise<RegistryLogins> {
  const config = await readClientConfig(environment);
  const store = await credentialStore(config, environment);
  const registries = store === undefined ? Object.keys(config.auths ?? {}) : await listHelper(store, environment);
  const helpers = { ...Object.fromEntries(registries.map((key) => [key, store])), ...config.credHelpers };
  const found = await Promise.all(
    Object.entries(helpers).map(async ([key, helper]): Promise<[string, RegistryLogin]> => {
      const login = helper === undefined ? configLogin(config, key) : await askHelper(helper, key, environment);
      return [key, login ?? {}];
    }),
  );
  return { ...Object.fromEntries(found), ...variableLogins(environment) };
}

/** JSON as base64 for URLs, with its padding: without it, the Engine takes a login for none at all, and says nothing. */
export function encodeLogins(logins: RegistryLogin | RegistryLogins): string {
  return Buffer.from(JSON.stringify(logins)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

/** Logins in DOCKER_AUTH_CONFIG, which newer docker clients read before all others. */
function variableLogins(environment: NodeJS.ProcessEnv): RegistryLogins {
  const text = environment["DOCKER_AUTH_CONFIG"];
  if (!text) {
    return {};
  }
  try {
    const { auths = {} } = JSON.parse(text) as ClientConfig;
    return Object.fromEntries(Object.entries(auths).map(([key, stored]) => [key, decodeLogin(key, stored)]));
  } catch {
    throw new Error("DOCKER_AUTH_CONFIG is no JSON, so no login for a registry can be read from it");
  }
}

/** Undefined when the helper has none. Its other failures are the user's to see. */
async function askHelper(
  helper: string,
  key: string,
  environment: NodeJS.ProcessEnv,
): Promise<RegistryLogin | undefined> {
  const { answer, failure } = await runHelper(helper, "get", key, environment);
  if (failure !== undefined) {
    if (/credentials not found/.test(answer)) {
      return undefined;
    }
    throw new Error(`docker-credential-${helper} gave no login for ${key}: ${failure}`);
  }
  const { Username, Secret } = JSON.parse(answer) as { Username: string; Secret: string };
  return Username === "<token>"
    ? { identitytoken: Secret, serveraddress: key }
    : { username: Username, password: Secret, serveraddress: key };
}

/** The registries that a helper has logins for. */
async function listHelper(helper: string, environment: NodeJS.ProcessEnv): Promise<string[]> {
  const { answer, failure } = await runHelper(helper, "list", "unused", environment);
  if (failure !== undefined) {
    throw new Error(`docker-credential-${helper} listed no logins: ${failure}`);
  }
  return Object.keys(JSON.parse(answer) as Record<string, string>);
}

/** What a helper printed, and for one that failed, the reason: what it printed, else how it ended. */
function runHelper(
  helper: string,
  action: "get" | "list",
  input: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ answer: string; failure?: string }> {
  return new Promise((resolve) => {
    const options = { env: environment, timeout: 30_000 };
    const child = execFile(`docker-credential-${helper}`, [action], options, (error, answer) => {
      resolve(error === null ? { answer } : { answer, failure: answer.trim() || error.message });
    });
    // A program that does not exist closes its input; the callback gets the reason.
    child.stdin?.on("error", () => {}).end(input);
  });
}

function configLogin({ auths = {} }: ClientConfig, key: string): RegistryLogin {
  return decodeLogin(key, auths[key] ?? auths[`https://${key}`] ?? auths[`http://${key}`]);
}

function decodeLogin(key: string, stored: StoredLogin | undefined): RegistryLogin {
  if (stored?.identitytoken) {
    return { identitytoken: stored.identitytoken, serveraddress: key };
  }
  const [username, ...password] = Buffer.from(stored?.auth ?? "", "base64")
    .toString("utf8")
    .split(":");
  return username ? { username, password: password.join(":"), serveraddress: key } : {};
}

/** An image's name, taken apart as the Engine does it. */
interface ImageReference {
  /** Host of the registry, with its port; undefined for a name that has none and so means Docker Hub. */
  readonly registry: string | undefined;
  /** The name without its tag, registry included. */
  readonly repository: string;
  readonly tag: string;
}

/** Docker Hub, as the docker client's credentials name it. */
const DOCKER_HUB = "https://index.docker.io/v1/";

/** Takes a name such as `127.0.0.1:5001/hello:v0.1` apart. */
export function parseReference(name: string): ImageReference {
  const [, repository = name, tag = "latest"] = /^(.+?)(?::([\w.-]+))?$/.exec(name) ?? [];
  const first = repository.split("/")[0] ?? "";
  const named = repository.includes("/") && (/[.:]/.test(first) || first === "localhost");
  return { registry: named ? first : undefined, repository, tag };
}

/** What the docker client's credentials are filed under for a registry. */
export function credentialsKey(registry: string): string {
  return ["docker.io", "index.docker.io", "registry-1.docker.io"].includes(registry) ? DOCKER_HUB : registry;
}
