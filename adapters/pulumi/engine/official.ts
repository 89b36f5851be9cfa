import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { gte, major, parse } from "semver";
import { z } from "zod";
import { messageOf } from "../../../core/errors";
import { type Network, officialRoot, type Probe } from "../../files/network";
import { cacheDirectory, toolchainDirectory } from "../../files/own-machine";
import {
  findAllOnPath,
  isExecutable,
  liesUnder,
  ProgramError,
  pathWith,
  runOrThrow,
  runProgram,
} from "../../files/programs";
import {
  type EngineFiles,
  type EngineOptions,
  type EngineRequest,
  ownPulumiHome,
  type PluginRequirement,
  PULUMI_DOWNLOADS,
  PULUMI_VERSION,
  pluginLabel,
} from "./types";

/** An official CLI, or why there is none, as a clause. */
type OfficialResult = { readonly cli: EngineFiles } | { readonly refused: string };

/** Looks for the official engine: on PATH first, then in the cache, then by Pulumi's installer. Installs its missing plugins. */
export async function officialEngine(
  options: EngineOptions,
  request: EngineRequest,
  network: Network,
): Promise<OfficialResult> {
  const { reporter } = options;
  let probed: Probe | undefined;
  const probeDownloads = async () => {
    if (probed === undefined) {
      probed = await network.probe(PULUMI_DOWNLOADS);
      reporter.info(`${PULUMI_DOWNLOADS}: ${probed.detail}`);
    }
    return probed;
  };
  const onPath = await cliOnPath(options);
  reporter.info(`pulumi on PATH: ${"cli" in onPath ? `${onPath.cli.command}, ${onPath.cli.version}` : onPath.refused}`);
  const found = "cli" in onPath ? onPath : await installedCli(options, network, probeDownloads);
  // When the official engine is a must, Pulumi itself tries: it knows proxies that the probe does not.
  return "cli" in found
    ? await withPlugins(found.cli, options, request === "official" ? undefined : probeDownloads)
    : found;
}

/** What an official CLI's calls need. Undoes what an earlier `lab env` of the air-gapped engine left behind. */
export function officialEnvironment(
  command: string,
  options: Pick<EngineOptions, "environment" | "labDirectory">,
): Record<string, string> {
  const { PATH = "", PULUMI_HOME } = options.environment;
  const ours = toolchainDirectory(options.environment);
  return {
    PATH: pathWith([dirname(command)], PATH, (folder) => folder.startsWith(ours)),
    ...(PULUMI_HOME === ownPulumiHome(options) ? { PULUMI_HOME: join(homedir(), ".pulumi") } : {}),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

async function cliOnPath(options: EngineOptions): Promise<OfficialResult> {
  const command = await officialProgram("pulumi", options.environment);
  if (command !== undefined) {
    return await checkCli(command, options);
  }
  const ours = await findAllOnPath("pulumi", options.environment);
  return { refused: ours.length === 0 ? "none on PATH" : "only our own air-gapped build is on PATH" };
}

/** The first program of that name on PATH that `lab` has not built itself. */
async function officialProgram(name: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const program of await findAllOnPath(name, environment)) {
    if (!(await liesUnder(program, toolchainDirectory(environment)))) {
      return program;
    }
  }
  return undefined;
}

/** Checks one CLI: its version, and that a Node.js language host goes with it. */
async function checkCli(command: string, options: EngineOptions): Promise<OfficialResult> {
  const environment = { ...options.environment, ...officialEnvironment(command, options) };
  const { stdout, errorLines, failure } = await runProgram(command, ["version"], { environment, timeoutSeconds: 10 });
  const output = (failure === undefined ? stdout : (errorLines[0] ?? failure)).trim();
  const version = parse(output);
  if (version === null) {
    return { refused: `${command} does not print its version (${output.split("\n")[0]})` };
  }
  if (!gte(version, PULUMI_VERSION) || version.major !== major(PULUMI_VERSION)) {
    return {
      refused: `${command} is ${version.version}; needed: ${PULUMI_VERSION} or newer, of the same major version`,
    };
  }
  const beside = join(dirname(command), "pulumi-language-nodejs");
  const languageHost = (await isExecutable(beside))
    ? beside
    : await officialProgram("pulumi-language-nodejs", options.environment);
  return languageHost === undefined
    ? { refused: `${command} comes without pulumi-language-nodejs, neither beside it nor on PATH` }
    : { cli: { kind: "official", version: version.version, command, languageHost } };
}

async function installedCli(
  options: EngineOptions,
  network: Network,
  probeDownloads: () => Promise<Probe>,
): Promise<OfficialResult> {
  const { root, command } = officialRoot(cacheDirectory(options.environment));
  if (!(await isExecutable(command))) {
    const probe = await probeDownloads();
    if (!probe.reachable) {
      return { refused: `no fitting pulumi on PATH, and the installer's host is out of reach (${probe.detail})` };
    }
    try {
      await options.reporter.task(`installing Pulumi ${PULUMI_VERSION}`, () => network.installOfficial(root));
    } catch (error) {
      return { refused: `Pulumi's installer failed (${shortMessage(error)})` };
    }
  }
  return await checkCli(command, options);
}

const PLUGIN_LIST = z.array(z.object({ name: z.string(), kind: z.string(), version: z.string().optional() }));

async function withPlugins(
  cli: EngineFiles,
  options: EngineOptions,
  probeDownloads: (() => Promise<Probe>) | undefined,
): Promise<OfficialResult> {
  const environment = { ...options.environment, ...officialEnvironment(cli.command, options) };
  const { stdout } = await runOrThrow(cli.command, ["plugin", "ls", "--json"], { environment });
  const missing = missingFrom(stdout, options.plugins);
  if (missing.length === 0) {
    return { cli };
  }
  const names = missing.map(pluginLabel).join(", ");
  const probe = await probeDownloads?.();
  if (probe?.reachable === false) {
    return { refused: `its plugins ${names} are not installed, and their host is out of reach (${probe.detail})` };
  }
  try {
    await options.reporter.task("installing Pulumi plugins", async (update) => {
      for (const plugin of missing) {
        update(pluginLabel(plugin));
        await runOrThrow(cli.command, ["plugin", "install", "resource", plugin.name, plugin.version], { environment });
      }
    });
    return { cli };
  } catch (error) {
    return { refused: `its plugins ${names} could not be installed (${shortMessage(error)})` };
  }
}

/** Which of `needed` are not in the output of `pulumi plugin ls --json`. */
function missingFrom(listing: string, needed: readonly PluginRequirement[]): PluginRequirement[] {
  const installed = PLUGIN_LIST.parse(JSON.parse(listing))
    .filter(({ kind }) => kind === "resource")
    .map(({ name, version = "" }) => pluginLabel({ name, version: version.replace(/^v/, "") }));
  return needed.filter((plugin) => !installed.includes(pluginLabel(plugin)));
}

function shortMessage(error: unknown): string {
  if (error instanceof ProgramError) {
    return error.tail(1);
  }
  return messageOf(error);
}
