import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type ClientConfig,
  configFolder,
  credentialStore,
  readClientConfig,
} from "../adapters/docker/connection/client-config";
import { CONFIG_WITHOUT_LOGINS, HELPER_WITHOUT_LOGINS, NODE_VARIABLES } from "../core/node-plugin";
import { shellQuote } from "../core/quoting";
import { inputPath, projectFile } from "./project-files";
import { runError } from "./run-error";

/** Throws one `RunError` with the remedy if a build on a node would be sent registry logins. */
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
        `Run: ${remedy()} (the plugin then gets a Docker config without logins; your own is not changed)\n` +
        "Or build the images once, for nodes to pull: pulumi config set --path images.delivery registry",
    );
  }
}

/** Gives the plugin a config without logins. `lab env` is for this project's stacks, not for those of another program. */
function remedy(): string {
  if (inputPath("lab") === "lab") {
    return 'eval "$(./lab env)"';
  }
  const values = `LAB_NODE_DOCKER_CONFIG="$PWD/${CONFIG_WITHOUT_LOGINS}" LAB_NODE_DOCKER_AUTH_CONFIG= LAB_NODE_DOCKER_CERT_PATH=`;
  return `cp -r ${shellQuote(projectFile(CONFIG_WITHOUT_LOGINS))} . && export ${values}`;
}

/** Descriptions of the logins that the docker plugin finds with this environment, without secrets. */
async function findLogins(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const folder = configFolder(environment);
  const config = await readClientConfig(environment).catch((error: Error) => {
    throw runError(error.message);
  });
  const store = await credentialStore(config, environment);
  if (store === HELPER_WITHOUT_LOGINS && !existsSync(`docker-credential-${store}`)) {
    throw runError(
      `${join(folder, "config.json")} names the credential helper docker-credential-${store}, which the docker plugin ` +
        `looks for in the folder of the program, ${process.cwd()}: it is missing there\nRun: ${remedy()}`,
    );
  }
  return [
    ...storedLogins(config).map((registry) => `the login for ${registry} in ${join(folder, "config.json")}`),
    ...(store === undefined || store === HELPER_WITHOUT_LOGINS ? [] : [`all logins of docker-credential-${store}`]),
    ...Object.entries(config.credHelpers ?? {}).map(
      ([registry, helper]) => `the login for ${registry} of docker-credential-${helper}`,
    ),
    ...(environment["DOCKER_AUTH_CONFIG"] ? ["the logins in DOCKER_AUTH_CONFIG"] : []),
  ];
}

/** Registries with a login in the config itself. Credential helpers leave empty entries there. */
function storedLogins({ auths = {} }: ClientConfig): string[] {
  const secrets = ["auth", "password", "identitytoken", "registrytoken"];
  return Object.entries(auths)
    .filter(([, stored]) => Object.entries(stored).some(([name, value]) => secrets.includes(name) && value !== ""))
    .map(([registry]) => registry);
}
