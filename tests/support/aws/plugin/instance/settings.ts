/** What the plugin's environment says of the machines that it boots; set by `emulator-environment.ts`. */
export interface NodeSettings {
  readonly dockerHost: string;
  /** Image of a node, as the local target builds it. */
  readonly image: string;
  /** A folder that machines find in place, as if it were in their image: `HOST_FOLDER:NODE_FOLDER`. */
  readonly mount: string | undefined;
}

/** Names of the variables. */
export const VARIABLES = { dockerHost: "DOCKER_HOST", image: "LAB_TEST_AWS_NODE_IMAGE", mount: "LAB_TEST_AWS_MOUNT" };

const DEFAULT_DOCKER_HOST = "unix:///var/run/docker.sock";

/** Reads the settings; without an image there is nothing to boot. */
export function nodeSettings(environment: NodeJS.ProcessEnv): NodeSettings {
  const image = environment[VARIABLES.image];
  if (image === undefined || image === "") {
    throw new Error(`the test-only aws plugin boots machines from a node image; set ${VARIABLES.image} to its name`);
  }
  return {
    dockerHost: environment[VARIABLES.dockerHost] || DEFAULT_DOCKER_HOST,
    image,
    mount: environment[VARIABLES.mount] || undefined,
  };
}
