import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../cli/support";

/** A folder to run a node's script in: `bin` with programs of the test's own making comes first on PATH. */
export class ScriptRoom {
  readonly folder = temporaryFolder();

  constructor() {
    mkdirSync(join(this.folder, "bin"));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  /** The text of a file, empty when there is none. */
  read(name: string): string {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), "utf8") : "";
  }

  /** Puts a program on PATH. Each of its calls is a line in `<name>.calls`. */
  program(name: string, body: string): void {
    const text = `#!/bin/bash\necho "$*" >> '${this.path(`${name}.calls`)}'\n${body}\n`;
    writeFileSync(this.path(join("bin", name)), text, { mode: 0o755 });
  }

  /** Runs a script's text as a node does, by `bash -s`. */
  run(script: string, variables: Readonly<Record<string, string>>) {
    const environment = { PATH: `${this.path("bin")}:${process.env["PATH"]}`, HOME: this.folder, ...variables };
    return spawnSync("bash", ["-s"], { input: script, env: environment, cwd: this.folder, encoding: "utf8" });
  }
}
