import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { dockerHost } from "../adapters/docker/client";
import { type ClassFigures, renderClassPlot, renderClassReport } from "./class-report";
import { REPOSITORY, run, timed, type UpResult, warmUp } from "./lab";
import { nodeDisk, nodesNow, watchNodes } from "./node-use";
import { type TreeUse, watchTree } from "./process-tree";
import { median } from "./report";

const NO_OPS = 3;
/** The manual labs have ports of their own, so that a port held a moment too long disturbs nobody. */
const BARE_PORTS_AFTER = 100;
/** A node is idle when what came up has come to rest. */
const REST_MILLISECONDS = 10_000;

interface Request {
  readonly seats: readonly number[];
  readonly stack: string;
  readonly port: number;
  readonly upFlags: readonly string[];
  readonly bare: "measured" | "left out";
  readonly svg: string;
}

async function main(): Promise<void> {
  const request = readRequest(process.argv.slice(2));
  const bareSettings = await warmUp(request.stack, request.port, request.upFlags);
  const host = await dockerHost(process.env);
  const figures: ClassFigures[] = [];
  try {
    for (const seats of request.seats) {
      process.stderr.write(`${seats} ${seats === 1 ? "seat" : "seats"}\n`);
      const bare =
        request.bare === "measured" ? await bareLabs(seats, request.port + BARE_PORTS_AFTER, bareSettings) : undefined;
      figures.push({ ...(await measureClass(request, seats, host)), bareSeconds: bare });
      // Sizes take minutes each: whoever stops here has what there is.
      process.stderr.write(`\n${renderClassReport(figures)}\n`);
    }
  } finally {
    await run("./lab", ["down", "--stack", request.stack, "--json"], {}).catch(() => undefined);
  }
  writeFileSync(request.svg, renderClassPlot(figures));
  process.stdout.write(renderClassReport(figures));
}

function readRequest(words: string[]): Request {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      "up-flag": { type: "string", multiple: true, default: [] },
      "without-bare": { type: "boolean", default: false },
      svg: { type: "string", default: "docs/class.svg" },
      stack: { type: "string", default: "bench-class" },
      port: { type: "string", default: "4001" },
    },
  });
  const seats = positionals.length === 0 ? [1, 5, 10, 20] : positionals.map(Number);
  if (seats.some((count) => !Number.isInteger(count) || count < 1)) {
    throw new Error(`seats are whole numbers from 1: ${positionals.join(" ")}`);
  }
  return {
    seats,
    stack: values.stack,
    port: Number(values.port),
    upFlags: values["up-flag"],
    bare: values["without-bare"] ? "left out" : "measured",
    svg: values.svg,
  };
}

/** One class made, repeated without need, previewed, verified and taken down. */
async function measureClass({ stack, port, upFlags }: Request, seats: number, host: string): Promise<ClassFigures> {
  const size = ["--stack", stack, "--seats", String(seats), "--ssh-port", String(port)];
  const nodes = watchNodes(host, stack);
  // The manual lab proves nothing about the lesson either.
  const up = await lab(["up", ...size, "--no-verify", "--json", ...upFlags]);
  const busy = await nodes.stop();
  await new Promise((resolve) => setTimeout(resolve, REST_MILLISECONDS));
  const idle = await nodesNow(host, stack);
  const noOps: LabRun[] = [];
  for (let round = 0; round < NO_OPS; round++) {
    noOps.push(await lab(["up", "--stack", stack, "--no-verify", "--json"]));
  }
  const preview = await lab(["preview", "--stack", stack, "--json"]);
  const disk = await nodeDisk(host, stack);
  const verify = await lab(["verify", "--stack", stack, "--json"]);
  const down = await timed(() => run("./lab", ["down", "--stack", stack, "--json"], {}));
  return {
    seats,
    upSeconds: up.seconds,
    readyAfter: Object.values((JSON.parse(up.output) as UpResult).readyAfter),
    operator: up.use,
    node: { busy, idle, disk },
    noOpSeconds: median(noOps.map(({ seconds }) => seconds)),
    noOp: noOps.map(({ use }) => use),
    previewSeconds: preview.seconds,
    verifySeconds: verify.seconds,
    downSeconds: down,
    bareSeconds: undefined,
  };
}

interface LabRun {
  readonly output: string;
  readonly seconds: number;
  readonly use: TreeUse;
}

/** A command of lab's, and what it and all below it took. */
async function lab(words: readonly string[]): Promise<LabRun> {
  const start = performance.now();
  const child = execa("./lab", words, { cwd: REPOSITORY, stdin: "ignore" });
  const watched = child.pid === undefined ? undefined : watchTree(child.pid);
  try {
    const { stdout } = await child;
    return {
      output: stdout,
      seconds: (performance.now() - start) / 1000,
      use: watched?.stop() ?? { memory: 0, programs: {} },
    };
  } finally {
    watched?.stop();
  }
}

/** Seconds until as many labs made manually at once are all there. */
function bareLabs(count: number, port: number, settings: Record<string, string>): Promise<number> {
  const ports = Array.from({ length: count }, (_, index) => String(port + index));
  return timed(() => Promise.all(ports.map((own) => run("bench/bare-lab.sh", [], { ...settings, LAB_SSH_PORT: own }))));
}

void main();
