import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "./cli/support";

const REPOSITORY = resolve(__dirname, "../..");

/** What `./lab` compares with its bundle. */
const FOLDERS = [
  "adapters",
  "airgap",
  "cli",
  "cloud-init",
  "components",
  "config",
  "core",
  "lesson",
  "portal",
  "scripts",
];
const FILES = ["lab.lock.json", "package.json", "package-lock.json", "tsconfig.json"];

/** A project that is started and built as ours is, with its own sources and packages. */
function project(sources: Readonly<Record<string, string>>) {
  const folder = join(temporaryFolder(), "a project");
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  for (const name of FOLDERS) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const own = Object.fromEntries(FILES.map((name) => [name, "{}"]));
  for (const [name, text] of Object.entries({ ...own, "node_modules/.lab-package-lock.json": "{}", ...sources })) {
    write(name, text);
  }
  for (const name of readdirSync(join(REPOSITORY, "node_modules")).filter((name) => /^@?esbuild$/.test(name))) {
    symlinkSync(join(REPOSITORY, "node_modules", name), join(folder, "node_modules", name));
  }
  for (const name of ["lab", "program.cjs", "scripts/build.mjs", "scripts/bundle.mjs"]) {
    copyFileSync(join(REPOSITORY, name), join(folder, name));
  }
  const run = (command: string, ...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(command, words, { cwd: folder, encoding: "utf8" });
    return { status, stdout: stdout.trim(), stderr };
  };
  return {
    folder,
    write,
    run,
    lab: (...words: string[]) => run("./lab", ...words),
    bundle: () => statSync(join(folder, ".lab/bundle/lab.cjs")).ino,
  };
}

const SOURCES = {
  "cli/main.ts":
    'import { folder } from "./deep/folder";\nimport { name } from "./name";\n' +
    'console.log(name, "in", folder, String(process.argv.slice(2)));\n',
  "cli/deep/folder.ts": "export const folder: string = __dirname;\n",
  "cli/name.ts": 'export const name: string = "one";\n',
};

/** Writes over a file, which keeps its size and, to the nanosecond, its modification time. */
function rewrite(file: string, text: string): void {
  const times = join(temporaryFolder(), "times");
  execFileSync("touch", ["-r", file, times]);
  writeFileSync(file, text);
  execFileSync("touch", ["-r", times, file]);
}

