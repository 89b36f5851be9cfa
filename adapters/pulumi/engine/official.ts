import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { gte, major, parse } from "semver";
import { toolchainDirectory } from "../../files/cache-directory";
import { findAllOnPath, isExecutable, liesUnder, pathWith } from "../../files/programs";
import { runProgram } from "../../files/run-program";
import type { EngineFiles, EngineOptions } from "./types";
import { PULUMI_VERSION } from "./versions";

/** A CLI that will do, or why there is none. */
export type CliSearch = { readonly cli: EngineFiles } | { readonly refused: string };

type Runtime = Pick<EngineOptions, "environment" | "labDirectory">;

/** Looks for an official CLI on PATH, passing over the ones that `lab` built itself. */
export async function officialCliOnPath(options: Runtime): Promise<CliSearch> {
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
export async function officialCliAt(command: string, options: Runtime): Promise<CliSearch> {
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
