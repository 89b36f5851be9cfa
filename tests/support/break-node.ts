import { expect } from "vitest";
import { runScriptIn } from "../../adapters/docker/node-container";
import type { LabClone } from "./lab-clone";
import { expectSuccess } from "./lab-facts";

const PATIENCE_MILLISECONDS = 120_000;

/** Runs a script on a node as root, on the Docker Engine's word: also when SSH is what is to be broken. Gives its output. */
export function inNode({ docker }: LabClone, container: string, script: string): Promise<string> {
  return runScriptIn(docker.getContainer(container), script, AbortSignal.timeout(PATIENCE_MILLISECONDS));
}

/** What `lab status` says of each node, by seat. */
export async function statesOf(lab: LabClone): Promise<Record<string, string>> {
  const { seats } = JSON.parse(expectSuccess(await lab.lab("status", "--json")).stdout);
  return Object.fromEntries(seats.map(({ seat, state }: { seat: string; state: string }) => [seat, state]));
}

/** The next `lab up`: exit 0, nothing made or changed by Pulumi, and its quick verdict passed. Gives what it said. */
export async function upWithoutReplacing(lab: LabClone): Promise<string> {
  const { stdout, stderr } = expectSuccess(await lab.lab("up"));
  expect(stderr).toMatch(/^\d+ unchanged in /m);
  expect(stderr).toMatch(/^quick verdict on /m);
  expect(stdout).toMatch(/ passed \(quick\) just now /);
  return stderr;
}
