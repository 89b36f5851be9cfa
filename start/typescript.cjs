/**
 * Lets Node.js load this project's TypeScript: `node --require ./start/typescript.cjs FILE.ts`. esbuild drops the types,
 * and what comes out is kept under .lab/compiled together with what it was made from, so that it can never be stale.
 * Other files are none of its business: tsx and ts-node look into every module of every library, at 0.3 s a start.
 */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync } = require("node:fs");
const { dirname, join, relative } = require("node:path");
const { writeWhole } = require("./write-whole.cjs");

const project = dirname(__dirname);
const compiledDirectory = join(project, ".lab", "compiled");
const compilerVersion = JSON.parse(readFileSync(require.resolve("esbuild/package.json"), "utf8")).version;

/** Changes with everything that decides what comes out of a source. */
const compilerKey = `${compilerVersion} ${readFileSync(__filename, "utf8")}`;

/** The JavaScript of a TypeScript file. */
function compile(file) {
  const source = readFileSync(file, "utf8");
  const key = `\n//# made-from=${createHash("sha256").update(compilerKey).update(source).digest("hex")}\n`;
  const kept = join(compiledDirectory, `${relative(project, file)}.js`);
  return readKept(kept, key) ?? keep(kept, transform(file, source) + key);
}

function transform(file, source) {
  // Loaded only here: the usual run compiles nothing.
  const { transformSync } = require("esbuild");
  const options = { loader: "ts", format: "cjs", platform: "node", target: "node20", sourcefile: file };
  try {
    return transformSync(source, { ...options, sourcemap: "inline", sourcesContent: false, logLevel: "silent" }).code;
  } catch (error) {
    throw mistake(file, error);
  }
}

/** What esbuild found, as an error that Pulumi and Node.js show without a page of properties. */
function mistake(file, error) {
  const [found] = error.errors ?? [];
  if (found?.location == null) {
    return error;
  }
  const { line, column, lineText } = found.location;
  return new SyntaxError(`${file}:${line}:${column + 1}: ${found.text}\n${lineText}`);
}

function readKept(kept, key) {
  try {
    const text = readFileSync(kept, "utf8");
    return text.endsWith(key) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Where nothing can be written it works all the same. */
function keep(kept, text) {
  try {
    mkdirSync(join(project, ".lab"), { recursive: true, mode: 0o700 });
    mkdirSync(dirname(kept), { recursive: true });
    writeWhole(kept, text);
  } catch {
    // A read-only clone is compiled anew each time.
  }
  return text;
}

require.extensions[".ts"] = (module, file) => {
  module._compile(compile(file), file);
};

/** The source map of a TypeScript file; undefined for any other, and for one that is there no more. */
function sourceMapOf(file) {
  if (!file?.endsWith(".ts")) {
    return undefined;
  }
  try {
    const [, encoded] = compile(file).match(/^\/\/# sourceMappingURL=data:application\/json;base64,(.+)$/m);
    return JSON.parse(Buffer.from(encoded, "base64").toString());
  } catch {
    return undefined;
  }
}

module.exports = { compilerKey, sourceMapOf };
