import { createHash, randomBytes } from "node:crypto";
import { chmod, copyFile, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Providers that a local lab needs; each has a folder beside this file. */
const PROVIDERS = ["docker", "tls", "cloudinit", "command"] as const;
type ProviderName = (typeof PROVIDERS)[number];

/** The folder of the whole program. */
const PROGRAM = dirname(dirname(__dirname));

/** What Pulumi starts in place of a plugin. */
const LAUNCHER = join(__dirname, "launcher.sh");

/** The host's program, where it is installed: the official engine has none. */
export function pluginHostProgram(pulumiHome: string): string {
  return join(pulumiHome, "plugin-host", "plugin.js");
}

/** Holds the key of what a folder was built from; written last, so that a folder without it is not whole. */
const KEY_FILE = "built-from";

/** Native add-ons that libraries try and do without. */
const OPTIONAL_NATIVE_MODULES = ["cpu-features", "*.node"];

/** A program to be bundled, and the folder it is installed in. */
interface Part {
  /** Its folder beside this file. */
  readonly name: ProviderName | "host";
  readonly target: string;
}

/**
 * Puts the air-gapped providers where the Pulumi CLI looks for plugins, and the host that can serve them all beside that.
 * What is up to date stays as it is, which a run after the first one finds out in milliseconds. `installed` names the
 * plugins that had to be built.
 */
export async function installPlugins(pulumiHome: string): Promise<{ installed: string[] }> {
  const key = await hashSources();
  const plugins = await Promise.all(
    PROVIDERS.map(async (name): Promise<Part> => {
      const target = join(pulumiHome, "plugins", `resource-${name}-v${await packageVersion(name)}`);
      return { name, target };
    }),
  );
  const host: Part = { name: "host", target: dirname(pluginHostProgram(pulumiHome)) };
  const built = await Promise.all([...plugins, host].map((part) => install(part, key)));
  return { installed: plugins.filter((_, index) => built[index]).map(({ target }) => basename(target)) };
}

/** Builds a part that is missing or was built from something else; gives whether it was. */
async function install({ name, target }: Part, key: string): Promise<boolean> {
  if ((await readKey(target)) === key) {
    return false;
  }
  // A leading dot: the CLI must not take a half-written plugin for a whole one.
  const draft = join(dirname(target), `.${basename(target)}-${randomBytes(4).toString("hex")}`);
  try {
    await bundle(join(__dirname, name, "main.ts"), join(draft, "plugin.js"));
    if (name !== "host") {
      const executable = join(draft, `pulumi-resource-${name}`);
      await copyFile(LAUNCHER, executable);
      await chmod(executable, 0o755);
      // This Node.js, whatever PATH says when the engine starts the plugin.
      await symlink(process.execPath, join(draft, "node"));
    }
    await writeFile(join(draft, KEY_FILE), key);
    await putInPlace(draft, target, key);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return true;
}

/** Version of the official package, which the CLI asks for by name and version. */
async function packageVersion(name: ProviderName): Promise<string> {
  const manifest = await readFile(require.resolve(`@pulumi/${name}/package.json`), "utf8");
  const { version } = JSON.parse(manifest) as { version?: unknown };
  if (typeof version !== "string") {
    throw new Error(`package @pulumi/${name} has no version in its package.json; run npm ci and try again`);
  }
  return version;
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
    await rename(folder, old).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") {
        throw error;
      }
    });
    await rename(draft, folder);
  } catch (error) {
    if ((await readKey(folder)) !== key) {
      throw error;
    }
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}

function readKey(folder: string): Promise<string | undefined> {
  return readFile(join(folder, KEY_FILE), "utf8").catch(() => undefined);
}

/** Changes with all that plugins are made of: our sources, the libraries (by the lock file) and this Node.js. */
async function hashSources(): Promise<string> {
  const hash = createHash("sha256").update(process.execPath);
  hash.update(await readFile(join(PROGRAM, "package-lock.json")));
  for (const folder of [__dirname, join(PROGRAM, "adapters", "docker", "connection")]) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      hash.update(`\0${file.slice(folder.length)}\0`).update(await readFile(file));
    }
  }
  return hash.digest("hex");
}
