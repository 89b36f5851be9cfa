import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FAILS, project } from "./start-support";

const RUN = ["--require", "./start/program.cjs", "./main.ts"];

type Project = ReturnType<typeof project>;

/** Says which modules Node.js itself read and compiled, told by a hook that comes before ours. */
const WATCH = `const fs = require("node:fs");
  const { readFileSync } = fs;
  const read = [];
  fs.readFileSync = (file, ...rest) => { read.push(String(file)); return readFileSync(file, ...rest); };
  process.on("exit", () => {
    const own = read.filter((file) => file.startsWith(process.cwd()) && /\\.(ts|js)$/.test(file) && !file.includes("/start/"));
    process.stderr.write(own.map((file) => file.slice(process.cwd().length + 1)).join(" "));
  });`;

const SOURCES = {
  "main.ts": 'import { name } from "./parts/name";\nconsole.log("hello", name satisfies string);\n',
  "parts/name.ts": 'export const name: string = "one";\n',
};

const keptFile = ({ folder }: Project) => join(folder, ".lab", "modules");

/** A project's own folder of packages, in which a test can install some: those of this repository are led to. */
function ownPackages(folder: string): void {
  const [packages, ours] = [join(folder, "node_modules"), realpathSync(join(folder, "node_modules"))];
  rmSync(packages);
  mkdirSync(packages);
  for (const name of readdirSync(ours).filter((name) => name !== ".package-lock.json")) {
    symlinkSync(join(ours, name), join(packages, name));
  }
}

/** A project that has run: its modules are kept. */
function keptProject(files: Readonly<Record<string, string>> = SOURCES): Project {
  const box = project(files);
  box.node(...RUN);
  expect(existsSync(keptFile(box))).toBe(true);
  return box;
}

