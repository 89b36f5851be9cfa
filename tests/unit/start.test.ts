import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FAILS, project } from "./start-support";

describe("a program's TypeScript", () => {
  const run = ["--require", "./start/program.cjs", "./main.ts"];

  test("is run, and run as it is now when it was changed", () => {
    const { rewrite, node } = project({
      "main.ts": 'import { name } from "./name";\nconsole.log("hello", name satisfies string);\n',
      "name.ts": 'export const name: string = "one";\n',
    });
    expect(node(...run).stdout).toBe("hello one");
    rewrite("name.ts", 'export const name: string = "two";\n');
    expect(node(...run).stdout).toBe("hello two");
  });

  test("is not compiled again, and anew when what was kept is damaged", () => {
    const { folder, node } = project({ "main.ts": "console.log(1 as number);\n" });
    const runWith = (compiled: string) => {
      rmSync(join(folder, ".lab", "modules"));
      writeFileSync(kept, compiled);
      return node(...run).stdout;
    };
    node(...run);
    const kept = join(folder, ".lab", "compiled", "main.ts.js");
    const text = readFileSync(kept, "utf8");
    expect(runWith(text.replace("console.log(1)", "console.log(2)"))).toBe("2");
    expect(runWith(text.slice(0, -10))).toBe("1");
  });

  test("runs where nothing can be kept", () => {
    const { write, node } = project({ "main.ts": "console.log(1 as number);\n" });
    write(".lab", "a file in the way");
    expect(node(...run)).toEqual({ stdout: "1", stderr: "" });
  });

  test("tells its own lines in stack traces, whatever the SDK installs after that", () => {
    const { node } = project({
      "main.ts": [
        "interface Dropped {}",
        'import { fail } from "./fail";',
        'require(require.resolve("source-map-support/register", { paths: [require.resolve("@pulumi/pulumi")] }));',
        "try { fail(); } catch (error) { console.log((error as Error).stack); }",
      ].join("\n"),
      "fail.ts": FAILS,
    });
    expect(node(...run).stdout).toMatch(/^TypeError: bad\n {4}at .*fail\.ts:6:9\)\n {4}at .*main\.ts:4:7\)\n/);
  });

  describe("and Pulumi's SDK in it", () => {
    // An engine that remembers what it is told, and a promise as the SDK makes them.
    const main = `import * as pulumi from "@pulumi/pulumi";
      const sdk = require("node:module").createRequire(require.resolve("@pulumi/pulumi/package.json"));
      const { Server, ServerCredentials } = sdk("@grpc/grpc-js");
      const told: string[] = [];
      const server = new Server();
      server.addService(sdk("./proto/engine_grpc_pb").EngineService, {
        log(call: any, done: any) {
          told.push(call.request.getMessage());
          done(null, new (sdk("google-protobuf/google/protobuf/empty_pb").Empty)());
        },
      });
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), async (_: unknown, port: number) => {
        sdk("./runtime/settings").resetOptions("project", "stack", 1, "127.0.0.1:" + port, "", false, "");
        const promise: any = Promise.resolve();
        await sdk("./runtime/debuggable").debuggablePromise(promise, "a context");
        await pulumi.log.debug("a step");
        await pulumi.log.info("news");
        const trace = String(new Error("bad").stack).includes("main.ts:");
        console.log(JSON.stringify({ context: promise._debugCtx, stack: promise._debugStackTrace, trace, told }));
        process.exit();
      });`;
    const runWith = (environment: NodeJS.ProcessEnv) =>
      JSON.parse(project({ "main.ts": main }).nodeWith(environment, ...run).stdout);

    test("keeps no stacks of promises, but for those who look for leaks; errors have theirs", () => {
      expect(runWith({})).toMatchObject({ trace: true, context: "a context", stack: "Error" });
      expect(runWith({ PULUMI_DEBUG_PROMISE_LEAKS: "1" }).stack).toMatch(/at .*debuggable\.js/);
    });

    test("tells no place in the program for a resource, which the state would keep", () => {
      const main = `import * as pulumi from "@pulumi/pulumi";
        console.log(JSON.stringify((pulumi.Resource as any).stackTrace(0)));`;
      expect(project({ "main.ts": main }).node(...run).stdout).toBe("[]");
    });

    test("turns V8's debugger on for a program that serializes a function, and for no other", () => {
      const main = `import * as pulumi from "@pulumi/pulumi";
        import * as inspector from "node:inspector";
        const sdk = require("node:module").createRequire(require.resolve("@pulumi/pulumi/package.json"));
        const { connect } = inspector.Session.prototype;
        let sessions = 0;
        inspector.Session.prototype.connect = function () { sessions += 1; return connect.call(this); };
        async function main() {
          await sdk("./runtime/closure/v8Hooks").isInitializedAsync();
          const before = sessions;
          const answer = 42;
          const { text } = await pulumi.runtime.serializeFunction(() => answer);
          await pulumi.runtime.serializeFunction(() => answer + 1);
          console.log(JSON.stringify({ before, after: sessions, holdsAnswer: text.includes("answer = 42") || text.includes("answer: 42") }));
          process.exit();
        }
        void main();`;
      const { stdout } = project({ "main.ts": main }).node(...run);
      expect(JSON.parse(stdout)).toEqual({ before: 0, after: 1, holdsAnswer: true });
    });

    test("has Pulumi's Automation API, which is loaded by who asks for it", () => {
      const main = `import * as pulumi from "@pulumi/pulumi";
        const isLoaded = () => Object.keys(require.cache).some((file) => file.endsWith("localWorkspace.js"));
        const before = isLoaded();
        console.log(JSON.stringify({ before, api: typeof pulumi.automation.LocalWorkspace.createStack, after: isLoaded() }));`;
      const { stdout } = project({ "main.ts": main }).node(...run);
      expect(JSON.parse(stdout)).toEqual({ before: false, api: "function", after: true });
    });

    test("tells the engine of its steps, but for lab, which does not show them", () => {
      expect(runWith({}).told).toEqual(["a step", "news"]);
      expect(runWith({ LAB_DEBUG_MESSAGES: "none" }).told).toEqual(["news"]);
    });
  });

  test("with a mistake in it is refused with the place", () => {
    const { node } = project({ "main.ts": "const a = ;\n" });
    expect(node(...run).stderr).toMatch(/SyntaxError: .*main\.ts:1:11: Unexpected ";"\nconst a = ;\n/);
  });
});

