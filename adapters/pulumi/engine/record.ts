import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { languageHostLauncher } from "./air-gapped";
import {
  ENGINE_REQUESTS,
  type EngineFiles,
  type EngineOptions,
  type EngineRequest,
  pluginFolder,
  pluginLabel,
} from "./types";

const FILE = z.object({ path: z.string(), bytes: z.number(), modified: z.number() });

/** What `.lab/engine.json` holds: the engine once chosen for this clone, so that later calls need not look for it. */
const RECORD = z.strictObject({
  format: z.literal(2),
  request: z.enum(ENGINE_REQUESTS),
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

/** The engine recorded for this clone, when it still fits the request, its files are unchanged and its plugins suffice. */
export async function readEngineRecord(
  options: EngineOptions,
  request: EngineRequest,
): Promise<EngineFiles | undefined> {
  try {
    const record = RECORD.parse(JSON.parse(await readFile(recordFile(options), "utf8")));
    const { kind, version, command, languageHost } = record;
    const isValid =
      record.request === request &&
      options.plugins.every((plugin) => record.plugins.includes(pluginLabel(plugin))) &&
      record.launcher === (await launcherHash(options)) &&
      (await isUnchanged(command)) &&
      (await isUnchanged(languageHost)) &&
      record.pluginFolders.every((folder) => existsSync(folder));
    return isValid ? { kind, version, command: command.path, languageHost: languageHost.path } : undefined;
  } catch {
    // Missing, damaged, of another format, or of files that are gone: the engine is simply looked for again.
    return undefined;
  }
}

/** Records the engine for this clone. `home` is the PULUMI_HOME it runs with. */
export async function writeEngineRecord(
  options: EngineOptions,
  request: EngineRequest,
  { kind, version, command, languageHost }: EngineFiles,
  home: string,
): Promise<void> {
  const record: z.infer<typeof RECORD> = {
    format: 2,
    request,
    kind,
    version,
    command: await describe(command),
    languageHost: await describe(languageHost),
    launcher: await launcherHash(options),
    plugins: options.plugins.map(pluginLabel),
    pluginFolders: options.plugins.map((plugin) => pluginFolder(home, plugin)).filter((folder) => existsSync(folder)),
  };
  const file = recordFile(options);
  await mkdir(options.labDirectory, { recursive: true });
  // Renamed into place: two `lab` at once must never read half a record.
  const partial = `${file}.${process.pid}`;
  await writeFile(partial, `${JSON.stringify(record, null, 2)}\n`);
  await rename(partial, file);
}

/** Without the script, the official engine can still be found again; the air-gapped one is refused where it is assembled. */
async function launcherHash({ programDirectory }: EngineOptions): Promise<string> {
  const text = await readFile(languageHostLauncher(programDirectory)).catch(() => "");
  return createHash("sha256").update(text).digest("hex");
}

function recordFile({ labDirectory }: EngineOptions): string {
  return join(labDirectory, "engine.json");
}

async function describe(path: string): Promise<z.infer<typeof FILE>> {
  const { size, mtimeMs } = await stat(path);
  return { path, bytes: size, modified: mtimeMs };
}

async function isUnchanged(file: z.infer<typeof FILE>): Promise<boolean> {
  const { bytes, modified } = await describe(file.path);
  return bytes === file.bytes && modified === file.modified;
}
