import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ExecaChildProcess, execa } from "execa";
import type { LabClone } from "../support/lab-clone";
import { expectSuccess } from "../support/lab-facts";

const STOP_MILLISECONDS = 60_000;

/** A portal at work on a lab of one seat. */
export interface PortalAtWork {
  readonly url: string;
  /** Good for one browser. */
  readonly instructorCode: string;
  /** What the student's card says. */
  readonly card: { readonly portal: string; readonly code: string };
  stop(): Promise<{ exitCode: number | undefined; stderr: string }>;
}

/** Opens a portal with some options, and prints cards. */
export async function openPortal(lab: LabClone, port: number, ...options: string[]): Promise<PortalAtWork> {
  const words = ["portal", "--port", String(port), "--host", "127.0.0.1", ...options];
  const child = execa(join(lab.directory, "lab"), words, {
    cwd: lab.directory,
    env: lab.environment,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  const said = await wordsWhenOpen(child);
  expectSuccess(await lab.lab("cards"));
  const [names = [], values = []] = readFileSync(join(lab.directory, ".lab", lab.stack, "cards", "cards.csv"), "utf8")
    .split("\r\n")
    .map((line) => line.split(","));
  const value = (name: string) => values[names.indexOf(name)] ?? "";
  return {
    url: `https://127.0.0.1:${port}`,
    instructorCode: /Your own code, good for one browser: +(\S+)/.exec(said)?.[1] ?? "",
    card: { portal: value("portal"), code: value("portal code") },
    stop: async () => {
      child.kill("SIGINT");
      // One that does not end has to fail the test, not to outlive it.
      const limit = setTimeout(() => child.kill("SIGKILL"), STOP_MILLISECONDS);
      const { exitCode, stderr } = await child;
      clearTimeout(limit);
      return { exitCode, stderr };
    },
  };
}

async function wordsWhenOpen(child: ExecaChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let words = "";
    child.stdout?.on("data", (bytes: Buffer) => {
      words += String(bytes);
      if (words.includes("Ctrl-C closes it")) {
        resolve(words);
      }
    });
    void child.then(({ stderr }) => reject(new Error(`the portal ended early: ${stderr}`)));
  });
}
