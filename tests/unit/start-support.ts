import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { temporaryFolder } from "./cli-support";

const REPOSITORY = resolve(__dirname, "../..");

/** A project with our way to start, and the given files. */
export function project(files: Readonly<Record<string, string>>) {
  const folder = join(temporaryFolder(), "a project");
  cpSync(join(REPOSITORY, "start"), join(folder, "start"), { recursive: true });
  symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
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
  return { folder, write, node, nodeWith };
}
