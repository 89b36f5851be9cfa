import type { Client } from "ssh2";
import { execute } from "./remote-exec";

/**
 * Names of those variables that the server does not pass on to commands. ssh2 sends variables without asking for an
 * answer, so we look: `env` lists what a command gets. A machine without `env` is given the benefit of the doubt.
 */
export async function refusedVariables(
  client: Client,
  environment: Readonly<Record<string, string>>,
): Promise<string[]> {
  const wanted = Object.entries(environment);
  if (wanted.length === 0) {
    return [];
  }
  const listing = await listEnvironment(client, environment);
  return listing === undefined ? [] : missingVariables(listing, wanted);
}

/** Bytes of a command's whole environment; Linux allows some megabytes. */
const LONGEST_LISTING = 8 * 1024 * 1024;

/** Variables whose exact line is not in the output of `env`; a value may span lines. */
export function missingVariables(listing: string, wanted: readonly (readonly [string, string])[]): string[] {
  const lines = `\n${listing}`;
  return wanted.filter(([name, value]) => !lines.includes(`\n${name}=${value}\n`)).map(([name]) => name);
}

async function listEnvironment(
  client: Client,
  environment: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  const ending = await execute(client, { command: "env", environment }, (channel) => {
    let length = 0;
    channel.on("data", (bytes: Buffer) => {
      length += bytes.length;
      if (length > LONGEST_LISTING) {
        client.destroy();
      } else {
        chunks.push(bytes);
      }
    });
    channel.stderr.resume();
    channel.end();
  });
  return ending?.status === 0 ? Buffer.concat(chunks).toString("utf8") : undefined;
}
