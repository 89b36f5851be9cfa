import { join } from "node:path";
import {
  type ClientConfig,
  configFolder,
  credentialStore,
  readClientConfig,
} from "../airgap/plugins/docker/client-config";
import { runError } from "../config/run-error";

/**
 * Which variables of pulumi's environment the docker plugin's processes that talk to nodes have under another name
 * (`envVarMappings`). The plugin sends every registry login that it finds with each build, and a node's Docker Engine is
 * the student's; see docs/adr/0030.
 */
export const NODE_VARIABLES = {
  LAB_NODE_DOCKER_CONFIG: "DOCKER_CONFIG",
  LAB_NODE_DOCKER_AUTH_CONFIG: "DOCKER_AUTH_CONFIG",
  // The plugin would speak TLS with the operator's certificate to every Engine, also through ssh.
  LAB_NODE_DOCKER_CERT_PATH: "DOCKER_CERT_PATH",
} as const;

/** Folder of the program with a Docker config without logins, and with the credential helper that it names. */
const CONFIG_WITHOUT_LOGINS = "docker-credential-no";

/** That helper as a config names it. The plugin runs in the program's folder: it is found there, not on PATH. */
const HELPER_WITHOUT_LOGINS = "no/logins";

/** Values of those variables with which no login reaches a node. */
export function withoutLogins(programDirectory: string): Record<keyof typeof NODE_VARIABLES, string> {
  return {
    LAB_NODE_DOCKER_CONFIG: join(programDirectory, CONFIG_WITHOUT_LOGINS),
    LAB_NODE_DOCKER_AUTH_CONFIG: "",
    LAB_NODE_DOCKER_CERT_PATH: "",
  };
}

/** Throws one `RunError`, with what to type, where a build on a node would be sent logins. */
export async function requireNoLogins(environment: NodeJS.ProcessEnv): Promise<void> {
  const ofPlugin = { ...environment };
  for (const [name, target] of Object.entries(NODE_VARIABLES)) {
    if (environment[name] !== undefined) {
      ofPlugin[target] = environment[name];
    }
  }
  const logins = await findLogins(ofPlugin);
  if (logins.length > 0) {
    throw runError(
      'images.delivery is "build", so nodes build the images, and Pulumi\'s docker plugin sends the registry logins of ' +
        `your Docker config with each build. It would send:\n${logins.map((login) => `  - ${login}`).join("\n")}\n` +
        'Run: eval "$(./lab env)" (the plugin then gets a Docker config without logins; yours stays as it is)\n' +
        "Or build once and have nodes pull: pulumi config set --path images.delivery registry",
    );
  }
}

/** The logins that the docker plugin finds with this environment, a line each, without anything secret. */
async function findLogins(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const folder = configFolder(environment);
  const config = await readClientConfig(environment).catch((error: Error) => {
    throw runError(error.message);
  });
  const store = await credentialStore(config, environment);
  return [
    ...storedLogins(config).map((registry) => `the login for ${registry} in ${join(folder, "config.json")}`),
    ...(store === undefined || store === HELPER_WITHOUT_LOGINS ? [] : [`all logins of docker-credential-${store}`]),
    ...Object.entries(config.credHelpers ?? {}).map(
      ([registry, helper]) => `the login for ${registry} of docker-credential-${helper}`,
    ),
    ...(environment["DOCKER_AUTH_CONFIG"] ? ["the logins in DOCKER_AUTH_CONFIG"] : []),
  ];
}

/** Registries with a login in the config itself. A helper leaves empty entries there. */
function storedLogins({ auths = {} }: ClientConfig): string[] {
  const secrets = ["auth", "password", "identitytoken", "registrytoken"];
  return Object.entries(auths)
    .filter(([, stored]) => Object.entries(stored).some(([name, value]) => secrets.includes(name) && value !== ""))
    .map(([registry]) => registry);
}
