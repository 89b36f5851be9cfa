import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { temporaryFolder } from "./cli-support";

const REPOSITORY = resolve(__dirname, "../..");

/** A source that fails at line 6, column 9, and is shorter once its types are gone. */
export const FAILS = "type Long = {\n  a: 1;\n};\n\nexport function fail(): Long {\n  throw new TypeError('bad');\n}\n";

/** A project with our way to start, and the given files. */
export function project(files: Readonly<Record<string, string>>) {
  const folder = join(temporaryFolder(), "a project");
  cpSync(join(REPOSITORY, "start"), join(folder, "start"), { recursive: true });
  symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  /** Writes over a file, which keeps its times to the nanosecond. */
  const rewrite = (name: string, text: string) => {
    const [file, times] = [join(folder, name), join(temporaryFolder(), "times")];
    execFileSync("touch", ["-r", file, times]);
    write(name, text);
    execFileSync("touch", ["-r", times, file]);
  };
  for (const [name, text] of Object.entries({ "tsconfig.json": "{}", ...files })) {
    write(name, text);
  }
  const nodeWith = (environment: NodeJS.ProcessEnv, ...words: string[]) => {
    const env = { ...process.env, ...environment };
    const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: "utf8", env });
    return { stdout: stdout.trim(), stderr };
  };
  const node = (...words: string[]) => nodeWith({}, ...words);
  return { folder, write, rewrite, node, nodeWith };
}
