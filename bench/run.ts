import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { IMAGE_SETS } from "../components/base-images";
import { readDockerEngine } from "../components/machines/docker-engine";
import { dockerHost } from "../components/machines/docker-host";
import { localMachineKind } from "../components/machines/local-machine-kind";
import { nodeImageName } from "../components/machines/node-image";
import { trivyInstallation } from "../components/trivy";
import { parseConfig } from "../config/parse";
import { settingsOf } from "../config/settings";
import { type Comparison, renderFigures, renderRatios } from "./report";

const REPOSITORY = resolve(__dirname, "..");
const STACK = "bench";
const BAKED_STACK = "bench-baked";
const LAB_PORT = "2391";
const BAKED_PORT = "2393";
const BARE_PORT = "2392";

/** What `lab up --json` says, as far as it is used here. */
interface UpResult {
  readonly seconds: Record<string, Record<string, number>>;
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 3);
  const settings = await warmUp();
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
      // The lab by hand proves nothing about the lesson either.
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

/** Labs made and taken down, so that toolchain, node image and package mirrors are warm; gives what the bare script needs. */
async function warmUp(): Promise<Record<string, string>> {
  await run("./lab", ["up", "--stack", STACK, "--ssh-port", LAB_PORT, "--no-bake", "--json"], {});
  await down(STACK);
  // With the same settings as the other: an image that is there already is kept.
  await run("./lab", ["bake", "--stack", BAKED_STACK, "--json"], {});
  await run("./lab", ["up", "--stack", BAKED_STACK, "--ssh-port", BAKED_PORT, "--json"], {});
  await down(BAKED_STACK);
  const file = parse(readFileSync(join(REPOSITORY, `Pulumi.${STACK}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  const parsed = parseConfig(settingsOf("lab-nodes", file.config));
  if (!parsed.ok) {
    throw new Error(parsed.problems.join("\n"));
  }
  const { artefacts, docker, images, local, trivy } = parsed.config;
  const engine = await readDockerEngine(docker.host ?? (await dockerHost(process.env)));
  const machines = localMachineKind(engine, artefacts.directory);
  const { baseImages, contexts } = IMAGE_SETS[images.base];
  return {
    LAB_NODE_IMAGE: nodeImageName(local.baseImage, join(REPOSITORY, "images/node")),
    LAB_ARTEFACT_DIRECTORY: artefacts.directory ?? "",
    LAB_TRIVY_PLAN: JSON.stringify(trivyInstallation(trivy, machines)),
    LAB_BASE_IMAGES: baseImages.map(({ tag, source }) => `${tag} ${source}`).join("\n"),
    LAB_CONTEXTS: contexts,
    LAB_SSH_PORT: BARE_PORT,
  };
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
  writeFileSync(join(directory, "Pulumi.yaml"), "name: empty\nruntime: nodejs\nmain: index.ts\n");
  writeFileSync(join(directory, "index.ts"), "export {};\n");
  writeFileSync(join(directory, "package.json"), '{"name": "empty"}\n');
  writeFileSync(join(directory, "tsconfig.json"), readFileSync(join(REPOSITORY, "tsconfig.json")));
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

async function run(file: string, words: string[], extra: Record<string, string>, cwd = REPOSITORY): Promise<string> {
  const { stdout } = await execa(file, words, { cwd, env: extra, stdin: "ignore" });
  return stdout;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

void main();
