import { timingSafeEqual } from "node:crypto";

/** What a launcher asks the host for. */
export interface InstanceRequest {
  /** Folder name of the plugin, e.g. `resource-docker-v5.2.0`. */
  readonly plugin: string;
  /** Process of the engine: when it is gone, nobody needs the instance any more. */
  readonly engineProcess: number;
  /** Arguments that the engine gave the plugin, as far as they matter: its own address. */
  readonly arguments: readonly string[];
  /** The plugin's: this process's, with the launcher's DOCKER_ variables. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Reads a launcher's request, which is parts with zero bytes between: `TOKEN PLUGIN ENGINE_PROCESS [ENGINE_ADDRESS]`, then
 * `NAME=VALUE` for each DOCKER_ variable that the engine started it with. Undefined for a request of anybody else.
 */
export function parseRequest(
  request: string,
  token: string,
  own: NodeJS.ProcessEnv = process.env,
): InstanceRequest | undefined {
  const [line = "", ...variables] = request.split("\0");
  const [given = "", plugin = "", engineProcess = "", ...rest] = line.split(" ");
  if (!isSame(given, token) || plugin === "" || !/^[1-9]\d*$/.test(engineProcess)) {
    return undefined;
  }
  return {
    plugin,
    engineProcess: Number(engineProcess),
    arguments: rest,
    environment: { ...withoutDocker(own), ...Object.fromEntries(variables.map(splitVariable)) },
  };
}

/** A variable that the launcher does not have is one that its plugin does not have. */
function withoutDocker(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("DOCKER_")));
}

function splitVariable(variable: string): [string, string] {
  const end = variable.indexOf("=");
  return [variable.slice(0, end), variable.slice(end + 1)];
}

function isSame(given: string, token: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}
