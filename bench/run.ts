import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REPOSITORY, run, timed, type UpResult, warmUp } from "./lab";
import { type Comparison, renderFigures, renderRatios } from "./report";

const STACK = "bench";
const BAKED_STACK = "bench-baked";
const LAB_PORT = 2391;
const BAKED_PORT = 2393;
const BARE_PORT = "2392";

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 3);
  const settings = { ...(await warmUp(STACK, LAB_PORT, ["--no-bake"])), LAB_SSH_PORT: BARE_PORT };
  await warmUpBaked();
  const empty = await makeEmptyProgram();
  const figures: Record<string, number[]> = {
    bare: [],
    up: [],
    "up, baked": [],
    "quick verdict": [],
    "no-op up": [],
    "empty program": [],
    "hello:v0.2": [],
    down: [],
  };
  const note = (name: string, seconds: number) => figures[name]?.push(seconds);
  try {
    // In turn, so that a busy minute of the machine falls on both sides.
    for (let round = 0; round < rounds; round++) {
      process.stderr.write(`round ${round + 1} of ${rounds}\n`);
      note("bare", await timed(() => run("bench/bare-lab.sh", [], settings)));
      // The manual lab proves nothing about the lesson either.
      const { result, seconds } = await timedUp("--no-verify");
      note("up", seconds);
      note("up, baked", await timed(() => run("./lab", ["up", "--stack", BAKED_STACK, "--no-verify", "--json"], {})));
      await down(BAKED_STACK);
      note("hello:v0.2", result.seconds["node1"]?.["hello:v0.2"] ?? Number.NaN);
      note("quick verdict", (await timedUp()).seconds);
      for (let repeat = 0; repeat < 3; repeat++) {
        note("no-op up", (await timedUp()).seconds);
        note("empty program", await timed(() => empty.up()));
      }
      note("down", await timed(() => down(STACK)));
    }
  } finally {
    await down(STACK).catch(() => undefined);
    await down(BAKED_STACK).catch(() => undefined);
    empty.remove();
  }
  const comparisons: Comparison[] = [
    {
      what: "lab up, one seat",
      ours: figures["up"] ?? [],
      theirs: figures["bare"] ?? [],
      against: "bench/bare-lab.sh",
      limit: 1.1,
    },
    {
      what: "lab up from a bake, one seat",
      ours: figures["up, baked"] ?? [],
      theirs: figures["bare"] ?? [],
      against: "bench/bare-lab.sh",
      limit: 0.35,
    },
    {
      what: "lab up, nothing to do",
      ours: figures["no-op up"] ?? [],
      theirs: figures["empty program"] ?? [],
      against: "pulumi up of an empty program",
      limit: 1.5,
    },
  ];
  process.stdout.write(`${renderFigures(figures)}\n${renderRatios(comparisons)}`);
}

/** The same lab from a bake, once: the image is made, and its settings are kept for the rounds. */
async function warmUpBaked(): Promise<void> {
  // With the same settings as the other: an image that is there already is kept.
  await run("./lab", ["bake", "--stack", BAKED_STACK, "--json"], {});
  await run("./lab", ["up", "--stack", BAKED_STACK, "--ssh-port", String(BAKED_PORT), "--json"], {});
  await down(BAKED_STACK);
}

function down(stack: string): Promise<string> {
  return run("./lab", ["down", "--stack", stack, "--json"], {});
}

async function timedUp(...flags: string[]): Promise<{ result: UpResult; seconds: number }> {
  let output = "";
  const seconds = await timed(async () => {
    output = await run("./lab", ["up", "--stack", STACK, "--json", ...flags], {});
  });
  return { result: JSON.parse(output) as UpResult, seconds };
}

/** A Pulumi program that does nothing, on the same engine, with a state of its own. */
async function makeEmptyProgram(): Promise<{ up(): Promise<string>; remove(): void }> {
  const directory = mkdtempSync(join(tmpdir(), "lab-bench-"));
  writeFileSync(
    join(directory, "Pulumi.yaml"),
    "name: empty\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.js\n",
  );
  writeFileSync(join(directory, "index.js"), "");
  writeFileSync(join(directory, "package.json"), '{"name": "empty"}\n');
  symlinkSync(join(REPOSITORY, "node_modules"), join(directory, "node_modules"));
  const exports = JSON.parse(await run("./lab", ["env", "--json"], {})) as Record<string, string>;
  const environment = { ...exports, PULUMI_BACKEND_URL: `file://${directory}`, PULUMI_STACK: "empty" };
  const pulumi = (...words: string[]) => run("pulumi", [...words, "--non-interactive"], environment, directory);
  await pulumi("stack", "init", "empty", "--no-select");
  await pulumi("up", "--yes", "--skip-preview");
  return {
    up: () => pulumi("up", "--yes", "--skip-preview"),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

void main();
