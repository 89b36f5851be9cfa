import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { gte, major, parse } from "semver";
import { type Network, officialRoot, type Probe } from "../../files/network";
import { cacheDirectory, toolchainDirectory } from "../../files/own-machine";
import { findAllOnPath, isExecutable, liesUnder, ProgramError, pathWith, runProgram } from "../../files/programs";
import {
  type EngineFiles,
  type EngineOptions,
  type EngineRequest,
  installPlugin,
  missingPlugins,
  PULUMI_DOWNLOADS,
  PULUMI_VERSION,
  pluginLabel,
} from "./types";

/** A CLI that will do, or why there is none. */
type CliSearch = { readonly cli: EngineFiles } | { readonly refused: string };

type Runtime = Pick<EngineOptions, "environment" | "labDirectory">;

/** Looks for an official CLI on PATH, passing over the ones that `lab` built itself. */
async function officialCliOnPath(options: Runtime): Promise<CliSearch> {
  const ours = toolchainDirectory(options.environment);
  const found = await findAllOnPath("pulumi", options.environment);
  for (const command of found) {
    if (!(await liesUnder(command, ours))) {
      return await officialCliAt(command, options);
    }
  }
  return { refused: found.length === 0 ? "none on PATH" : "only our own air-gapped build is on PATH" };
}

/** Checks one CLI: its version, and that a Node.js language host goes with it. */
async function officialCliAt(command: string, options: Runtime): Promise<CliSearch> {
  const answer = await versionOf(command, { ...options.environment, ...officialEnvironment(command, options) });
  const version = parse(answer.trim());
  if (version === null) {
    return { refused: `${command} does not tell its version (${firstLine(answer)})` };
  }
  if (!gte(version, PULUMI_VERSION) || version.major !== major(PULUMI_VERSION)) {
    return {
      refused: `${command} is ${version.version}; needed: ${PULUMI_VERSION} or newer, of the same major version`,
    };
  }
  const languageHost = await officialLanguageHost(command, options);
  if (languageHost === undefined) {
    return { refused: `${command} comes without pulumi-language-nodejs, neither beside it nor on PATH` };
  }
  return { cli: { kind: "official", version: version.version, command, languageHost } };
}

/** What an official CLI's calls need. Undoes what an earlier `lab env` of the air-gapped engine left behind. */
export function officialEnvironment(command: string, options: Runtime): Record<string, string> {
  const ours = toolchainDirectory(options.environment);
  const ourHome = join(options.labDirectory, "pulumi-home");
  const path = pathWith([dirname(command)], options.environment["PATH"] ?? "", (folder) => folder.startsWith(ours));
  return {
    PATH: path,
    ...(options.environment["PULUMI_HOME"] === ourHome ? { PULUMI_HOME: join(homedir(), ".pulumi") } : {}),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

async function officialLanguageHost(command: string, options: Runtime): Promise<string | undefined> {
  const beside = join(dirname(command), "pulumi-language-nodejs");
  if (await isExecutable(beside)) {
    return beside;
  }
  const ours = toolchainDirectory(options.environment);
  for (const host of await findAllOnPath("pulumi-language-nodejs", options.environment)) {
    if (!(await liesUnder(host, ours))) {
      return host;
    }
  }
  return undefined;
}

async function versionOf(command: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const result = await runProgram(command, ["version"], { environment, timeoutSeconds: 10 });
  return result.failure === undefined ? result.stdout : (result.errorLines[0] ?? result.failure);
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}

/** The official CLI with every plugin in place, or why it cannot be had, as a clause. */
export type OfficialAnswer = { readonly cli: EngineFiles } | { readonly refused: string };

/** Looks for the official engine: on PATH first, then in the cache, then by Pulumi's installer. */
export async function officialEngine(
  options: EngineOptions,
  request: EngineRequest,
  network: Network,
): Promise<OfficialAnswer> {
  const downloads = new Downloads(network, options);
  const onPath = await officialCliOnPath(options);
  options.reporter.info(
    `pulumi on PATH: ${"cli" in onPath ? `${onPath.cli.command}, ${onPath.cli.version}` : onPath.refused}`,
  );
  const found = "cli" in onPath ? onPath : await installedCli(options, downloads);
  if ("refused" in found) {
    return found;
  }
  return await withPlugins(found.cli, options, request, downloads);
}

async function installedCli(options: EngineOptions, downloads: Downloads): Promise<OfficialAnswer> {
  const { root, command } = officialRoot(cacheDirectory(options.environment));
  if (!(await isExecutable(command))) {
    const probe = await downloads.probe();
    if (!probe.reachable) {
      return { refused: `no fitting pulumi on PATH, and the installer's host is out of reach (${probe.detail})` };
    }
    const failure = await attempt(() =>
      options.reporter.task(`installing Pulumi ${PULUMI_VERSION}`, () => downloads.network.installOfficial(root)),
    );
    if (failure !== undefined) {
      return { refused: `Pulumi's installer failed (${failure})` };
    }
  }
  return await officialCliAt(command, options);
}

async function withPlugins(
  cli: EngineFiles,
  options: EngineOptions,
  request: EngineRequest,
  downloads: Downloads,
): Promise<OfficialAnswer> {
  const environment = { ...options.environment, ...officialEnvironment(cli.command, options) };
  const missing = await missingPlugins(cli.command, options.plugins, environment);
  if (missing.length === 0) {
    return { cli };
  }
  const names = missing.map(pluginLabel).join(", ");
  // When the official engine is a must, Pulumi itself is the judge: it knows proxies that the probe does not.
  const probe = request === "official" ? undefined : await downloads.probe();
  if (probe?.reachable === false) {
    return { refused: `its plugins ${names} are not installed, and their host is out of reach (${probe.detail})` };
  }
  const failure = await attempt(() =>
    options.reporter.task("installing Pulumi plugins", async (update) => {
      for (const plugin of missing) {
        update(pluginLabel(plugin));
        await installPlugin(cli.command, plugin, environment);
      }
    }),
  );
  return failure === undefined ? { cli } : { refused: `its plugins ${names} could not be installed (${failure})` };
}

/** Pulumi's download host, probed once at most. */
class Downloads {
  private found: Promise<Probe> | undefined;

  constructor(
    readonly network: Network,
    private readonly options: EngineOptions,
  ) {}

  async probe(): Promise<Probe> {
    this.found ??= this.ask();
    return await this.found;
  }

  private async ask(): Promise<Probe> {
    const probe = await this.network.probe(PULUMI_DOWNLOADS);
    this.options.reporter.info(`${PULUMI_DOWNLOADS}: ${probe.detail}`);
    return probe;
  }
}

/** Runs `work`; a failure comes back as its shortest telling text. */
async function attempt(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof ProgramError) {
      return error.tail(1);
    }
    return error instanceof Error ? error.message : String(error);
  }
}
