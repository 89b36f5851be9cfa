import { createHash } from "node:crypto";
import { access, chmod, copyFile, link, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LabError } from "../../../core/errors";
import { toolchainDirectory } from "../../files/own-machine";
import { isExecutable, pathWith } from "../../files/programs";
import { ensureGoProgram, type GoProgram } from "./toolchain/build";
import { makeOnce } from "./toolchain/make-once";
import { type EngineFiles, type EngineOptions, type PluginRequirement, PULUMI_VERSION, pluginLabel } from "./types";

type Runtime = Pick<EngineOptions, "environment" | "labDirectory">;

/** The Pulumi CLI as a Go program. */
export function pulumiProgram(programDirectory: string): GoProgram {
  const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${PULUMI_VERSION}`;
  return {
    name: "pulumi",
    title: `the Pulumi CLI ${PULUMI_VERSION}`,
    module: join(programDirectory, "airgap", "toolchain", "pulumi"),
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    linkerFlags: `-s -w -X ${version}`,
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

/** Builds, or finds in the cache, the CLI and the language host. */
export async function airGappedFiles(options: EngineOptions): Promise<EngineFiles> {
  // One after the other: each build uses every core by itself.
  const command = await ensureGoProgram(pulumiProgram(options.programDirectory), options);
  const languageHost = await ensureGoProgram(languageHostProgram(options.programDirectory), options);
  const launcher = languageHostLauncher(options.programDirectory);
  const together = await putTogether({ command, languageHost, launcher }, options.environment);
  return { kind: "air-gapped", version: PULUMI_VERSION, ...together };
}

/** What an engine's folder is made of: paths of what was built, and of the script that starts the language host. */
interface EngineParts {
  readonly command: string;
  readonly languageHost: string;
  readonly launcher: string;
}

/** All in one folder: Pulumi warns on every call when its language host is on PATH but not beside it. */
async function putTogether(
  { command, languageHost, launcher }: EngineParts,
  environment: NodeJS.ProcessEnv,
): Promise<Pick<EngineFiles, "command" | "languageHost">> {
  const hash = createHash("sha256").update(JSON.stringify([command, languageHost]));
  const key = hash
    .update(await readFile(launcher))
    .digest("hex")
    .slice(0, 16);
  const folder = join(toolchainDirectory(environment), `engine-${key}`);
  const present = await Promise.all(Object.values(ENGINE_FILES).map((name) => isExecutable(join(folder, name))));
  if (present.includes(false)) {
    await makeOnce(folder, async (partial) => {
      // Hard links take no room, and Pulumi, unlike with symbolic ones, takes this for the folder it runs from.
      await link(command, join(partial, ENGINE_FILES.command));
      await link(languageHost, join(partial, ENGINE_FILES.languageHost));
      await copyFile(launcher, join(partial, ENGINE_FILES.launcher));
      await chmod(join(partial, ENGINE_FILES.launcher), 0o755);
    });
  }
  // With links in the way to the cache followed: Pulumi compares this path with the one that it was started from.
  const real = await realpath(folder);
  return { command: join(real, ENGINE_FILES.command), languageHost: join(real, ENGINE_FILES.launcher) };
}

/** Names in an engine's folder. The CLI looks for the launcher's, the launcher for the language host's. */
const ENGINE_FILES = {
  command: "pulumi",
  launcher: "pulumi-language-nodejs",
  languageHost: "nodejs-language-host",
} as const;

/** The plugins that we have no provider for, and that nobody has installed, told before minutes go into a build. */
export async function unservedPlugins(options: EngineOptions): Promise<PluginRequirement[]> {
  const served = await Promise.all(
    options.plugins.map(
      async (plugin) =>
        (await exists(join(options.programDirectory, "airgap", "plugins", plugin.name))) ||
        (await exists(installedPlugin(plugin, options))),
    ),
  );
  return options.plugins.filter((_, index) => !served[index]);
}

/** Fails when one of the needed plugins is not there in the version that the program asks for. */
export async function requireInstalledPlugins(options: EngineOptions): Promise<void> {
  for (const plugin of options.plugins) {
    if (!(await exists(installedPlugin(plugin, options)))) {
      throw new LabError(`The air-gapped plugins were installed, but ${pluginLabel(plugin)} is not among them.`, {
        hint: "Its version comes from node_modules: run npm ci, then the same command again",
      });
    }
  }
}

function installedPlugin(plugin: PluginRequirement, options: EngineOptions): string {
  return join(pulumiHome(options), "plugins", `resource-${plugin.name}-v${plugin.version}`);
}

/** PULUMI_HOME of this clone, where our plugins are: the user's own is left alone. */
export function pulumiHome(options: Pick<EngineOptions, "labDirectory">): string {
  return join(options.labDirectory, "pulumi-home");
}

/** What the air-gapped CLI's calls need. */
export function airGappedEnvironment(files: EngineFiles, options: Runtime): Record<string, string> {
  return {
    PATH: pathWith([dirname(files.command)], options.environment["PATH"] ?? ""),
    PULUMI_HOME: pulumiHome(options),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
