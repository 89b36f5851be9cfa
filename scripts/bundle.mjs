/** How TypeScript becomes what Node.js runs: `lab` by build.mjs, the Pulumi program by program.cjs. */
import { mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build, stop } from "esbuild";

const project = dirname(import.meta.dirname);

/** Names that ownFolder uses. */
const BANNER = 'const BUNDLE_PATHS = require("node:path"), BUNDLE_PROJECT = BUNDLE_PATHS.resolve(__dirname, "../..");';

/**
 * In a bundle `__dirname` would be the bundle's folder. Here each source keeps its own, relative to the bundle: a
 * project may be moved or copied.
 */
const ownFolder = {
  name: "own-folder",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (!/\b__(dir|file)name\b/.test(source)) {
        return undefined;
      }
      const file = `BUNDLE_PATHS.join(BUNDLE_PROJECT, ${JSON.stringify(relative(project, path))})`;
      const declaration = `const __filename = ${file}, __dirname = BUNDLE_PATHS.dirname(__filename);`;
      return { contents: declaration + source, loader: "ts" };
    }),
};

/**
 * Bundles a source with all that it imports, but for npm packages, which the bundle loads from node_modules. Gives the
 * path of the bundle. Rejects with esbuild's error, which names file and line.
 */
export async function bundle(source, name) {
  const folder = join(project, ".lab", "bundle");
  mkdirSync(join(project, ".lab"), { recursive: true, mode: 0o700 });
  mkdirSync(folder, { recursive: true });
  const began = new Date();
  const { outputFiles } = await build({
    absWorkingDir: project,
    entryPoints: [source],
    outfile: join(folder, name),
    write: false,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "cjs",
    target: "node20",
    banner: { js: BANNER },
    // A file of its own: Node.js would keep an inline one in memory.
    sourcemap: "linked",
    sourcesContent: false,
    logLevel: "silent",
    plugins: [ownFolder],
  });
  await stop();
  // The bundle last: it refers to its map.
  for (const { path, contents } of outputFiles.sort((a, b) => b.path.length - a.path.length)) {
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, contents);
    // As old as the first source was when it was read: one that changed meanwhile is newer.
    utimesSync(draft, began, began);
    // Renamed into place: another process must never read half a bundle.
    renameSync(draft, path);
  }
  return join(folder, name);
}
