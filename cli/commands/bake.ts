import { bakeImageName } from "../../components/machines/bake/bakes";
import { type BakeIdentity, bakeIdentity } from "../../components/machines/bake/identity";
import { readBakeInputs } from "../../components/machines/bake/inputs";
import { dockerClient } from "../../components/machines/docker-client";
import { bakeryOf, closeBakery, hostOf, makeNode, openBakery } from "../bake/bakery";
import { commitNode, nameBake, nodeOf, prepareNode } from "../bake/keep-node";
import { renderBakes } from "../bake/render";
import { removeHalfMade, storedBakes } from "../bake/stored";
import { LabError } from "../errors";
import type { PreparedLab } from "../prepare";
import { stackFlag } from "../pulumi/operation";
import { StackConfig } from "../pulumi/stack-config";
import { type CommandContext, tellWhenInterrupted } from "../surroundings";

/** What a bake came to. */
interface BakeResult {
  readonly name: string;
  readonly hash: string;
  readonly bytes: number;
  readonly seconds: number;
  readonly made: boolean;
}

/** Makes one node by the ordinary path, has it proven by its gate, and keeps it as an image. */
export async function bake(context: CommandContext): Promise<void> {
  requireLocal(context);
  const bakery = bakeryOf(context);
  // An earlier one may have been killed.
  await closeBakery(bakery);
  tellWhenInterrupted(context);
  const result = await bakeAndClose(context, bakery);
  const { stack, json } = context.options;
  context.surroundings.stdout.write(
    json
      ? `${JSON.stringify(result, null, 2)}\n`
      : `${result.made ? "Baked" : "There already:"} ${result.name} (${gigabytes(result.bytes)}, ${result.seconds.toFixed(0)} s)\n` +
          `A lab that is made from now on uses it: ./lab up${stackFlag(stack)}\n`,
  );
}

async function bakeAndClose(context: CommandContext, bakery: CommandContext): Promise<BakeResult> {
  const close = () => context.reporter.task("taking down the node that was baked", () => closeBakery(bakery));
  let result: BakeResult;
  try {
    result = await bakeIn(context, bakery);
  } catch (error) {
    // What went wrong first is what counts.
    await close().catch((second: Error) => context.reporter.warn(second.message));
    throw error;
  }
  await close();
  return result;
}

async function bakeIn(context: CommandContext, bakery: CommandContext): Promise<BakeResult> {
  const started = performance.now();
  const lab = await openBakery(context, bakery);
  const identity = await identityFor(lab);
  const docker = dockerClient(lab.docker?.host ?? "");
  const name = bakeImageName(identity.hash);
  const made = !(await storedBakes(docker)).some((stored) => stored.name === name);
  if (made) {
    await makeBake(bakery, lab, identity);
  }
  const bytes = (await docker.getImage(name).inspect()).Size;
  return { name, hash: identity.hash, bytes, seconds: (performance.now() - started) / 1000, made };
}

async function identityFor({ settings, docker }: PreparedLab): Promise<BakeIdentity> {
  if (docker === undefined) {
    throw new LabError("A bake needs a Docker Engine.");
  }
  return bakeIdentity(await readBakeInputs(settings, docker));
}

async function makeBake(bakery: CommandContext, lab: PreparedLab, identity: BakeIdentity): Promise<void> {
  const { options, reporter, signal } = bakery;
  const docker = dockerClient(lab.docker?.host ?? "");
  await removeHalfMade(docker);
  await makeNode(bakery, lab);
  const node = await nodeOf(docker, options.stack);
  await reporter.task("preparing the node", () => prepareNode(docker, node));
  requireGoOn(signal);
  const id = await reporter.task("keeping it as an image", () => commitNode(node, identity));
  // What went in may have been changed meanwhile: then nobody knows which of the two the bake is.
  const isStill = (await identityFor(lab)).hash === identity.hash;
  if (signal.aborted || !isStill) {
    await docker.getImage(id).remove();
    requireGoOn(signal);
    throw new LabError("Files or settings were changed while the node was baked. Nothing was kept; bake again.");
  }
  await nameBake(docker, id, identity.hash);
}

function requireGoOn(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new LabError("Stopped: nothing was kept of this bake.");
  }
}

/** Shows every bake on the Docker Engine. */
export async function listBakes(context: CommandContext): Promise<void> {
  const bakes = await storedBakes(dockerClient(await hostOf(context)));
  const { surroundings, options } = context;
  surroundings.stdout.write(options.json ? `${JSON.stringify(bakes, null, 2)}\n` : renderBakes(bakes));
}

/** Removes one bake, or all. One that machines are made from stays. */
export async function removeBakes(context: CommandContext, which: string): Promise<void> {
  const docker = dockerClient(await hostOf(context));
  const stored = await storedBakes(docker);
  const meant = which === "all" ? stored : stored.filter(({ hash }) => hash === which);
  if (meant.length === 0 && which !== "all") {
    const there = stored.map(({ hash }) => hash).join(", ") || "none";
    throw new LabError(`There is no bake "${which}" to remove.`, { exitCode: 2, hint: `There are: ${there}.` });
  }
  const kept = meant.filter(({ usedBy }) => usedBy.length > 0);
  const removed = meant.filter(({ usedBy }) => usedBy.length === 0);
  for (const { id, name } of removed) {
    await docker.getImage(name ?? id).remove();
  }
  const { surroundings, options } = context;
  surroundings.stdout.write(
    options.json
      ? `${JSON.stringify({ removed, kept }, null, 2)}\n`
      : [
          ...removed.map(({ hash, bytes }) => `removed ${hash} (${gigabytes(bytes)})\n`),
          ...kept.map(({ hash, usedBy }) => `kept ${hash}: ${usedBy.join(", ")} made from it\n`),
          ...(meant.length === 0 ? ["There are no bakes.\n"] : []),
        ].join(""),
  );
  if (which !== "all" && kept.length > 0) {
    throw new LabError(`The bake ${which} is in use.`, { hint: "Take those labs down first: ./lab down --stack NAME" });
  }
}

function requireLocal({ surroundings, options }: CommandContext): void {
  const target = new StackConfig(surroundings.programDirectory, options.stack).read()["target"];
  if (target === "aws") {
    throw new LabError(`The lab "${options.stack}" is at AWS; only local machines can be baked so far.`, {
      exitCode: 2,
      hint: "For machine images at AWS: aws.ami in docs/config.md.",
    });
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