describe("a library put off", () => {
  const program = (main: string) => {
    const files = {
      "library.js":
        'console.log("loaded"); module.exports = { answer: 42, Class: class { who = "me"; }, twice: (n) => 2 * n };',
      "main.cjs": `const { loadLater } = require("./start/load-later.cjs");${main}`,
    };
    return project(files).node("main.cjs").stdout.split("\n");
  };

  test("is not loaded by those who only require it", () => {
    const use = 'const library = require("./library.js"); console.log(library.__esModule);';
    expect(program(`loadLater(require, "./library.js"); ${use}`)).toEqual(["true"]);
  });

  test.each([
    ["a member", "library.answer", "42"],
    ["whether there is a member", '"answer" in library', "true"],
    ["all members", "Object.keys(library).join()", "answer,Class,twice"],
    ["what an import by default gives", "library.default.answer", "42"],
  ])("is loaded by those who ask for %s", (_, use, answer) => {
    const main = `loadLater(require, "./library.js"); const library = require("./library.js"); console.log("before", String(${use}));`;
    expect(program(main)).toEqual(["loaded", `before ${answer}`]);
  });

  test("is loaded by those who use a named function, not by those who take it", () => {
    const main = `loadLater(require, "./library.js", ["Class", "twice"]);
      const { Class, twice } = require("./library.js");
      console.log("taken"); console.log(twice(4), new Class().who, new Class() instanceof Class);`;
    expect(program(main)).toEqual(["taken", "loaded", "8 me true"]);
  });

  test("that is not there is missed only where it is required", () => {
    const main = `loadLater(require, "./nothing.js"); try { require("./nothing.js") } catch (error) { console.log(error.code) }`;
    expect(program(main)).toEqual(["MODULE_NOT_FOUND"]);
  });
});

