/**
 * What Node.js loads before Pulumi runs the program (Pulumi.yaml names it): our TypeScript, with stack traces that tell
 * its lines, and libraries that put off what the program does not use. docs/adr/0010 has the figures.
 */
const { createRequire } = require("node:module");
require("./typescript.cjs");
require("./kept-modules.cjs").keepModules();
const { leaveOutDebugMessages, leaveOutPlaces, leavePromisesWithoutStacks } = require("./lean-sdk.cjs");
const { loadLater } = require("./load-later.cjs");
const { stackTrace } = require("./stack-traces.cjs");

const sdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));
const dockerode = createRequire(require.resolve("dockerode"));
const zod = createRequire(require.resolve("zod"));

// Pulumi's SDK needs these to serialize functions of a program, as for a Lambda: ours has none.
loadLater(sdk, "typescript");
loadLater(sdk, "@npmcli/arborist");
loadLater(sdk, "normalize-package-data");

// This one turns V8's debugger on in every program, to be ready for that, and with it on everything takes longer. A program
// that does serialize a function has it turned on then.
loadLater(sdk, "./runtime/closure/v8Hooks", ["getSessionAsync", "getScriptUrl"], {
  isInitializedAsync: async () => undefined,
});

// Pulumi as a library, for programs that start it.
loadLater(sdk, "./automation");

// And these when the engine asks for traces.
loadLater(sdk, "@opentelemetry/resources", ["defaultResource", "resourceFromAttributes"]);
loadLater(sdk, "@opentelemetry/sdk-trace-base", ["SimpleSpanProcessor"]);
loadLater(sdk, "@opentelemetry/exporter-zipkin", ["ZipkinExporter"]);
loadLater(sdk, "@opentelemetry/instrumentation-grpc", ["GrpcInstrumentation"]);
loadLater(sdk, "@opentelemetry/sdk-trace-node", ["NodeTracerProvider"]);
loadLater(sdk, "@opentelemetry/instrumentation", ["registerInstrumentations"]);

// For Docker Engines behind SSH, and for logins to registries.
loadLater(dockerode, "docker-modem/lib/ssh");
loadLater(dockerode, "./session");

// Error messages in fifty languages.
loadLater(zod, "./v4/locales/index.cjs");

// The SDK has this library look up the source maps of all files in a stack trace. What is set after the library was
// installed is left alone by it.
sdk("source-map-support").install();
Error.prepareStackTrace = stackTrace;

leavePromisesWithoutStacks(sdk("./runtime/debuggable"));
leaveOutDebugMessages(sdk("./log"));
leaveOutPlaces(sdk("./index").Resource);
