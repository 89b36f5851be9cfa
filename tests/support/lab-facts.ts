import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { parseState, type StateResource } from "../../core/class-state/state-resource";
import type { CommandResult, LabClone } from "./lab-clone";

/** Milliseconds. It takes 3 s on an idle machine; dialling a node that is not there would take minutes. */
export const DESTROY_LIMIT = 45_000;

/** A node's container as the Docker Engine has it, whatever Pulumi believes. */
export interface NodeContainer {
  readonly name: string;
  readonly id: string;
  readonly state: string;
}

/** The containers of a lab, found by its label, in order of their names. */
export async function nodesOf({ docker, stack }: LabClone): Promise<NodeContainer[]> {
  const filters = { label: [`lab-nodes.stack=${stack}`] };
  const found = await docker.listContainers({ all: true, filters });
  return found
    .map(({ Id, Names, State }) => ({ id: Id, name: (Names[0] ?? Id).slice(1), state: State }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The container of a class of one; fails the test when there is none, or more. */
export async function onlyNode(lab: LabClone): Promise<NodeContainer> {
  const [node, ...others] = await nodesOf(lab);
  if (node === undefined || others.length > 0) {
    expect.fail(`the lab has ${others.length + (node === undefined ? 0 : 1)} containers, not 1`);
  }
  return node;
}

/** All that a lab has left behind: found by name too, since what lost its label is lost from sight otherwise. */
export async function leftoversOf({ docker, stack, directory }: LabClone): Promise<string[]> {
  const containers = (await docker.listContainers({ all: true })).flatMap(({ Names }) => Names);
  const volumes = (await docker.listVolumes()).Volumes.map(({ Name }) => Name);
  const networks = (await docker.listNetworks()).map(({ Name }) => Name);
  return [
    ...[...containers, ...volumes, ...networks].filter((name) => name.includes(`lab-${stack}`)),
    ...(existsSync(join(directory, ".lab", stack)) ? [join(".lab", stack)] : []),
  ];
}

/** What Pulumi's state has. */
export async function stateOf(lab: LabClone): Promise<StateResource[]> {
  return parseState(expectSuccess(await lab.pulumi("stack", "export")).stdout);
}

/** Id of each resource of one type, by name. */
export async function idsOf(lab: LabClone, type: string): Promise<Record<string, string | undefined>> {
  const resources = (await stateOf(lab)).filter((resource) => resource.type === type);
  return Object.fromEntries(resources.map(({ name, id }) => [name, id]));
}

/** Runs a command on a node and gives what it printed; fails the test when the command does. */
export async function onNode(lab: LabClone, ...words: string[]): Promise<string> {
  return expectSuccess(await lab.lab("ssh", ...words)).stdout;
}

/** Fails the test with the command's own words when it did not exit 0. */
export function expectSuccess(result: CommandResult): CommandResult {
  expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0);
  return result;
}

/** Changes a file of a clone; fails the test when the text to be replaced is not in it, so that no test breaks nothing. */
export function editFile({ directory }: LabClone, file: string, before: string, after: string): void {
  const path = join(directory, file);
  const text = readFileSync(path, "utf8");
  expect(text, file).toContain(before);
  writeFileSync(path, text.replace(before, after));
}

/** Every file under a folder, as absolute paths. */
export function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
