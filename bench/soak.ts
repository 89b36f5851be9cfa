import { parseArgs } from "node:util";
import type Docker from "dockerode";
import { execa } from "execa";
import { dockerClient, dockerHost } from "../adapters/docker/client";
import { run, timed } from "./lab";
import { median } from "./report";

interface Request {
  readonly rounds: number;
  readonly stack: string;
  readonly port: string;
}

/** What the Engine has, counted by kind, whoever it belongs to. */
type Counts = Readonly<Record<"containers" | "volumes" | "networks" | "images", number>>;

async function main(): Promise<void> {
  const request = readRequest(process.argv.slice(2));
  const docker = dockerClient(await dockerHost(process.env));
  // The first round makes what labs start from, which stays: what is counted begins after it.
  const seconds = [await round(request, 0)];
  const before = await countOn(docker);
  for (let number = 1; number <= request.rounds; number++) {
    seconds.push(await round(request, number));
  }
  const grown = difference(before, await countOn(docker));
  process.stdout.write(
    `${request.rounds} rounds of up and down: 0 leftovers; a round takes ${median(seconds.slice(1)).toFixed(1)} s; ` +
      `on the whole Engine, with all that others did meanwhile: ${grown}\n`,
  );
}

function readRequest(words: string[]): Request {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { stack: { type: "string", default: "bench-soak" }, port: { type: "string", default: "4401" } },
  });
  const [rounds = "50", ...more] = positionals;
  if (!/^[1-9]\d*$/.test(rounds) || more.length > 0) {
    throw new Error(`bench/soak takes one number of rounds, from 1: ${positionals.join(" ")}`);
  }
  return { rounds: Number(rounds), ...values };
}

/** One lab made, taken down and audited. Rejects when anything of it is left; from a bake, where one fits. */
async function round({ stack, port }: Request, number: number): Promise<number> {
  const seconds = await timed(async () => {
    await run("./lab", ["up", "--stack", stack, "--seats", "1", "--ssh-port", port, "--no-verify", "--json"], {});
    await run("./lab", ["down", "--stack", stack, "--json"], {});
  });
  const audit = await execa("./lab", ["audit", "--stack", stack, "--json"], { reject: false });
  const leftovers: number | undefined = JSON.parse(audit.stdout || "{}").labs?.[0]?.leftovers.length;
  process.stderr.write(`round ${number}: ${seconds.toFixed(1)} s, leftovers: ${leftovers ?? "unknown"}\n`);
  if (leftovers !== 0 || audit.exitCode !== 0) {
    throw new Error(`round ${number} left something:\n${audit.stdout}${audit.stderr}`);
  }
  return seconds;
}

async function countOn(docker: Docker): Promise<Counts> {
  const [containers, { Volumes }, networks, images] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listVolumes(),
    docker.listNetworks(),
    docker.listImages(),
  ]);
  return {
    containers: containers.length,
    volumes: (Volumes ?? []).length,
    networks: networks.length,
    images: images.length,
  };
}

function difference(before: Counts, after: Counts): string {
  const kinds = Object.keys(before) as (keyof Counts)[];
  const signed = (change: number) => `${change > 0 ? "+" : ""}${change}`;
  return kinds.map((kind) => `${signed(after[kind] - before[kind])} ${kind}`).join(", ");
}

main().catch((error: Error) => {
  process.stderr.write(`bench/soak: ${error.message}\n`);
  process.exitCode = 1;
});
