/**
 * What Node.js loads before Pulumi runs the program (Pulumi.yaml names it): our TypeScript, with stack traces that tell
 * its lines, and an SDK that puts off what this program never needs.
 */
const { createRequire } = require("node:module");
const { compiled } = require("./typescript.cjs");
const { loadLater } = require("./load-later.cjs");

const sdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));

// Pulumi's SDK needs both to serialize functions of the program, as for a Lambda. Together they are 0.4 s of its 0.55.
loadLater(sdk, "typescript");
loadLater(sdk, "@npmcli/arborist");

// The SDK explains stack traces with this very library, which cannot know what we compiled.
sdk("source-map-support").install({ retrieveFile: (file) => compiled.get(file) ?? null });
