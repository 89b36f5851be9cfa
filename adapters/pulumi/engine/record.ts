import { createHash } from "node:crypto";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { languageHostLauncher } from "./air-gapped";
import { type EngineFiles, type EngineOptions, type EngineRequest, type PluginRequirement, pluginLabel } from "./types";

const FILE = z.object({ path: z.string(), bytes: z.number(), modified: z.number() });

/** What `.lab/engine.json` holds: the engine once chosen for this clone, so that later calls need not look for it. */
const RECORD = z.strictObject({
  format: z.literal(2),
  request: z.enum(["auto", "official", "airgapped"]),
  kind: z.enum(["official", "air-gapped"]),
  version: z.string(),
  command: FILE,
  languageHost: FILE,
  /** Hash of the clone's script that starts an air-gapped language host: a newer clone may bring another one. */
  launcher: z.string(),
  plugins: z.array(z.string()),
  /** Folders of those plugins, as far as they are in PULUMI_HOME and not on PATH. */
  pluginFolders: z.array(z.string()),
});

type FileRecord = z.infer<typeof FILE>;

/** The engine remembered for this clone, when it still fits the request, its files are untouched and its plugins suffice. */
export async function recallEngine(options: EngineOptions, request: EngineRequest): Promise<EngineFiles | undefined> {
  const record = await readRecord(recordFile(options.labDirectory));
  if (record === undefined || record.request !== request || !suffices(record.plugins, options.plugins)) {
    return undefined;
  }
  if (record.launcher !== (await launcherHash(options))) {
    return undefined;
  }
  const untouched = await Promise.all([record.command, record.languageHost].map(isUntouched));
  const present = await Promise.all(record.pluginFolders.map(exists));
  if ([...untouched, ...present].includes(false)) {
    return undefined;
  }
  const { kind, version, command, languageHost } = record;
  return { kind, version, command: command.path, languageHost: languageHost.path };
}

/** Remembers the engine for this clone. `home` is the PULUMI_HOME it runs with. */
export async function rememberEngine(
  options: EngineOptions,
  request: EngineRequest,
  engine: EngineFiles,
  home: string,
): Promise<void> {
  const [command, languageHost] = await Promise.all([describe(engine.command), describe(engine.languageHost)]);
  const plugins = options.plugins.map(pluginLabel);
  const pluginFolders = await presentPluginFolders(options.plugins, home);
  const { kind, version } = engine;
  const launcher = await launcherHash(options);
  const record = { format: 2, request, kind, version, command, languageHost, launcher, plugins, pluginFolders };
  const file = recordFile(options.labDirectory);
  await mkdir(options.labDirectory, { recursive: true });
  // Renamed into place: two `lab` at once must never read half a record.
  const partial = `${file}.${process.pid}`;
  await writeFile(partial, `${JSON.stringify(record, null, 2)}\n`);
  await rename(partial, file);
}

/** Without the script, the official engine can still be found again; the air-gapped one is refused where it is put together. */
async function launcherHash({ programDirectory }: EngineOptions): Promise<string> {
  const text = await readFile(languageHostLauncher(programDirectory)).catch(() => "");
  return createHash("sha256").update(text).digest("hex");
}

function recordFile(labDirectory: string): string {
  return join(labDirectory, "engine.json");
}

async function readRecord(file: string): Promise<z.infer<typeof RECORD> | undefined> {
  try {
    return RECORD.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    // Missing, damaged or of another format: the engine is simply looked for again.
    return undefined;
  }
}

function suffices(recorded: readonly string[], needed: readonly PluginRequirement[]): boolean {
  return needed.every((plugin) => recorded.includes(pluginLabel(plugin)));
}

async function describe(path: string): Promise<FileRecord> {
  const { size, mtimeMs } = await stat(path);
  return { path, bytes: size, modified: mtimeMs };
}

async function presentPluginFolders(plugins: readonly PluginRequirement[], home: string): Promise<string[]> {
  const folders = plugins.map((plugin) => join(home, "plugins", `resource-${plugin.name}-v${plugin.version}`));
  const present = await Promise.all(folders.map(exists));
  return folders.filter((_, index) => present[index]);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

async function isUntouched(file: FileRecord): Promise<boolean> {
  try {
    const now = await describe(file.path);
    return now.bytes === file.bytes && now.modified === file.modified;
  } catch {
    return false;
  }
}
