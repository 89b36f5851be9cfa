import { cacheDirectory } from "../../files/cache-directory";
import { type Network, officialRoot, type Probe } from "../../files/network";
import { isExecutable } from "../../files/programs";
import { ProgramError } from "../../files/run-program";
import { officialCliAt, officialCliOnPath, officialEnvironment } from "./official";
import { installPlugin, missingPlugins, pluginLabel } from "./plugins";
import type { EngineFiles, EngineOptions, EngineRequest } from "./types";
import { PULUMI_DOWNLOADS, PULUMI_VERSION } from "./versions";

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