describe("lab", () => {
  test("is built once; its sources know their own folders", () => {
    const { folder, lab, bundle } = project(SOURCES);
    const first = lab("up", "--json");
    expect(first).toEqual({ status: 0, stdout: `one in ${join(folder, "cli/deep")} up,--json`, stderr: "" });
    const before = bundle();
    expect(lab("up", "--json")).toEqual(first);
    expect(bundle()).toBe(before);
  });

  test.each<[string, (box: ReturnType<typeof project>) => void, string]>([
    ["changes", ({ write }) => write("cli/name.ts", 'export const name = "another";\n'), "another"],
    [
      "changes and keeps its size and time",
      ({ folder }) => rewrite(join(folder, "cli/name.ts"), 'export const name: string = "two";\n'),
      "two",
    ],
    [
      "is replaced by an older one",
      ({ folder, write }) => {
        write("old/name.ts", 'export const name: string = "old";\n');
        utimesSync(join(folder, "old/name.ts"), 1, 1);
        renameSync(join(folder, "old/name.ts"), join(folder, "cli/name.ts"));
      },
      "old",
    ],
    [
      "is removed, so that an import means an older one",
      ({ folder }) => rmSync(join(folder, "cli/name.ts")),
      "a folder",
    ],
  ])("is built again when a file %s", (_, change, name) => {
    const box = project({ ...SOURCES, "cli/name/index.ts": 'export const name = "a folder";\n' });
    expect(box.lab().stdout).toMatch(/^one /);
    change(box);
    expect(box.lab().stdout).toMatch(new RegExp(`^${name} in `));
  });

  test("is built again when the packages change", () => {
    const { write, lab, bundle } = project(SOURCES);
    lab();
    const before = bundle();
    write("package.json", '{ "name": "changed" }');
    lab();
    expect(bundle()).not.toBe(before);
  });

  test("is built again in a copy of the project, and works where the project was moved", () => {
    const { folder, lab } = project(SOURCES);
    lab();
    const [copy, moved] = [join(folder, "../a copy"), join(folder, "../moved")];
    cpSync(folder, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    writeFileSync(join(copy, "cli/name.ts"), 'export const name = "a copy";\n');
    const start = (directory: string) => spawnSync(join(directory, "lab"), { encoding: "utf8" }).stdout.trim();
    expect(start(copy)).toBe(`a copy in ${join(copy, "cli/deep")}`);
    renameSync(folder, moved);
    expect(start(moved)).toBe(`one in ${join(moved, "cli/deep")}`);
  });

  test("with a mistake in its sources ends with its file and line, and is not run", () => {
    const { lab, write } = project(SOURCES);
    expect(lab().stdout).toMatch(/^one /);
    write("cli/name.ts", "const a = ;\n");
    const { status, stdout, stderr } = lab();
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain('cli/name.ts:1:10: ERROR: Unexpected ";"');
    expect(stderr).toContain("The build of lab failed");
  });

  test("gives stack traces with the lines of its sources with --verbose", () => {
    const { folder, lab } = project({ "cli/main.ts": "interface Dropped {}\n\nthrow new Error('bad');\n" });
    expect(lab("status", "--verbose").stderr).toContain(`${join(folder, "cli/main.ts")}:3:7`);
  });

  test("may be started twice at once", () => {
    const { folder, run } = project(SOURCES);
    const line = `one in ${join(folder, "cli/deep")} up`;
    expect(run("bash", "-c", "./lab up & ./lab up; wait").stdout.split("\n")).toEqual([line, line]);
    expect(readdirSync(join(folder, ".lab/bundle")).sort()).toEqual(["lab.cjs", "lab.cjs.map"]);
  });

  test("is compared with every folder and file that this project's bundle is made from", () => {
    execFileSync(process.execPath, [join(REPOSITORY, "scripts/build.mjs")]);
    const map = readFileSync(join(REPOSITORY, ".lab/bundle/lab.cjs.map"), "utf8");
    const { sources } = JSON.parse(map) as { sources: string[] };
    const roots = new Set(sources.map((path) => path.replace("../../", "").replace(/\/.*/, "")));
    expect([...roots].filter((name) => ![...FOLDERS, ...FILES].includes(name))).toEqual([]);
    const lab = readFileSync(join(REPOSITORY, "lab"), "utf8");
    expect(lab).toContain(`sources=(${FOLDERS.join(" ")})\nsources+=(${FILES.join(" ")})\n`);
  });
});

/** Loads the program as Pulumi does, and prints what it gives. */
const RUN_PROGRAM = 'require("./program.cjs")().then((outputs) => console.log(JSON.stringify(outputs)))';

describe("the Pulumi program", () => {
  const program = {
    "index.ts":
      'import { name } from "./components/name";\nexport = async () => ({ name: name satisfies string, folder: __dirname });\n',
    "components/name.ts": 'export const name: string = "one";\n',
  };
  const outputs = ({ run }: ReturnType<typeof project>) => JSON.parse(run("node", "-e", RUN_PROGRAM).stdout);

  test("is run as its sources are, every time", () => {
    const box = project(program);
    expect(outputs(box)).toEqual({ name: "one", folder: box.folder });
    rewrite(join(box.folder, "components/name.ts"), 'export const name: string = "two";\n');
    expect(outputs(box).name).toBe("two");
  });

  test("may use packages of which there are ES modules alone", () => {
    const box = project({
      ...program,
      "components/name.ts": 'import greet, { word } from "only-esm";\nexport const name = greet() + word;\n',
      "node_modules/only-esm/package.json": '{ "type": "module", "exports": "./index.js" }',
      "node_modules/only-esm/index.js":
        'import { basename } from "node:path";\nexport default () => basename(import.meta.url);\nexport const word = " greets";\n',
    });
    expect(outputs(box).name).toBe("index.js greets");
  });

  test("with a mistake in it is refused with file and line", () => {
    const box = project({ ...program, "components/name.ts": "const a = ;\n" });
    expect(box.run("node", "-e", RUN_PROGRAM).stderr).toContain('components/name.ts:1:10: ERROR: Unexpected ";"');
  });
});
