import { stackFlag } from "../../../adapters/pulumi/operation";
import { type LastEnd, withStackLock } from "../../../adapters/pulumi/stack-lock";
import type { BakeIdentity } from "../../../core/bake";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { announceInterruption } from "../../context";
import type { BakedNode, BakeStore, StoredBake } from "./bake-store";
import { bakeryOf, closeBakery, makeNode, openBakery } from "./bakery";
import { openBakeStore } from "./open-bake-store";

/** What a bake came to. */
interface BakeResult {
  readonly name: string;
  readonly hash: string;
  readonly bytes: number;
  readonly size: StoredBake["size"];
  readonly seconds: number;
  readonly made: boolean;
  /** Cost of keeping it, for people. */
  readonly cost: string | undefined;
}

/** Makes one node by the ordinary path, has it proven by its gate, and keeps it as an image. */
export function bake(context: CommandContext): Promise<void> {
  const bakery = bakeryOf(context);
  return withStackLock(bakery, "bake", (lastEnd) => bakeAlone(context, bakery, lastEnd));
}

async function bakeAlone(context: CommandContext, bakery: CommandContext, lastEnd: LastEnd): Promise<void> {
  const place = await openBakeStore(context);
  // An earlier one may have been killed.
  await closeBakery(bakery, place, lastEnd);
  announceInterruption(context);
  const result = await bakeAndClose(context, bakery, place);
  const { stack, json } = context.options;
  context.runtime.stdout.write(
    json
      ? `${JSON.stringify(result, null, 2)}\n`
      : `${result.made ? "Baked" : "There already:"} ${result.name} (${sizeText(result)}, ${result.seconds.toFixed(0)} s)\n` +
          (result.cost === undefined ? "" : `It costs to keep: ${result.cost}. ./lab bake --remove ends that.\n`) +
          `A lab that is made from now on uses it: ./lab up${stackFlag(stack)}\n`,
  );
}

async function bakeAndClose(context: CommandContext, bakery: CommandContext, place: BakeStore): Promise<BakeResult> {
  const close = () =>
    context.reporter.task("taking down the node that was baked", () => closeBakery(bakery, place, "in order"));
  let result: BakeResult;
  try {
    result = await bakeIn(context, bakery, place);
  } catch (error) {
    const leave = async () => {
      await place.removeHalfMade(bakery.options.stack);
      await close();
    };
    // What went wrong first is what counts.
    await leave().catch((second: Error) => context.reporter.warn(second.message));
    throw error;
  }
  await close();
  return result;
}

async function bakeIn(context: CommandContext, bakery: CommandContext, place: BakeStore): Promise<BakeResult> {
  const started = performance.now();
  const lab = await openBakery(context, bakery);
  const identity = await place.identity(lab);
  const there = await finishedBake(place, identity);
  if (there === undefined) {
    await makeBake({ bakery, lab }, place, identity);
  }
  const bake = there ?? (await finishedBake(place, identity));
  if (bake?.name === undefined) {
    throw new LabError("The bake is gone: somebody removed it as soon as it was made.");
  }
  const { name, hash, bytes, size } = bake;
  const seconds = (performance.now() - started) / 1000;
  return { name, hash, bytes, size, seconds, made: there === undefined, cost: await place.keepingCost(bake) };
}

async function finishedBake(place: BakeStore, { hash }: BakeIdentity): Promise<StoredBake | undefined> {
  return (await place.stored()).find((stored) => stored.hash === hash && stored.name !== undefined);
}

async function makeBake(node: BakedNode, place: BakeStore, identity: BakeIdentity): Promise<void> {
  const { bakery, lab } = node;
  const { options, reporter, signal } = bakery;
  await place.removeHalfMade(options.stack);
  await makeNode(bakery, lab);
  requireGoOn(signal);
  await reporter.task("preparing the node", () => place.prepareNode(node));
  requireGoOn(signal);
  const id = await reporter.task("keeping it as an image", (update) => place.keepNode(node, identity, update));
  requireGoOn(signal);
  // What went in may have been changed meanwhile: then nobody knows which of the two the bake is.
  if ((await place.identity(lab)).hash !== identity.hash) {
    throw new LabError("Files or settings were changed while the node was baked. Nothing was kept; bake again.");
  }
  await place.nameBake(id, identity);
  // Docker ends what a killed bake asked it for, and may have been at it while the node was made.
  await place.removeHalfMade(options.stack);
}

function requireGoOn(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new LabError("Stopped: nothing was kept of this bake.");
  }
}

/** Shows every bake where the stack's are kept. */
export async function listBakes(context: CommandContext): Promise<void> {
  const bakes = await (await openBakeStore(context)).stored();
  const { runtime, options } = context;
  runtime.stdout.write(options.json ? `${JSON.stringify(bakes, null, 2)}\n` : renderBakes(bakes));
}

/** Removes one bake, or all of one's own. One that machines are made from stays. */
export async function removeBakes(context: CommandContext, which: string): Promise<void> {
  const place = await openBakeStore(context);
  const stored = await place.stored();
  const meant = stored.filter(({ hash, owner }) => (which === "all" ? owner === "this one" : hash === which));
  if (meant.length === 0 && which !== "all") {
    const there = stored.map(({ hash }) => hash).join(", ") || "none";
    throw new LabError(`There is no bake "${which}" to remove.`, { exitCode: 2, hint: `There are: ${there}.` });
  }
  const kept = meant.filter(({ usedBy }) => usedBy.length > 0);
  const removed = meant.filter(({ usedBy }) => usedBy.length === 0);
  for (const bake of removed) {
    await place.remove(bake);
  }
  const { runtime, options } = context;
  runtime.stdout.write(
    options.json
      ? `${JSON.stringify({ removed, kept }, null, 2)}\n`
      : [
          ...removed.map((bake) => `removed ${bake.hash} (${sizeText(bake)})\n`),
          ...kept.map(({ hash, usedBy }) => `kept ${hash}: ${usedBy.join(", ")} made from it\n`),
          ...(meant.length === 0 ? ["There are no bakes.\n"] : []),
        ].join(""),
  );
  if (which !== "all" && kept.length > 0) {
    throw new LabError(`The bake ${which} is in use.`, { hint: "Take those labs down first: ./lab down --stack NAME" });
  }
}

function sizeText({ bytes, size }: Pick<StoredBake, "bytes" | "size">): string {
  return `${size === "known" ? "" : "at most "}${(bytes / 1e9).toFixed(2)} GB`;
}

/** Bakes as a table for people. */
export function renderBakes(bakes: readonly StoredBake[]): string {
  if (bakes.length === 0) {
    return "There are no bakes. ./lab bake makes one.\n";
  }
  const rows = bakes.map(({ hash, name, made, bytes, size, usedBy }) => [
    name === undefined ? `${hash} (half-made)` : hash,
    made.slice(0, 16).replace("T", " "),
    `${size === "known" ? "" : "<= "}${(bytes / 1e9).toFixed(2)} GB`,
    usedBy.length === 0 ? "unused" : usedBy.join(", "),
  ]);
  const table = [["bake", "made (UTC)", "size", "machines"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return `${table.map((row) => line(row).trimEnd()).join("\n")}\n`;
}
