/**
 * What Pulumi runs: the program of index.ts, bundled from its sources at every start. So it is never older than they are,
 * under `lab` and under plain `pulumi`.
 */
module.exports = async () => {
  const { bundle } = await import("./scripts/bundle.mjs");
  const program = require(await bundle("index.ts", "program.cjs"));
  return program();
};
