import { timingSafeEqual } from "node:crypto";

/** What a launcher asks the host for. */
export interface InstanceRequest {
  /** Folder name of the plugin, e.g. `resource-docker-v5.2.0`. */
  readonly plugin: string;
  /** Process of the engine: when it is gone, nobody needs the instance any more. */
  readonly engineProcess: number;
  /** Arguments that the engine gave the plugin, as far as they matter: its own address. */
  readonly arguments: readonly string[];
}

/** Reads a launcher's line: `TOKEN PLUGIN ENGINE_PROCESS [ENGINE_ADDRESS]`. Undefined for a line of anybody else. */
export function parseRequest(line: string, token: string): InstanceRequest | undefined {
  const [given = "", plugin = "", engineProcess = "", ...rest] = line.split(" ");
  if (!isSame(given, token) || plugin === "" || !/^[1-9]\d*$/.test(engineProcess)) {
    return undefined;
  }
  return { plugin, engineProcess: Number(engineProcess), arguments: rest };
}

function isSame(given: string, token: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}
