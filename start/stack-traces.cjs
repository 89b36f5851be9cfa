/** Stack traces with the lines of our sources, where what runs was compiled by ./typescript.cjs. */
const { SourceMap } = require("node:module");
const { sourceMapOf } = require("./typescript.cjs");

/** Decoded source maps by file; null for a file that has none. */
const maps = new Map();

function mapOf(file) {
  if (!maps.has(file)) {
    const map = sourceMapOf(file);
    maps.set(file, map === undefined ? null : new SourceMap(map));
  }
  return maps.get(file);
}

/** One line of a stack trace. */
function describe(frame) {
  const text = String(frame);
  const file = frame.getFileName();
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
  const origin = mapOf(file)?.findEntry(line - 1, column - 1);
  return origin?.originalLine === undefined
    ? text
    : text.replace(`${file}:${line}:${column}`, `${file}:${origin.originalLine + 1}:${origin.originalColumn + 1}`);
}

/** What V8 asks for the text of an error's stack. */
function stackTrace(error, frames) {
  return [Error.prototype.toString.call(error), ...frames.map(describe)].join("\n    at ");
}

module.exports = { stackTrace };