describe("the program's modules, kept in one file", () => {
  test("are taken from there, and the file is left as it is", () => {
    const box = keptProject({ ...SOURCES, "watch.cjs": WATCH });
    const before = statSync(keptFile(box)).ino;
    expect(box.node("--require", "./watch.cjs", ...RUN)).toEqual({ stdout: "hello one", stderr: "" });
    expect(statSync(keptFile(box)).ino).toBe(before);
    rmSync(keptFile(box));
    expect(box.node("--require", "./watch.cjs", ...RUN).stderr).toContain("parts/name.ts");
  });

  test.each<[string, (box: Project) => void, string]>([
    [
      "was changed, with the old size and time",
      ({ rewrite }) => rewrite("parts/name.ts", 'export const name: string = "two";\n'),
      "two",
    ],
    [
      "has come that is now what is meant",
      ({ write }) => write("parts/name.js", 'exports.name = "a nearer one";\n'),
      "a nearer one",
    ],
    [
      "is gone for another of its name",
      ({ folder, write }) => {
        rmSync(join(folder, "parts/name.ts"));
        write("parts/name/index.ts", 'export const name = "a folder";\n');
      },
      "a folder",
    ],
  ])("are loaded anew when a file %s", (_, change, name) => {
    const box = keptProject();
    change(box);
    expect(box.node(...RUN).stdout).toBe(`hello ${name}`);
    expect(box.node(...RUN).stdout).toBe(`hello ${name}`);
  });

  test("are loaded anew when a file was changed while the program ran", () => {
    const main = `import { name } from "./parts/name";
      console.log("hello", name);
      if (name === "one") require("node:fs").writeFileSync("parts/name.ts", 'export const name = "six";');`;
    const box = keptProject({ ...SOURCES, "main.ts": main });
    expect(box.node(...RUN).stdout).toBe("hello six");
  });

  test("are loaded anew when npm has changed the packages", () => {
    const box = project({ "main.ts": 'console.log(require("above").name);\n' });
    ownPackages(box.folder);
    box.write("node_modules/above/index.js", 'exports.name = require("below").name;');
    const install = (place: string, name: string) => {
      box.write(`${place}/below/index.js`, `exports.name = "${name}";`);
      box.write("node_modules/.package-lock.json", name);
    };
    install("node_modules", "beside it");
    expect([box.node(...RUN).stdout, box.node(...RUN).stdout]).toEqual(["beside it", "beside it"]);
    install("node_modules/above/node_modules", "its own");
    expect(box.node(...RUN).stdout).toBe("its own");
  });

  test("are those of a copy where the project was copied", () => {
    const box = keptProject({ ...SOURCES, "parts/name.ts": "export const name = __dirname;\n" });
    cpSync(box.folder, join(box.folder, "../a copy"), { recursive: true, verbatimSymlinks: true });
    const inCopy = ["--require", "../a copy/start/program.cjs", "../a copy/main.ts"];
    expect(box.node(...inCopy).stdout).toBe(`hello ${join(box.folder, "../a copy/parts")}`);
    expect(box.node(...RUN).stdout).toBe(`hello ${join(box.folder, "parts")}`);
  });

  test.each([
    ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ["no such file at all", () => Buffer.from("what is this?")],
    ["empty", () => Buffer.alloc(0)],
  ])("are loaded one by one when their file is %s, and kept anew", (_, damage) => {
    const box = keptProject();
    const whole = readFileSync(keptFile(box));
    writeFileSync(keptFile(box), damage(whole));
    expect(box.node(...RUN)).toEqual({ stdout: "hello one", stderr: "" });
    expect(readFileSync(keptFile(box)).length).toBeGreaterThan(whole.length / 2);
  });

  test("get more with what another run loads, and lose none; what was not called yet is there, too", () => {
    const main = 'console.log(require(process.env["LAB_WHICH"] === "b" ? "./parts/b" : "./parts/a").name);\n';
    const late = 'const late = () => "b – ü";\nexports.name = process.env["LAB_LATE"] ? late() : "b";\n';
    const parts = { "parts/a.ts": 'export const name = "a";\n', "parts/b.js": late };
    const box = keptProject({ "main.ts": main, ...parts, "watch.cjs": WATCH });
    expect(box.nodeWith({ LAB_WHICH: "b" }, ...RUN).stdout).toBe("b");
    const watched = (environment: NodeJS.ProcessEnv) => box.nodeWith(environment, "--require", "./watch.cjs", ...RUN);
    expect(watched({ LAB_WHICH: "b", LAB_LATE: "1" })).toEqual({ stdout: "b – ü", stderr: "" });
    expect(watched({ LAB_WHICH: "a" })).toEqual({ stdout: "a", stderr: "" });
  });

  test("behave as Node.js has them: circles, main, paths, lines, what is not a script, and import()", () => {
    const box = keptProject({
      "main.ts": `#!/usr/bin/env node
        import { fail } from "./parts/fail";
        import * as circle from "./parts/circle";
        import data from "./parts/data.json";
        import { imported } from "./parts/imported";
        void imported().then((found) => {
          const own = [require.resolve("./parts/fail"), __filename].map((file) => file.slice(process.cwd().length));
          const isItself = require.main === module && require.cache[__filename] === module;
          console.log([found, circle.whole(), data.answer, ...own, isItself, this === exports].join());
          try { fail(); } catch (error) { console.log((error as Error).stack); }
        });`,
      "parts/imported.ts": `export async function imported() {
        const later = (0, eval)("(name) => import(name)");
        return [typeof (await import("node:path")).join, typeof (await later("node:os")).cpus].join();
      }`,
      "parts/circle.ts":
        'import * as other from "./other";\nexport const name = "circle";\nexport const whole = () => other.name() + name;\n',
      "parts/other.ts":
        'import * as circle from "./circle";\nexport const name = () => "other " + circle.name + " ";\n',
      "parts/data.json": '{ "answer": 42 }',
      "parts/fail.ts": FAILS,
    });
    const { stdout, stderr } = box.node(...RUN);
    const [facts, message, first] = stdout.split("\n");
    expect(stderr).toBe("");
    expect(facts).toBe("function,function,other circle circle,42,/parts/fail.ts,/main.ts,true,true");
    expect([message, first]).toEqual(["TypeError: bad", expect.stringMatching(/parts\/fail\.ts:6:9\)$/)]);
  });

  test("say what is missing as ever", () => {
    const box = keptProject({
      "main.ts": 'try { require("./nothing"); } catch (error) { console.log((error as any).code); }\n',
    });
    expect(box.node(...RUN).stdout).toBe("MODULE_NOT_FOUND");
    box.write("nothing.ts", "console.log('there now');\n");
    expect(box.node(...RUN).stdout).toBe("there now");
  });

  test("are left to Node.js for a debugger", () => {
    const box = project(SOURCES);
    expect(box.node("--inspect=0", ...RUN).stdout).toBe("hello one");
    expect(existsSync(keptFile(box))).toBe(false);
  });
});