describe("lab", () => {
  const sources = {
    "cli/main.ts":
      'import { place } from "./deep/place";\nimport { name } from "./name";\n' +
      'console.log(name, "of", place, String(process.argv.slice(2)));\n',
    "cli/deep/place.ts": "export const place: string = __dirname;\n",
    "cli/name.ts": 'export const name: string = "one";\n',
  };
  const bundles = (folder: string) =>
    readdirSync(join(folder, ".lab", "bundle")).filter((file) => file.endsWith(".js"));

  test("is bundled once, in the place of its sources", () => {
    const { folder, node } = project(sources);
    const first = node("start/lab.cjs", "up", "--json").stdout;
    expect(first).toBe(`one of ${join(folder, "cli/deep")} up,--json`);
    const before = statSync(join(folder, ".lab", "bundle", bundles(folder)[0] ?? "")).ino;
    expect(node("start/lab.cjs", "up", "--json").stdout).toBe(first);
    expect(statSync(join(folder, ".lab", "bundle", bundles(folder)[0] ?? "")).ino).toBe(before);
    expect(readdirSync(join(folder, ".lab", "bundle")).filter((file) => file.endsWith("-up.v8"))).toHaveLength(1);
  });

  test.each<[string, (box: ReturnType<typeof project>) => void, string]>([
    [
      "was changed, with the old size and time",
      ({ rewrite }) => rewrite("cli/name.ts", 'export const name: string = "two";\n'),
      "two",
    ],
    [
      "has come that an import means from now on",
      ({ folder, write }) => {
        rmSync(join(folder, "cli/name.ts"));
        write("cli/name/index.ts", 'export const name = "a folder";\n');
      },
      "a folder",
    ],
    [
      "was replaced by an older one",
      ({ folder, write }) => {
        write("old/name.ts", 'export const name: string = "old";\n');
        utimesSync(join(folder, "old/name.ts"), 1, 1);
        renameSync(join(folder, "old/name.ts"), join(folder, "cli/name.ts"));
      },
      "old",
    ],
    ["is damaged in the bundle", ({ folder }) => truncateBundle(folder), "one"],
  ])("is bundled anew when a file %s", (_, change, name) => {
    const box = project(sources);
    expect(box.node("start/lab.cjs").stdout).toMatch(/^one /);
    change(box);
    expect(box.node("start/lab.cjs").stdout).toMatch(new RegExp(`^${name} `));
  });

  test("sees a file that comes before the one that it was made from", () => {
    const box = project({ ...sources, "cli/name.ts": "", "cli/name/index.ts": 'export const name = "a folder";\n' });
    rmSync(join(box.folder, "cli/name.ts"));
    expect(box.node("start/lab.cjs").stdout).toMatch(/^a folder /);
    box.write("cli/name.ts", 'export const name = "a file";\n');
    expect(box.node("start/lab.cjs").stdout).toMatch(/^a file /);
  });

  test("tells the place of a mistake in its sources", () => {
    const { node, write } = project(sources);
    write("cli/name.ts", "const a = ;\n");
    expect(node("start/lab.cjs").stderr).toMatch(/SyntaxError: .*name\.ts:1:11: Unexpected ";"\nconst a = ;\n/);
  });

  test("runs from its sources, with their lines, when asked where an error came from", () => {
    const { node } = project({ "cli/main.ts": "interface Dropped {}\n\nthrow new Error('bad');\n" });
    expect(node("start/lab.cjs", "--verbose").stderr).toMatch(/Error: bad\n {4}at .*main\.ts:3:7/);
  });

  test("runs where nothing can be kept", () => {
    const { node, write } = project(sources);
    write(".lab", "a file in the way");
    expect(node("start/lab.cjs").stdout).toMatch(/^one /);
  });

  test("may be started twice at once", () => {
    const { folder } = project(sources);
    const both = `'${process.execPath}' start/lab.cjs up & '${process.execPath}' start/lab.cjs up; wait`;
    const lines = execFileSync("bash", ["-c", both], { cwd: folder, encoding: "utf8" }).trim().split("\n");
    expect(lines).toEqual([`one of ${join(folder, "cli/deep")} up`, `one of ${join(folder, "cli/deep")} up`]);
  });
});

function truncateBundle(folder: string): void {
  const bundle = join(folder, ".lab", "bundle");
  for (const file of readdirSync(bundle).filter((name) => name.endsWith(".js"))) {
    rmSync(join(bundle, file));
  }
}
