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
  return {
    url: `https://127.0.0.1:${port}`,
    instructorCode: instructorCodeIn(said),
    card: await firstCard(lab),
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

/** The code that `lab portal` prints. */
export function instructorCodeIn(said: string): string {
  return /Instructor code, for one browser: +(\S+)/.exec(said)?.[1] ?? "";
}

/** What the first student's card says, printed now. */
export async function firstCard(lab: LabClone): Promise<PortalAtWork["card"]> {
  expectSuccess(await lab.lab("cards"));
  const [names = [], values = []] = readFileSync(join(lab.directory, ".lab", lab.stack, "cards", "cards.csv"), "utf8")
    .split("\r\n")
    .map((line) => line.split(","));
  const value = (name: string) => values[names.indexOf(name)] ?? "";
  return { portal: value("portal"), code: value("portal code") };
}

async function wordsWhenOpen(child: ExecaChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let words = "";
    child.stdout?.on("data", (bytes: Buffer) => {
      words += String(bytes);
      if (words.includes("Ctrl-C to close it")) {
        resolve(words);
      }
    });
    void child.then(({ stderr }) => reject(new Error(`the portal ended early: ${stderr}`)));
  });
}
