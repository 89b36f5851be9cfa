import { homedir } from "node:os";
import { join } from "node:path";
import { installPlugins } from "../../../airgap/plugins/install";
import { LabError } from "../../../core/errors";
import { type Network, realNetwork } from "../../files/network";
import { airGappedEnvironment, airGappedFiles, requireInstalledPlugins, unservedPlugins } from "./air-gapped";
import { officialEngine, officialEnvironment } from "./official";
import { preventPulumiLogs } from "./plugin-host";
import { readEngineRecord, writeEngineRecord } from "./record";
import {
  ENGINE_REQUESTS,
  type Engine,
  type EngineFiles,
  type EngineOptions,
  type EngineRequest,
  ownPulumiHome,
  pluginLabel,
} from "./types";

/** What finding an engine needs from elsewhere. */
export interface EngineSources {
  readonly network: Network;
  /** Puts the air-gapped plugins into a PULUMI_HOME. */
  installPlugins(pulumiHome: string): Promise<unknown>;
}

/**
 * The Pulumi engine for this clone: the one recorded in `.lab/engine.json`, else the official one (on PATH, or by its
 * installer), else the air-gapped build. Reports what each probe found.
 */
export async function findPulumiEngine(
  options: EngineOptions,
  sources: EngineSources = { network: realNetwork, installPlugins },
): Promise<Engine> {
  const request = engineRequest(options.environment);
  const recorded = await readEngineRecord(options, request);
  if (recorded !== undefined) {
    return await prepare(recorded, options, sources);
  }
  const files = await chooseEngine(request, options, sources);
  const engine = await prepare(files, options, sources);
  const home = engine.environment["PULUMI_HOME"] ?? options.environment["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  await writeEngineRecord(options, request, files, home);
  options.reporter.info(`engine: ${engine.kind}, pulumi ${engine.version}`);
  return engine;
}

/** The engine that the user asked for by LAB_ENGINE. */
export function engineRequest({ LAB_ENGINE }: NodeJS.ProcessEnv): EngineRequest {
  const wanted = ENGINE_REQUESTS.find((request) => request === (LAB_ENGINE || "auto"));
  if (wanted === undefined) {
    throw new LabError(`LAB_ENGINE is "${LAB_ENGINE}"; allowed: ${ENGINE_REQUESTS.join(", ")}.`, { exitCode: 2 });
  }
  return wanted;
}

async function chooseEngine(
  request: EngineRequest,
  options: EngineOptions,
  sources: EngineSources,
): Promise<EngineFiles> {
  if (request === "airgapped") {
    return await airGappedOrRefuse(options, "");
  }
  const official = await officialEngine(options, request, sources.network);
  if ("cli" in official) {
    return official.cli;
  }
  if (request === "official") {
    throw new LabError(`The official Pulumi engine was asked for, but it is not available: ${official.refused}.`, {
      hint: "Connect this machine and run it again, or let lab build its own: LAB_ENGINE=airgapped",
    });
  }
  return await airGappedOrRefuse(options, `The official engine is not available: ${official.refused}.\n`);
}

async function airGappedOrRefuse(options: EngineOptions, before: string): Promise<EngineFiles> {
  const unserved = unservedPlugins(options);
  if (unserved.length > 0) {
    const names = unserved.map(pluginLabel).join(", ");
    throw new LabError(`${before}The air-gapped engine has no plugin for ${names}, which this target needs.`, {
      exitCode: 2,
      hint: "Use the local target, or run this on a machine that reaches get.pulumi.com",
    });
  }
  return await airGappedFiles(options);
}

async function prepare(files: EngineFiles, options: EngineOptions, sources: EngineSources): Promise<Engine> {
  const { kind, version, command } = files;
  if (kind === "official") {
    return { kind, version, command, environment: officialEnvironment(command, options) };
  }
  const home = ownPulumiHome(options);
  // Each time, not only at the first: a newer clone brings newer plugins. It costs milliseconds when nothing changed.
  await sources.installPlugins(home);
  requireInstalledPlugins(options);
  await preventPulumiLogs(home);
  return { kind, version, command, environment: airGappedEnvironment(files, options) };
}
