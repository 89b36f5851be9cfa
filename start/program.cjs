/**
 * What Node.js loads before Pulumi runs the program (Pulumi.yaml names it): our TypeScript, with stack traces that tell
 * its lines, and an SDK that puts off what this program never needs.
 */
const { createRequire } = require("node:module");
const { retrieveSourceMap } = require("./typescript.cjs");
const { loadLater } = require("./load-later.cjs");

const sdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));

// Pulumi's SDK needs both to serialize functions of the program, as for a Lambda. Together they are 0.4 s of its 0.55.
loadLater(sdk, "typescript");
loadLater(sdk, "@npmcli/arborist");

// The SDK explains every stack trace with this library, and it takes one for each promise. Without this, most of the
// program's time would go into the source maps of the SDK's own files, whose sources are not even there.
sdk("source-map-support").install({ overrideRetrieveSourceMap: true, retrieveSourceMap });
