import { constants, readFileSync } from "node:fs";
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

/** What a connection to a Docker Engine over TLS needs, in PEM. */
export interface Certificates {
  /** Who signed the Engine's certificate. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** TLS settings that are incomplete. The message says what to do. */
export class TlsError extends Error {}

/**
 * Folder of the certificates for an Engine at tcp://, as the docker client finds it: DOCKER_TLS_VERIFY switches TLS on,
 * DOCKER_CERT_PATH names the folder, which is that of the client's config by default. Undefined without TLS. Throws a
 * TlsError for settings that the client, or Pulumi's plugin, takes for TLS without a check of the Engine, or for none.
 */
export function certificateFolder(environment: NodeJS.ProcessEnv): string | undefined {
  if (environment["DOCKER_TLS_VERIFY"]) {
    return environment["DOCKER_CERT_PATH"] || configFolder(environment);
  }
  const half = ["DOCKER_CERT_PATH", "DOCKER_TLS"].find((name) => environment[name]);
  if (half !== undefined) {
    throw new TlsError(
      `${half} is set and DOCKER_TLS_VERIFY is not, so nothing would check the Docker Engine. ` +
        `Run: export DOCKER_TLS_VERIFY=1 (for a connection without TLS: unset ${half})`,
    );
  }
  return undefined;
}

/** Reads the certificates in a folder. Throws a TlsError that names the file that is missing. */
export function readCertificates(folder: string): Certificates {
  const read = (name: string) => {
    const file = join(folder, name);
    try {
      return readFileSync(file, "utf8");
    } catch (error) {
      throw new TlsError(
        `Cannot read ${file} (${error instanceof Error ? error.message : String(error)}). TLS to a Docker Engine needs ` +
          "ca.pem, cert.pem and key.pem in one folder. Run: export DOCKER_CERT_PATH=/path/to/that/folder",
      );
    }
  };
  return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}
