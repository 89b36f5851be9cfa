import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, link, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LabError } from "../../../core/errors";
import { toolchainDirectory } from "../../files/own-machine";
import { isExecutable, pathWith } from "../../files/programs";
import { ensureGoProgram, type GoProgram } from "./toolchain/build";
import { makeOnce } from "./toolchain/make-once";
import {
  type EngineFiles,
  type EngineOptions,
  ownPulumiHome,
  type PluginRequirement,
  PULUMI_VERSION,
  pluginFolder,
  pluginLabel,
} from "./types";

/** The Pulumi CLI as a Go program. */
export function pulumiProgram(programDirectory: string): GoProgram {
  return {
    name: "pulumi",
    title: `the Pulumi CLI ${PULUMI_VERSION}`,
    module: join(programDirectory, "airgap", "toolchain", "pulumi"),
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    linkerFlags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${PULUMI_VERSION}`,
    variables: {},
  };
}

/** Pulumi's Node.js language host as a Go program. */
function languageHostProgram(programDirectory: string): GoProgram {
  return {
    name: "pulumi-language-nodejs",
    title: "Pulumi's Node.js language host",
    module: join(programDirectory, "airgap", "toolchain", "language-host"),
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    linkerFlags: "-s -w",
    variables: {},
  };
}

/** The script that starts the language host with the options of Pulumi.yaml. */
export function languageHostLauncher(programDirectory: string): string {
  return join(programDirectory, "airgap", "language-host.sh");
}

/** Names in an engine's folder. The CLI looks for the launcher's, the launcher for the language host's. */
const ENGINE_FILES = {
  command: "pulumi",
  launcher: "pulumi-language-nodejs",
  languageHost: "nodejs-language-host",
} as const;

/**
 * Builds, or finds in the cache, the CLI and the language host, and gives a folder with both and the launcher in it: Pulumi
 * warns on every call when its language host is on PATH but not beside it.
 */
export async function airGappedFiles(options: EngineOptions): Promise<EngineFiles> {
  // One after the other: each build uses every core by itself.
  const command = await ensureGoProgram(pulumiProgram(options.programDirectory), options);
  const languageHost = await ensureGoProgram(languageHostProgram(options.programDirectory), options);
  const launcher = languageHostLauncher(options.programDirectory);
  const hash = createHash("sha256").update(JSON.stringify([command, languageHost]));
  const key = hash.update(await readFile(launcher)).digest("hex");
  const folder = join(toolchainDirectory(options.environment), `engine-${key.slice(0, 16)}`);
  const present = await Promise.all(Object.values(ENGINE_FILES).map((name) => isExecutable(join(folder, name))));
  if (present.includes(false)) {
    await makeOnce(folder, async (partial) => {
      // Hard links use no disk space, and Pulumi, unlike with symbolic ones, takes this for the folder it runs from.
      await link(command, join(partial, ENGINE_FILES.command));
      await link(languageHost, join(partial, ENGINE_FILES.languageHost));
      await copyFile(launcher, join(partial, ENGINE_FILES.launcher));
      await chmod(join(partial, ENGINE_FILES.launcher), 0o755);
    });
  }
  // With links in the way to the cache followed: Pulumi compares this path with the one that it was started from.
  const real = await realpath(folder);
  return {
    kind: "air-gapped",
    version: PULUMI_VERSION,
    command: join(real, ENGINE_FILES.command),
    languageHost: join(real, ENGINE_FILES.launcher),
  };
}

/** The plugins that we have no provider for, and that nobody has installed, reported before minutes go into a build. */
export function unservedPlugins(options: EngineOptions): PluginRequirement[] {
  const ours = join(options.programDirectory, "airgap", "plugins");
  return missingPlugins(options).filter(({ name }) => !existsSync(join(ours, name)));
}

/** Fails when one of the needed plugins is not installed in the version that the program asks for. */
export function requireInstalledPlugins(options: EngineOptions): void {
  const [missing] = missingPlugins(options);
  if (missing !== undefined) {
    throw new LabError(`The air-gapped plugins were installed, but ${pluginLabel(missing)} is not among them.`, {
      hint: "Its version comes from node_modules: run npm ci, then the same command again",
    });
  }
}

function missingPlugins(options: EngineOptions): PluginRequirement[] {
  return options.plugins.filter((plugin) => !existsSync(pluginFolder(ownPulumiHome(options), plugin)));
}

/** What the air-gapped CLI's calls need. */
export function airGappedEnvironment(files: EngineFiles, options: EngineOptions): Record<string, string> {
  return {
    PATH: pathWith([dirname(files.command)], options.environment["PATH"] ?? ""),
    PULUMI_HOME: ownPulumiHome(options),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}
