import { createHash, type Hash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Providers that a local lab needs; each has a folder beside this file. */
const PROVIDERS = ["docker", "tls", "cloudinit", "command"] as const;
type ProviderName = (typeof PROVIDERS)[number];

/** Tells from what a plugin was built; written last, so that a plugin without it is not whole. */
const KEY_FILE = "built-from";

/** Native add-ons that libraries try and do without. */
const OPTIONAL_NATIVE_MODULES = ["cpu-features", "*.node"];

/**
 * Puts the air-gapped providers where the Pulumi CLI looks for plugins. What is there and up to date stays as it is,
 * which a run after the first one finds out in milliseconds. `installed` names those that had to be built.
 */
export async function installPlugins(pulumiHome: string): Promise<{ installed: string[] }> {
  const shared = await hashShared();
  const results = await Promise.all(PROVIDERS.map((name) => installPlugin(name, pulumiHome, shared.copy())));
  return { installed: results.filter((plugin) => plugin !== undefined) };
}

async function installPlugin(name: ProviderName, pulumiHome: string, hash: Hash): Promise<string | undefined> {
  if (!existsSync(join(__dirname, name, "main.ts"))) {
    return undefined;
  }
  const version = await packageVersion(name);
  await hashFolder(hash, join(__dirname, name));
  const key = hash.update(version).digest("hex");
  const plugin = `resource-${name}-v${version}`;
  const folder = join(pulumiHome, "plugins", plugin);
  if ((await readKey(folder)) === key) {
    return undefined;
  }
  // A leading dot: the CLI must not take a half-written plugin for a whole one.
  const draft = join(pulumiHome, "plugins", `.${plugin}-${randomBytes(4).toString("hex")}`);
  try {
    await build(name, draft, key);
    await putInPlace(draft, folder, key);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return plugin;
}

/** Version of the official package, which the CLI asks for by name and version. */
async function packageVersion(name: ProviderName): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(require.resolve(`@pulumi/${name}/package.json`), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
    return String(manifest.version);
  }
  throw new Error(`package @pulumi/${name} has no version in its package.json; run npm ci and try again`);
}

async function build(name: ProviderName, draft: string, key: string): Promise<void> {
  // Loaded only here: the usual run builds nothing.
  const { build: bundle } = await import("esbuild");
  await bundle({
    entryPoints: [join(__dirname, name, "main.ts")],
    outfile: join(draft, "plugin.js"),
    bundle: true,
    platform: "node",
    target: "node20",
    external: OPTIONAL_NATIVE_MODULES,
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "error",
  });
  await writeFile(join(draft, `pulumi-resource-${name}`), launcher(process.execPath), { mode: 0o755 });
  await writeFile(join(draft, KEY_FILE), key);
}

/** Script that starts a bundled plugin with the given Node.js, whatever PATH says. */
export function launcher(node: string): string {
  const quoted = `'${node.replaceAll("'", "'\\''")}'`;
  return `#!/bin/sh\nexec ${quoted} "\${0%/*}/plugin.js" "$@"\n`;
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
  for (const file of [__filename, join(dirname(dirname(__dirname)), "package-lock.json")]) {
    hash.update(await readFile(file));
  }
  await hashFolder(hash, join(__dirname, "framework"));
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
