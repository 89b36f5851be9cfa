import { join } from "node:path";

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

/** Folder of this project with a Docker config without logins, and with the credential helper that it names. */
export const CONFIG_WITHOUT_LOGINS = "docker-credential-no";

/**
 * That helper as a config names it. It is found in the folder of the program, where the plugin runs, not on PATH: another
 * program that uses the components needs a copy of the folder.
 */
export const HELPER_WITHOUT_LOGINS = "no/logins";

/** Values of those variables with which no login reaches a node. */
export function withoutLogins(programDirectory: string): Record<keyof typeof NODE_VARIABLES, string> {
  return {
    LAB_NODE_DOCKER_CONFIG: join(programDirectory, CONFIG_WITHOUT_LOGINS),
    LAB_NODE_DOCKER_AUTH_CONFIG: "",
    LAB_NODE_DOCKER_CERT_PATH: "",
  };
}
