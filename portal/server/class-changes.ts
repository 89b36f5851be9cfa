import { join } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { z } from "zod";
import { LabError, messageOf } from "../../core/errors";
import type { Change, ChangeView } from "../protocol";
import type { SeatNode, SeatNodes } from "./seat-nodes";

/** The wall shows the last lines of `lab`'s output. */
const LINES_KEPT = 60;
const LONGEST_LINE = 400;

/** Schema of a change requested on the wall. */
export const changeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("reset"), seat: z.string(), home: z.enum(["keep", "discard"]) }),
  z.object({ kind: z.literal("spare"), seat: z.string() }),
  z.object({ kind: z.literal("extend"), by: z.enum(["30m", "1h", "2h"]) }),
]) satisfies z.ZodType<Change>;

/** Arguments of the `lab` command that makes a change. */
export function commandOf(change: Change): string[] {
  switch (change.kind) {
    case "reset":
      return ["reset", change.seat, "--yes", ...(change.home === "discard" ? ["--discard"] : [])];
    case "spare":
      return ["spare", change.seat];
    case "extend":
      return ["extend", "--by", change.by];
  }
}

/** Notice for the student when a change of their seat starts. */
export function messageForStudent(change: Exclude<Change, { kind: "extend" }>): string {
  if (change.kind === "spare") {
    return "Your instructor is moving you to another machine. This page connects to it automatically.";
  }
  const home =
    change.home === "keep"
      ? "Your home folder is saved as an archive; everything else on the machine is deleted."
      : "Everything on it is deleted, including your home folder.";
  return `Your instructor is replacing your machine. ${home} Anything you do on the old machine from now on is lost. This page connects to the new machine automatically.`;
}

/** Runs `lab` with arguments, passes on each line of its output, and returns its exit code. */
export type RunLab = (commandLine: readonly string[], onLine: (line: string) => void) => Promise<number>;

export interface ChangesParts {
  readonly run: RunLab;
  now(): Date;
  /** Called after a successful change, before the wall shows it. */
  onMade(change: Change): Promise<void>;
}

/** Changes made from the wall, one at a time. The last one stays visible until the next. */
export class ClassChanges {
  #last: { readonly change: Change; view: ChangeView } | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(readonly parts: ChangesParts) {}

  /** Starts a change, unless another one is running, which is then returned. */
  start(change: Change): { readonly busyWith: ChangeView | undefined } {
    if (this.#last?.view.state === "running") {
      return { busyWith: this.#last.view };
    }
    const view: ChangeView = {
      command: `./lab ${commandOf(change).join(" ")}`,
      state: "running",
      startedAt: this.parts.now().toISOString(),
      lines: [],
      ...("seat" in change ? { seat: change.seat } : {}),
    };
    this.#last = { change, view };
    this.#work = this.#make(this.#last);
    return { busyWith: undefined };
  }

  /** The running change, or the last one; undefined before the first. */
  view(): ChangeView | undefined {
    return this.#last?.view;
  }

  /** Whether a seat's machine is being replaced, so that no one should start to work on the old one. */
  isReplacing(seat: string): boolean {
    const { change, view } = this.#last ?? {};
    return view?.state === "running" && change?.kind === "reset" && change.seat === seat;
  }

  /** Resolves when no change is running. */
  settled(): Promise<void> {
    return this.#work;
  }

  async #make(last: { readonly change: Change; view: ChangeView }): Promise<void> {
    const onLine = (line: string) => {
      if (line.trim() !== "") {
        last.view = { ...last.view, lines: [...last.view.lines, line.slice(0, LONGEST_LINE)].slice(-LINES_KEPT) };
      }
    };
    let ending: Pick<ChangeView, "state" | "cause">;
    try {
      const exitCode = await this.parts.run(commandOf(last.change), onLine);
      ending = exitCode === 0 ? { state: "done" } : { state: "failed", cause: causeIn(last.view.lines, exitCode) };
      if (exitCode === 0) {
        await this.parts.onMade(last.change);
      }
    } catch (error) {
      ending = { state: "failed", cause: messageOf(error) };
    }
    last.view = { ...last.view, ...ending, endedAt: this.parts.now().toISOString() };
  }
}

/** The error at the end of `lab`'s output, which begins with "lab: ". */
export function causeIn(lines: readonly string[], exitCode: number): string {
  const first = lines.findLastIndex((line) => line.startsWith("lab: "));
  return first === -1
    ? (lines.at(-1) ?? `lab exited with code ${exitCode} and no output.`)
    : lines.slice(first).join("\n").slice("lab: ".length);
}

/** Nodes for browsers: while a machine is being replaced, new connections wait for the new one. */
export function unlessReplacing(
  nodes: Pick<SeatNodes, "node" | "isConnected">,
  changes: Pick<ClassChanges, "isReplacing">,
) {
  return {
    node: async (seat: string): Promise<SeatNode> => {
      if (changes.isReplacing(seat) && !nodes.isConnected(seat)) {
        throw new LabError("your instructor is replacing it, which takes a minute or two.");
      }
      return nodes.node(seat);
    },
  };
}

/**
 * Runs this clone's `lab` as a child process, because the stack's lock identifies its holder by process, and so that a
 * failure does not affect the portal. Ctrl-C in the terminal also stops the child.
 */
export function labOf(
  { programDirectory, environment }: { readonly programDirectory: string; readonly environment: NodeJS.ProcessEnv },
  stack: string,
): RunLab {
  return async (commandLine, onLine) => {
    const [command = "", ...rest] = commandLine;
    const child = execa(join(programDirectory, "lab"), [command, "--stack", stack, ...rest], {
      cwd: programDirectory,
      // The output is shown on the wall, not in a terminal.
      env: { ...environment, NO_COLOR: "1" },
      extendEnv: false,
      stdin: "ignore",
      all: true,
      buffer: false,
      reject: false,
    });
    const lines = child.all === undefined ? undefined : createInterface({ input: child.all });
    lines?.on("line", (line) => onLine(stripVTControlCharacters(line)));
    const { exitCode, failed } = await child;
    return exitCode ?? (failed ? 1 : 0);
  };
}
