import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { credentialsKey } from "./reference";

/** A login as the Engine takes it for a registry. Empty for a registry that is asked without one. */
export interface RegistryLogin {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress?: string;
}

/** The docker client's file, as far as logins are in it. */
interface ClientFile {
  readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly identitytoken?: string }>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** The operator's login for a registry, from where `docker login` keeps it; as the official plugin finds it. */
export async function findLogin(
  registry: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<RegistryLogin> {
  const file = await readClientFile(environment);
  const key = credentialsKey(registry);
  const helper = file.credHelpers?.[key] ?? file.credsStore;
  const found = helper === undefined ? undefined : await askHelper(helper, key, environment);
  return found ?? fromFile(file, key);
}

async function readClientFile(environment: NodeJS.ProcessEnv): Promise<ClientFile> {
  const folder = environment["DOCKER_CONFIG"] || join(environment["HOME"] ?? homedir(), ".docker");
  const path = join(folder, "config.json");
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return "{}";
    }
    throw error;
  });
  try {
    return JSON.parse(text) as ClientFile;
  } catch {
    throw new Error(`${path} is no JSON, so no login for a registry can be read from it`);
  }
}

/** Undefined when the helper has none. Its other failures are the user's to see. */
async function askHelper(
  helper: string,
  key: string,
  environment: NodeJS.ProcessEnv,
): Promise<RegistryLogin | undefined> {
  const program = `docker-credential-${helper}`;
  const answer = await new Promise<string | undefined>((resolve, reject) => {
    const child = execFile(program, ["get"], { env: environment, timeout: 30_000 }, (error, stdout) => {
      if (error === null) {
        resolve(stdout);
      } else if (/credentials not found/.test(stdout)) {
        resolve(undefined);
      } else {
        reject(new Error(`${program} gave no login for ${key}: ${stdout.trim() || error.message}`));
      }
    });
    // A program that is not there closes its input; the callback tells why.
    child.stdin?.on("error", () => {}).end(key);
  });
  if (answer === undefined) {
    return undefined;
  }
  const { Username, Secret } = JSON.parse(answer) as { Username: string; Secret: string };
  return Username === "<token>"
    ? { identitytoken: Secret, serveraddress: key }
    : { username: Username, password: Secret, serveraddress: key };
}

function fromFile(file: ClientFile, key: string): RegistryLogin {
  const entry = file.auths?.[key] ?? file.auths?.[`https://${key}`] ?? file.auths?.[`http://${key}`];
  if (entry?.identitytoken) {
    return { identitytoken: entry.identitytoken, serveraddress: key };
  }
  const [username, ...password] = Buffer.from(entry?.auth ?? "", "base64")
    .toString("utf8")
    .split(":");
  return username ? { username, password: password.join(":"), serveraddress: key } : {};
}
