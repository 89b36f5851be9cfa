import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ExecaChildProcess, execa } from "execa";
import { portalDirectory } from "../adapters/ssh/options";
import { REPOSITORY } from "./lab";

/** A portal at work. */
export interface OpenPortal {
  readonly url: string;
  readonly codes: readonly string[];
  readonly instructorCode: string;
  readonly processId: number;
  close(): Promise<void>;
}

/** `./lab portal`, as an operator starts it. */
export async function openPortal(stack: string, port: number): Promise<OpenPortal> {
  const words = ["portal", "--stack", stack, "--host", "127.0.0.1", "--port", String(port)];
  const child = execa("./lab", words, { cwd: REPOSITORY, stdin: "ignore", reject: false });
  const said = await saidWhenOpen(child);
  const book = join(REPOSITORY, portalDirectory(stack), "class-book.json");
  const { seats } = JSON.parse(readFileSync(book, "utf8")) as { seats: Record<string, { code: string }> };
  return {
    url: `https://127.0.0.1:${port}`,
    codes: Object.keys(seats)
      .sort()
      .map((seat) => seats[seat]?.code ?? ""),
    instructorCode: /Instructor code, for one browser: +(\S+)/.exec(said)?.[1] ?? "",
    // The script becomes Node.js: no process in between
    processId: child.pid ?? 0,
    close: async () => {
      child.kill("SIGINT");
      await child;
    },
  };
}

function saidWhenOpen(child: ExecaChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (bytes: Buffer) => {
      said += String(bytes);
      if (said.includes("Ctrl-C to close it")) {
        resolve(said);
      }
    });
    void child.then(({ stderr }) => reject(new Error(`the portal ended early: ${stderr}`)));
  });
}
