import { createHash, type Hash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Providers that a local lab needs; each has a folder beside this file. */
const PROVIDERS = ["docker", "tls", "cloudinit", "command"] as const;
type ProviderName = (typeof PROVIDERS)[number];

/** The folder of the whole program. */
const PROGRAM = dirname(dirname(__dirname));

/** What Pulumi starts in place of a plugin. */
const LAUNCHER = join(__dirname, "launcher.sh");

/** Folder in PULUMI_HOME of the one process that can serve all plugins. */
const HOST = "plugin-host";

/** The host's program, where it is installed: engines of other makes have none. */
export function pluginHostProgram(pulumiHome: string): string {
  return join(pulumiHome, HOST, "plugin.js");
}

/** Tells from what a folder was built; written last, so that a folder without it is not whole. */
const KEY_FILE = "built-from";

/** Native add-ons that libraries try and do without. */
const OPTIONAL_NATIVE_MODULES = ["cpu-features", "*.node"];

/** What is built of a folder beside this file, and where to. */
interface Part {
  readonly source: string;
  readonly target: string;
  readonly key: string;
  /** Other files of it, written into the draft. */
  complete(draft: string): Promise<void>;
}

/**
 * Puts the air-gapped providers where the Pulumi CLI looks for plugins, and the host that can serve them all beside that.
 * What is there and up to date stays as it is, which a run after the first one finds out in milliseconds. `installed`
 * names the plugins that had to be built.
 */
export async function installPlugins(pulumiHome: string): Promise<{ installed: string[] }> {
  const shared = await hashShared();
  const plugins = await Promise.all(
    PROVIDERS.filter((name) => existsSync(join(__dirname, name, "main.ts"))).map((name) =>
      pluginPart(name, pulumiHome, shared.copy()),
    ),
  );
  const host = await hostPart(plugins, pulumiHome, shared.copy());
  const built = await Promise.all([...plugins, host].map(install));
  return { installed: plugins.filter((_, index) => built[index]).map(({ target }) => basename(target)) };
}

async function pluginPart(name: ProviderName, pulumiHome: string, hash: Hash): Promise<Part> {
  const version = await packageVersion(name);
  await hashFolder(hash, join(__dirname, name));
  return {
    source: join(__dirname, name, "main.ts"),
    target: join(pulumiHome, "plugins", `resource-${name}-v${version}`),
    key: hash.update(version).digest("hex"),
    complete: async (draft) => {
      const executable = join(draft, `pulumi-resource-${name}`);
      await copyFile(LAUNCHER, executable);
      await chmod(executable, 0o755);
      // This Node.js, whatever PATH says when the engine starts the plugin.
      await symlink(process.execPath, join(draft, "node"));
    },
  };
}

async function hostPart(plugins: readonly Part[], pulumiHome: string, hash: Hash): Promise<Part> {
  await hashFolder(hash, join(__dirname, "host"));
  return {
    source: join(__dirname, "host", "main.ts"),
    target: dirname(pluginHostProgram(pulumiHome)),
    key: plugins.reduce((sum, { key }) => sum.update(key), hash).digest("hex"),
    complete: async () => {},
  };
}

/** Builds a part that is missing or was built from something else; says whether it was. */
async function install({ source, target, key, complete }: Part): Promise<boolean> {
  if ((await readKey(target)) === key) {
    return false;
  }
  // A leading dot: the CLI must not take a half-written plugin for a whole one.
  const draft = join(dirname(target), `.${basename(target)}-${randomBytes(4).toString("hex")}`);
  try {
    await bundle(source, join(draft, "plugin.js"));
    await complete(draft);
    await writeFile(join(draft, KEY_FILE), key);
    await putInPlace(draft, target, key);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return true;
}

/** Version of the official package, which the CLI asks for by name and version. */
async function packageVersion(name: ProviderName): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(require.resolve(`@pulumi/${name}/package.json`), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
    return String(manifest.version);
  }
  throw new Error(`package @pulumi/${name} has no version in its package.json; run npm ci and try again`);
}

async function bundle(source: string, outfile: string): Promise<void> {
  // Loaded only here: the usual run builds nothing.
  const { build } = await import("esbuild");
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    external: OPTIONAL_NATIVE_MODULES,
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "error",
  });
}

/** Swaps folders by renaming. Another process may do the same at the same time: then its plugin, the same, stays. */
async function putInPlace(draft: string, folder: string, key: string): Promise<void> {
  const old = `${draft}-old`;
  try {
    await rename(folder, old).catch(ignoreMissing);
    await rename(draft, folder);
  } catch (error) {
    if ((await readKey(folder)) !== key) {
      throw error;
    }
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") {
    throw error;
  }
}

async function readKey(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, KEY_FILE), "utf8");
  } catch {
    return undefined;
  }
}

/** What every plugin is made of: the framework, the libraries (by the lock file), this file and this Node.js. */
async function hashShared(): Promise<Hash> {
  const hash = createHash("sha256").update(process.execPath);
  for (const file of [__filename, LAUNCHER, join(PROGRAM, "package-lock.json")]) {
    hash.update(await readFile(file));
  }
  await hashFolder(hash, join(__dirname, "framework"));
  await hashFolder(hash, join(PROGRAM, "adapters", "docker", "connection"));
  return hash;
}

async function hashFolder(hash: Hash, folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.sort().map((file) => readFile(file)));
  files.forEach((file, index) => {
    hash.update(`\0${file.slice(folder.length)}\0`).update(contents[index] ?? "");
  });
}
