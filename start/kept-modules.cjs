/**
 * The program's modules in one file: where each `require` led, each source, and V8's compiled code of it. With it Node.js
 * looks for none of 500 files, reads none and compiles none, which takes most of the time that loading them does; they run
 * one by one and in their own places, as ever. A stamp of every file tells when one was changed; all are kept anew then.
 */
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const { dirname, join, sep } = require("node:path");
const vm = require("node:vm");
const { stampOf } = require("./stamps.cjs");
const { compilerKey } = require("./typescript.cjs");
const { writeWhole } = require("./write-whole.cjs");

const project = dirname(__dirname);
const place = join(project, ".lab", "modules");
/** Written by npm with every change of the packages: a new one may be what a `require` means from now on. */
const packages = join(project, "node_modules", ".package-lock.json");

/** What, apart from the files, decides what is loaded and how V8 compiles it. */
const maker = createHash("sha256")
  .update(JSON.stringify([process.version, process.arch, process.env.NODE_PATH ?? "", compilerKey]))
  .update(fs.readFileSync(__filename))
  .digest("hex");

/** Code that V8 takes from a cache has no import(): only Node.js's own loader gives it one. */
const IMPORTS = /\bimport\s*\(/;

/** Has modules come from the file where it has them, and keeps those that it lacks when the program ends. */
function keepModules() {
  // A debugger wants to see Node.js load them.
  if (process.execArgv.some((word) => word.startsWith("--inspect"))) {
    return;
  }
  const kept = openKept() ?? { stamps: {}, resolutions: {}, modules: {} };
  const news = { stamps: {}, resolutions: [], scripts: new Map() };
  // As they are before they are read: a run takes minutes, in which they may change.
  const note = (file) => {
    for (const path of [file, ...(isOurs(file) ? [dirname(file)] : [])]) {
      news.stamps[path] ??= kept.stamps[path] ?? stampOf(path);
    }
  };
  if (fs.existsSync(packages)) {
    note(packages);
  }
  resolveFrom(kept, news, note);
  loadFrom(kept, news, note);
  process.once("exit", () => {
    if (news.resolutions.length > 0 || news.scripts.size > 0) {
      keep(kept, news);
    }
  });
}

/** Then its folder counts, too: a file that comes new may be the one that a `require` means from now on. */
function isOurs(file) {
  const folder = dirname(file);
  return folder.startsWith(project + sep) && !`${folder}${sep}`.includes(`${sep}node_modules${sep}`);
}

function resolveFrom({ resolutions }, news, note) {
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function (request, parent, isMain, options) {
    const from = options === undefined && !isMain ? parent?.filename : undefined;
    const known = from && resolutions[from]?.[request];
    if (known !== undefined) {
      return known;
    }
    const file = Reflect.apply(resolve, this, [request, parent, isMain, options]);
    if (from && file.startsWith(sep)) {
      note(file);
      news.resolutions.push([from, request, file]);
    }
    return file;
  };
}

function loadFrom(kept, news, note) {
  const compile = (file, source, cachedData) => {
    const script = new vm.Script(source, { filename: file, columnOffset: -Module.wrapper[0].length, cachedData });
    if (cachedData === undefined || script.cachedDataRejected) {
      news.scripts.set(file, { source, script });
    }
    return script;
  };
  for (const extension of [".js", ".ts"]) {
    const load = Module._extensions[extension];
    Module._extensions[extension] = (module, file) => {
      const found = kept.modules[file];
      if (found === undefined) {
        note(file);
        load(module, file);
      } else {
        const source = partOf(kept, found.source).toString(found.encoding);
        run(module, file, compile(file, source, partOf(kept, found.code)));
      }
    };
  }
  const compileByNode = Module.prototype._compile;
  Module.prototype._compile = function (content, file) {
    return IMPORTS.test(content)
      ? Reflect.apply(compileByNode, this, [content, file])
      : run(this, file, compile(file, Module.wrap(content.replace(/^#!/, "//")), undefined));
  };
}

function run(module, file, script) {
  const values = [module.exports, Module.createRequire(file), module, file, dirname(file)];
  return Reflect.apply(script.runInThisContext(), module.exports, values);
}

/** What was kept, when all files are as they were; else undefined. The file stays open: whole in memory it would cost 10 MB. */
function openKept() {
  try {
    const handle = fs.openSync(place);
    const size = readAt(handle, 0, 4).readUInt32LE(0);
    const header = JSON.parse(readAt(handle, 4, size).toString());
    const isFresh =
      header.maker === maker &&
      fs.fstatSync(handle).size === 4 + size + header.length &&
      Object.entries(header.stamps).every(([path, stamp]) => stampOf(path) === stamp);
    return isFresh ? { ...header, handle, start: 4 + size } : undefined;
  } catch {
    return undefined;
  }
}

/** A source, or V8's code. */
function partOf({ handle, start }, [from, to]) {
  return readAt(handle, start + from, to - from);
}

function readAt(handle, position, length) {
  const bytes = Buffer.allocUnsafeSlow(length);
  if (fs.readSync(handle, bytes, 0, length, position) !== length) {
    throw new Error(`${place} is cut short`);
  }
  return bytes;
}

/** Where nothing can be written it works all the same. */
function keep(kept, news) {
  try {
    const { modules, parts, length } = allModules(kept, news);
    const resolutions = { ...kept.resolutions };
    for (const [from, request, file] of news.resolutions) {
      resolutions[from] = { ...resolutions[from], [request]: file };
    }
    const stamps = { ...kept.stamps, ...news.stamps };
    const header = Buffer.from(JSON.stringify({ maker, length, stamps, resolutions, modules }));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(header.length);
    // Its folder is there: the first source that was compiled made it.
    writeWhole(place, Buffer.concat([size, header, ...parts]));
  } catch {
    // A read-only clone loads its modules one by one each time.
  }
}

/** Those of before and the new ones, each with where its parts are. */
function allModules(kept, news) {
  const [modules, parts] = [{}, []];
  let length = 0;
  const add = (part) => {
    parts.push(part);
    length += part.length;
    return [length - part.length, length];
  };
  for (const [file, { encoding, source, code }] of Object.entries(kept.modules)) {
    if (!news.scripts.has(file)) {
      modules[file] = { encoding, source: add(partOf(kept, source)), code: add(partOf(kept, code)) };
    }
  }
  for (const [file, { source, script }] of news.scripts) {
    // Latin letters alone are read faster.
    const encoding = /[^\0-\xff]/.test(source) ? "utf8" : "latin1";
    modules[file] = { encoding, source: add(Buffer.from(source, encoding)), code: add(script.createCachedData()) };
  }
  return { modules, parts, length };
}

module.exports = { keepModules };
