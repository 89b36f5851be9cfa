import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** The docker client's config.json, as far as logins are in it. */
export interface ClientConfig {
  readonly auths?: Readonly<Record<string, StoredLogin>>;
  /** Credential helper for all registries, without `docker-credential-`. */
  readonly credsStore?: string;
  /** Credential helpers by registry. */
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** A login as config.json has it: `auth` is `user:password` in base64. */
export interface StoredLogin {
  readonly auth?: string;
  readonly identitytoken?: string;
}

/** Folder of the docker client's config: DOCKER_CONFIG, else ~/.docker. */
export function configFolder(environment: NodeJS.ProcessEnv): string {
  return environment["DOCKER_CONFIG"] || join(environment["HOME"] || homedir(), ".docker");
}

/** Reads config.json; empty when there is none. Throws when it is not JSON. */
export async function readClientConfig(environment: NodeJS.ProcessEnv): Promise<ClientConfig> {
  const path = join(configFolder(environment), "config.json");
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return "{}";
    }
    throw error;
  });
  try {
    return JSON.parse(text) as ClientConfig;
  } catch {
    throw new Error(`${path} is no JSON, so no login for a registry can be read from it`);
  }
}

/**
 * The credential helper for all registries: the one in the config, else the platform's keychain where its program is on
 * PATH. Pulumi's docker plugin looks for that one by itself, also with an empty config (`DetectDefaultStore` of docker/cli).
 */
export async function credentialStore(
  { credsStore }: ClientConfig,
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  if (credsStore) {
    return credsStore;
  }
  const store = await platformStore(environment, platform);
  return store !== undefined && (await isOnPath(`docker-credential-${store}`, environment)) ? store : undefined;
}

async function platformStore(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): Promise<string | undefined> {
  if (platform === "darwin") {
    return "osxkeychain";
  }
  if (platform === "linux") {
    return (await isOnPath("pass", environment)) ? "pass" : "secretservice";
  }
  return undefined;
}

async function isOnPath(program: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const folders = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, program), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
