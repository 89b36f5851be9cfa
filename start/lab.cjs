/** What Node.js loads before cli/main.ts: our TypeScript and, for those who ask where an error came from, its lines. */
if (process.argv.includes("--verbose")) {
  // Not always: Node.js would read the source maps of all libraries too, at every start.
  process.setSourceMapsEnabled(true);
}
require("./typescript.cjs");
