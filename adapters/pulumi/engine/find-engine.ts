import { homedir } from "node:os";
import { join } from "node:path";
import { installPlugins } from "../../../airgap/plugins/install";
import { LabError } from "../../../core/errors";
import { type Network, realNetwork } from "../../files/network";
import {
  airGappedEnvironment,
  airGappedFiles,
  pulumiHome,
  requireInstalledPlugins,
  unservedPlugins,
} from "./air-gapped";
import { type OfficialAnswer, officialEngine, officialEnvironment } from "./official";
import { leaveOutPulumiLogs } from "./plugin-host";
import { recallEngine, rememberEngine } from "./record";
import {
  ENGINE_REQUESTS,
  type Engine,
  type EngineFiles,
  type EngineOptions,
  type EngineRequest,
  pluginLabel,
} from "./types";

/** What finding an engine needs from elsewhere. */
export interface EngineSources {
  readonly network: Network;
  /** Puts the air-gapped plugins into a PULUMI_HOME. */
  installPlugins(pulumiHome: string): Promise<{ installed: string[] }>;
}

const REAL_SOURCES: EngineSources = {
  network: realNetwork,
  installPlugins,
};

/**
 * The Pulumi engine for this clone: the one remembered in `.lab/engine.json`, else the official one (on PATH, or by its
 * installer), else the air-gapped build. Says what each probe found.
 */
export async function findEngine(options: EngineOptions, sources: EngineSources = REAL_SOURCES): Promise<Engine> {
  const request = wantedEngine(options);
  const remembered = await recallEngine(options, request);
  if (remembered !== undefined) {
    return await ready(remembered, options, sources);
  }
  const files = await chooseEngine(request, options, sources);
  const engine = await ready(files, options, sources);
  const home = engine.environment["PULUMI_HOME"] ?? options.environment["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  await rememberEngine(options, request, files, home);
  options.reporter.info(`engine: ${engine.kind}, pulumi ${engine.version}`);
  return engine;
}

/** What the user asked for: the request itself, or LAB_ENGINE where the request leaves it open. */
export function wantedEngine(options: Pick<EngineOptions, "request" | "environment">): EngineRequest {
  const variable = options.environment["LAB_ENGINE"] ?? "";
  if (options.request !== "auto" || variable === "") {
    return options.request;
  }
  const wanted = ENGINE_REQUESTS.find((request) => request === variable);
  if (wanted === undefined) {
    throw new LabError(`LAB_ENGINE is "${variable}"; allowed: ${ENGINE_REQUESTS.join(", ")}.`, { exitCode: 2 });
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
    throw noOfficialEngine(official);
  }
  return await airGappedOrRefuse(options, `The official engine cannot be had: ${official.refused}.\n`);
}

async function airGappedOrRefuse(options: EngineOptions, before: string): Promise<EngineFiles> {
  const unserved = await unservedPlugins(options);
  if (unserved.length > 0) {
    const names = unserved.map(pluginLabel).join(", ");
    throw new LabError(`${before}The air-gapped engine has no plugin for ${names}, which this target needs.`, {
      exitCode: 2,
      hint: "Use the local target, or run this on a machine that reaches get.pulumi.com",
    });
  }
  return await airGappedFiles(options);
}

async function ready(files: EngineFiles, options: EngineOptions, sources: EngineSources): Promise<Engine> {
  const { kind, version, command } = files;
  if (kind === "official") {
    const environment = officialEnvironment(files.command, options);
    return { kind, version, command, environment };
  }
  // Each time, not only at the first: a newer clone brings newer plugins. It costs milliseconds when nothing changed.
  await sources.installPlugins(pulumiHome(options));
  await requireInstalledPlugins(options);
  await leaveOutPulumiLogs(pulumiHome(options));
  return { kind, version, command, environment: airGappedEnvironment(files, options) };
}

function noOfficialEngine(answer: Extract<OfficialAnswer, { refused: string }>): LabError {
  return new LabError(`The official Pulumi engine was asked for, but it cannot be had: ${answer.refused}.`, {
    hint: "Connect this machine and run it again, or let lab build its own: LAB_ENGINE=airgapped",
  });
}
