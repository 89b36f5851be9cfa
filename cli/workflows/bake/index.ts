import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { withStackLock } from "../../../adapters/pulumi/stack-lock";
import type { BakeIdentity } from "../../../core/bake";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { announceInterruption } from "../../interruption";
import type { BakedNode, BakeStore, StoredBake } from "./bake-store";
import { bakeryOf, closeBakery, makeNode, openBakery } from "./bakery";
import { openBakeStore } from "./open-bake-store";

interface BakeResult {
  readonly name: string;
  readonly hash: string;
  readonly bytes: number;
  readonly size: StoredBake["size"];
  readonly seconds: number;
  /** Whether it was made now, or existed. */
  readonly made: boolean;
  /** Cost of storing it, as text. */
  readonly cost: string | undefined;
}

/** Creates one node as `up` does, with its gate, and saves it as an image. */
export function bake(context: CommandContext): Promise<void> {
  const bakery = bakeryOf(context);
  return withStackLock(bakery, "bake", async (lastEnd) => {
    const store = await openBakeStore(context);
    // An earlier bake may have been killed.
    await closeBakery(bakery, store, lastEnd);
    announceInterruption(context);
    const result = await bakeAndClose(context, bakery, store);
    const { stack, json } = context.options;
    context.runtime.stdout.write(`${json ? JSON.stringify(result, null, 2) : renderBake(result, stack)}\n`);
  });
}

/** The result as text: the bake's name, its cost, and how to use it. */
export function renderBake(result: BakeResult, stack: string): string {
  const { made, name, hash, seconds, cost } = result;
  const flag = stackFlag(stack);
  return [
    `${made ? "Baked" : "Already exists:"} ${name} (${sizeText(result)}, ${seconds.toFixed(0)} s)`,
    ...(cost === undefined
      ? []
      : [`Cost of storing it: ${cost}. Run ./lab bake${flag} --remove ${hash} to remove it.`]),
    `A lab created from now on uses it: ./lab up${flag}`,
  ].join("\n");
}

async function bakeAndClose(context: CommandContext, bakery: CommandContext, store: BakeStore): Promise<BakeResult> {
  const { reporter } = context;
  const close = () => reporter.task("removing the baked node", () => closeBakery(bakery, store, "in order"));
  let result: BakeResult;
  try {
    result = await bakeIn(context, bakery, store);
  } catch (error) {
    const cleanUp = store.removeHalfMade(bakery.options.stack).then(close);
    // The first error is the one to report.
    await cleanUp.catch((second: Error) => reporter.warn(second.message));
    throw error;
  }
  await close();
  return result;
}

async function bakeIn(context: CommandContext, bakery: CommandContext, store: BakeStore): Promise<BakeResult> {
  const started = performance.now();
  const lab = await openBakery(context, bakery);
  const identity = await store.identity(lab);
  const finished = async () =>
    (await store.stored()).find((stored) => stored.hash === identity.hash && stored.name !== undefined);
  const existing = await finished();
  if (existing === undefined) {
    await makeBake({ bakery, lab }, store, identity);
  }
  const found = existing ?? (await finished());
  if (found?.name === undefined) {
    throw new LabError("The bake is missing: it was removed as soon as it was made.");
  }
  const { name, hash, bytes, size } = found;
  const seconds = (performance.now() - started) / 1000;
  return { name, hash, bytes, size, seconds, made: existing === undefined, cost: await store.storageCost(found) };
}

async function makeBake(node: BakedNode, store: BakeStore, identity: BakeIdentity): Promise<void> {
  const { bakery, lab } = node;
  const { options, reporter, signal } = bakery;
  await store.removeHalfMade(options.stack);
  await makeNode(bakery, lab);
  requireNotStopped(signal);
  await reporter.task("preparing the node", () => store.prepareNode(node));
  requireNotStopped(signal);
  const id = await reporter.task("saving it as an image", (update) => store.saveNode(node, identity, update));
  requireNotStopped(signal);
  // If an input changed meanwhile, nobody knows which version the bake has.
  if ((await store.identity(lab)).hash !== identity.hash) {
    throw new LabError("Files or settings changed while the node was baked. Nothing was saved.", {
      hint: "Run ./lab bake again.",
    });
  }
  await store.nameBake(id, identity);
  // Docker finishes the image of a killed bake, perhaps while this node was made.
  await store.removeHalfMade(options.stack);
}

function requireNotStopped(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new LabError("Stopped: this bake was not saved.");
  }
}

/** Lists all bakes in the stack's store. */
export async function listBakes(context: CommandContext): Promise<void> {
  const bakes = await (await openBakeStore(context)).stored();
  const { runtime, options } = context;
  runtime.stdout.write(options.json ? `${JSON.stringify(bakes, null, 2)}\n` : renderBakes(bakes));
}

/** Removes one bake, or all of the user's own, except those that machines are made from. */
export async function removeBakes(context: CommandContext, which: string): Promise<void> {
  const store = await openBakeStore(context);
  const stored = await store.stored();
  const chosen = stored.filter(({ hash, owner }) => (which === "all" ? owner === "this one" : hash === which));
  if (chosen.length === 0 && which !== "all") {
    const hashes = stored.map(({ hash }) => hash).join(", ") || "none";
    throw new LabError(`There is no bake "${which}" to remove.`, { exitCode: 2, hint: `Bakes: ${hashes}.` });
  }
  const kept = chosen.filter(({ usedBy }) => usedBy.length > 0);
  const removed = chosen.filter(({ usedBy }) => usedBy.length === 0);
  for (const one of removed) {
    await store.remove(one);
  }
  const { runtime, options } = context;
  runtime.stdout.write(
    options.json
      ? `${JSON.stringify({ removed, kept }, null, 2)}\n`
      : [
          ...removed.map((one) => `removed ${one.hash} (${sizeText(one)})\n`),
          ...kept.map(({ hash, usedBy }) => `not removed: ${hash}, in use by ${usedBy.join(", ")}\n`),
          ...(chosen.length === 0 ? ["There are no bakes.\n"] : []),
        ].join(""),
  );
  if (which !== "all" && kept.length > 0) {
    throw new LabError(`The bake ${which} is in use.`, { hint: "Take those labs down first: ./lab down --stack NAME" });
  }
}

function sizeText({ bytes, size }: Pick<StoredBake, "bytes" | "size">): string {
  return `${size === "known" ? "" : "at most "}${(bytes / 1e9).toFixed(2)} GB`;
}

function renderBakes(bakes: readonly StoredBake[]): string {
  if (bakes.length === 0) {
    return "There are no bakes. Run ./lab bake to make one.\n";
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
