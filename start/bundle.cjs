/**
 * `lab` in one file: it starts in a tenth of the time that its 600 modules take. The bundle is kept in .lab/bundle with a
 * stamp of every file that it was made from, and made anew as soon as one of them is another; V8's compiled code, which
 * spares the compiling too, is kept beside it for each command.
 */
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const { createRequire, wrap } = require("node:module");
const { dirname, join } = require("node:path");
const vm = require("node:vm");
const { stampOf } = require("./stamps.cjs");
const { writeWhole } = require("./write-whole.cjs");

const project = dirname(__dirname);
const entry = join(project, "cli", "main.ts");
const folder = join(project, ".lab", "bundle");

/** What is loaded only when it is needed, or cannot be bundled. */
const EXTERNAL = ["esbuild", "vitest", "@pulumi/*", "@aws-sdk/*", "selfsigned", "*.node", "cpu-features"];

/** What, apart from its sources, decides what a bundle is. */
const maker = createHash("sha256")
  .update(`${process.version} ${process.arch}`)
  .update(fs.readFileSync(__filename))
  .digest("hex");

/** The bundle that fits the sources, made now if need be; undefined when it cannot be made. */
async function freshBundle() {
  const kept = readKept();
  if (kept !== undefined) {
    return kept;
  }
  try {
    return await make();
  } catch {
    // A source with a mistake in it, say: running the sources themselves tells where.
    return undefined;
  }
}

function readKept() {
  try {
    const manifest = JSON.parse(fs.readFileSync(join(folder, "manifest.json"), "utf8"));
    const isFresh =
      manifest.maker === maker && manifest.stamps.every(([path, stamp]) => stampOf(join(project, path)) === stamp);
    return isFresh ? { id: manifest.id, code: fs.readFileSync(join(folder, `${manifest.id}.js`), "utf8") } : undefined;
  } catch {
    return undefined;
  }
}

async function make() {
  const { build } = require("esbuild");
  const { outputFiles, metafile } = await build({
    absWorkingDir: project,
    entryPoints: [entry],
    outfile: "main.js",
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    external: EXTERNAL,
    // A script of the vm module has no import() of its own.
    supported: { "dynamic-import": false },
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "silent",
    plugins: [{ name: "own-place", setup: (bundling) => bundling.onLoad({ filter: /\.[cm]?[jt]s$/ }, keepPlace) }],
  });
  const code = outputFiles[0].text;
  const id = createHash("sha256").update(maker).update(code).digest("hex").slice(0, 16);
  const stamps = placesOf(Object.keys(metafile.inputs)).map((path) => [path, stampOf(join(project, path))]);
  keep(id, code, { maker, id, stamps });
  return { id, code };
}

/** In a bundle `__dirname` would be the bundle's. */
function keepPlace({ path }) {
  const source = fs.readFileSync(path, "utf8");
  if (!/\b__(dir|file)name\b/.test(source)) {
    return undefined;
  }
  const place = `var __dirname=${JSON.stringify(dirname(path))},__filename=${JSON.stringify(path)};`;
  return { contents: place + source, loader: path.endsWith("ts") ? "ts" : "js" };
}

/** The inputs, and the folders of our own ones: a file that comes new may be the one that an import means from now on. */
function placesOf(inputs) {
  const own = inputs.filter((path) => !path.startsWith("node_modules/"));
  const folders = own.map((path) => dirname(path)).filter((path) => path !== ".");
  return [...new Set([...inputs, ...folders, "tsconfig.json"])];
}

/** Renamed into place: two starts at once must never read half a bundle. Where nothing can be written it works all the same. */
function keep(id, code, manifest) {
  try {
    fs.mkdirSync(join(project, ".lab"), { recursive: true, mode: 0o700 });
    const draft = fs.mkdtempSync(`${folder}-`);
    fs.writeFileSync(join(draft, `${id}.js`), code);
    fs.writeFileSync(join(draft, "manifest.json"), JSON.stringify(manifest));
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(draft, folder);
  } catch {
    // A read-only clone is bundled anew each time.
  }
}

/** Runs a bundle as if it were cli/main.ts. */
function run({ id, code }, command) {
  const cache = join(folder, `${id}-${command}.v8`);
  const cachedData = readCache(cache);
  const script = new vm.Script(wrap(code), {
    filename: join(folder, `${id}.js`),
    ...(cachedData && { cachedData }),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(entry), module, entry, dirname(entry));
  if (cachedData === undefined || script.cachedDataRejected) {
    // At the end, when V8 has compiled what this command uses.
    process.once("exit", () => keepCache(cache, script.createCachedData()));
  }
}

function readCache(file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

function keepCache(file, data) {
  try {
    writeWhole(file, data);
  } catch {
    // The bundle was made anew meanwhile, or nothing can be written.
  }
}

module.exports = { freshBundle, run };
