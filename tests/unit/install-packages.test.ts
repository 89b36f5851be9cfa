import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { execaSync } from "execa";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "./cli/support";

const REPOSITORY = resolve(__dirname, "../..");

/** Notes its arguments; installs what npm would: TypeScript always, since Pulumi's SDK names it as an optional peer. */
const NPM = `#!/usr/bin/env bash
echo "$*" >> npm-calls
rm -rf node_modules
mkdir -p node_modules/typescript node_modules/.bin
ln -s ../typescript/bin/tsc node_modules/.bin/tsc
case $* in
  *--omit=dev*) ;;
  *) mkdir node_modules/vitest ;;
esac
`;

/** A clone in which nothing is installed, with the file `lab` of this one and doubles of npm and Node.js. */
function clone() {
  const folder = temporaryFolder();
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  copyFileSync(join(REPOSITORY, "lab"), join(folder, "lab"));
  write("package-lock.json", "{}");
  write("bin/npm", NPM);
  write("bin/node", '#!/usr/bin/env bash\nif [ "$1" = --version ]; then echo v20.19.0; fi\n');
  for (const program of ["bin/npm", "bin/node"]) {
    chmodSync(join(folder, program), 0o755);
  }
  const npmCalls = () => {
    const file = join(folder, "npm-calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  };
  return {
    write,
    has: (name: string) => existsSync(join(folder, "node_modules", name)),
    /** Runs `./lab WORDS`; what npm was called with meanwhile, and what was said of it. */
    lab: (...words: string[]) => {
      const before = npmCalls().length;
      const path = `${join(folder, "bin")}:${process.env["PATH"]}`;
      const { stderr } = execaSync(join(folder, "lab"), words, { cwd: folder, env: { PATH: path } });
      return { npm: npmCalls().slice(before), said: stderr.split("\n").filter((line) => line.startsWith("lab: inst")) };
    },
  };
}

const QUIET = "--no-progress --loglevel=error";
const INSTALL = { npm: [`ci --omit=dev ${QUIET}`], said: ["lab: installing npm packages (once, about 290 MB)"] };
const INSTALL_ALL = {
  npm: [`ci ${QUIET}`],
  said: ["lab: installing npm packages (once, about 460 MB with the development tools)"],
};
const NOTHING = { npm: [], said: [] };

describe("./lab in a fresh clone", () => {
  test("installs once, without the development tools and without TypeScript", () => {
    const fresh = clone();
    expect(fresh.lab("up")).toEqual(INSTALL);
    expect(["vitest", "typescript"].filter(fresh.has)).toEqual([]);
    expect(fresh.lab("ssh", "seat01", "test", "-e", "file")).toEqual(NOTHING);
  });

  test("installs the development tools for `lab test`, and keeps them, also when the lock file changes", () => {
    const fresh = clone();
    fresh.lab("up");
    expect(fresh.lab("test", "--all")).toEqual(INSTALL_ALL);
    expect(["vitest", "typescript"].filter(fresh.has)).toEqual(["vitest", "typescript"]);
    expect(fresh.lab("up")).toEqual(NOTHING);
    fresh.write("package-lock.json", '{ "name": "other" }');
    expect(fresh.lab("up")).toEqual(INSTALL_ALL);
  });
});

test("npm installs each package of OpenTelemetry once: package.json pins them to the versions that Pulumi's exporter has", () => {
  const { packages } = JSON.parse(readFileSync(join(REPOSITORY, "package-lock.json"), "utf8")) as { packages: object };
  const names = Object.keys(packages).flatMap((path) => path.match(/@opentelemetry\/[^/]+$/) ?? []);
  expect(names).toContain("@opentelemetry/core");
  expect(names).toEqual([...new Set(names)]);
});
