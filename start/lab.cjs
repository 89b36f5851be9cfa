/** Where Node.js starts `lab`: with its bundle, or from the sources for those who ask where an error came from. */
const COMMANDS = /^[a-z]{1,10}$/;

async function main() {
  const { freshBundle, run } = require("./bundle.cjs");
  const isVerbose = process.argv.includes("--verbose");
  const bundle = isVerbose ? undefined : await freshBundle();
  if (bundle !== undefined) {
    const [command = ""] = process.argv.slice(2);
    run(bundle, COMMANDS.test(command) ? command : "other");
    return;
  }
  // Stack traces with our own lines; Node.js reads the source maps of all libraries for that.
  process.setSourceMapsEnabled(isVerbose);
  require("./typescript.cjs");
  require("../cli/main.ts");
}

void main();
