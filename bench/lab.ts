import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { dockerHost } from "../adapters/docker/client";
import { readDockerEngine } from "../adapters/docker/engine";
import { nodeImageName } from "../adapters/files/node-image";
import { trivyInstallation } from "../components/installations";
import { localMachineKind } from "../components/machines/local/machine-kind";
import { parseConfig } from "../config/parse";
import { settingsOf } from "../config/settings";
import { IMAGE_SETS } from "../core/image-sets";

export const REPOSITORY = resolve(__dirname, "..");

/** What `lab up --json` says, as far as it is used here. */
export interface UpResult {
  readonly seconds: Record<string, Record<string, number>>;
  /** Seconds until each seat was ready, by node. */
  readonly readyAfter: Record<string, number>;
}

/** One lab made and taken down, so that toolchain, node image and package mirrors are warm; gives what bench/bare-lab.sh needs but its port. */
export async function warmUp(
  stack: string,
  sshPort: number,
  flags: readonly string[],
): Promise<Record<string, string>> {
  await run("./lab", ["up", "--stack", stack, "--ssh-port", String(sshPort), "--seats", "1", "--json", ...flags], {});
  await run("./lab", ["down", "--stack", stack, "--json"], {});
  const file = parse(readFileSync(join(REPOSITORY, `Pulumi.${stack}.yaml`), "utf8")) as {
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
  };
}

/** Runs a program to its end in the clone; gives its output, and rejects when it fails. */
export async function run(
  file: string,
  words: readonly string[],
  extra: Record<string, string>,
  cwd = REPOSITORY,
): Promise<string> {
  const { stdout } = await execa(file, words, { cwd, env: extra, stdin: "ignore" });
  return stdout;
}

/** How long some work takes, in seconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
