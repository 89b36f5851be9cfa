import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { readSeatAccess } from "../adapters/ssh/seat-access";
import { REPOSITORY, run } from "./lab";
import type { ClassAnswer, ClassOrder } from "./portal-class";
import type { Endpoint } from "./portal-stack";

/** Run at the end, the last one first. */
export type CleanUp = () => unknown;

/** Which class to measure. */
export interface ClassRequest {
  readonly stack: string;
  readonly nodes: number;
  /** First SSH port of a class that has to be created. */
  readonly port: number;
}

/** The nodes of a class, made now unless it is there. */
export async function classNodes(
  { stack, nodes, port }: ClassRequest,
  cleanUps: CleanUp[],
): Promise<readonly Endpoint[]> {
  const before = await readyNodes(stack).catch(() => []);
  if (before.length < nodes) {
    if (before.length === 0) {
      cleanUps.push(() => run("./lab", ["down", "--stack", stack, "--json"], {}));
    }
    const size = ["--seats", String(nodes), "--spares", "0", "--ssh-port", String(port)];
    await run("./lab", ["up", "--stack", stack, ...size, "--no-verify", "--json"], {});
  }
  const there = before.length < nodes ? await readyNodes(stack) : before;
  return there.slice(0, nodes).map(({ node, ssh }) => ({ ...ssh, ...readSeatAccess(REPOSITORY, stack, node) }));
}

async function readyNodes(stack: string) {
  const { seats } = JSON.parse(await run("./lab", ["status", "--stack", stack, "--json"], {})) as {
    readonly seats: readonly {
      readonly node: string;
      readonly ssh?: { readonly host: string; readonly port: number };
    }[];
  };
  return seats.flatMap(({ node, ssh }) => (ssh === undefined ? [] : [{ node, ssh }]));
}

/** Starts a program of bench/ as a process of its own; it ends when it is disconnected. */
export function startProgram(file: string, cleanUps: CleanUp[]): ChildProcess {
  const child = fork(join(__dirname, file), { execArgv: ["--require", require.resolve("tsx/cjs")] });
  cleanUps.push(() => child.connected && child.disconnect());
  return child;
}

/** Tells the class's browsers what to do, and waits until it is done. */
export async function order(students: ChildProcess, words: ClassOrder): Promise<ClassAnswer | undefined> {
  students.send(words);
  const [{ answer, problem }] = (await once(students, "message")) as [{ answer?: ClassAnswer; problem?: string }];
  if (problem !== undefined) {
    throw new Error(problem);
  }
  return answer;
}
