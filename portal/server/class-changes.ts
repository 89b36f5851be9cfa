import { LabError } from "../../core/errors";
import type { Change, ChangeView } from "../protocol";
import { commandOf, seatOf } from "./change";
import type { RunLab } from "./run-lab";
import type { SeatNode, SeatNodes } from "./seat-nodes";

/** The wall shows the last lines of `lab`'s output. */
const LINES_KEPT = 60;
const LONGEST_LINE = 400;

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
    const seat = seatOf(change);
    const last = {
      change,
      view: {
        command: `./lab ${commandOf(change).join(" ")}`,
        state: "running" as const,
        startedAt: this.parts.now().toISOString(),
        lines: [],
        ...(seat === undefined ? {} : { seat }),
      },
    };
    this.#last = last;
    this.#work = this.#make(last);
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
      ending = { state: "failed", cause: error instanceof Error ? error.message : String(error) };
    }
    last.view = { ...last.view, ...ending, endedAt: this.parts.now().toISOString() };
  }
}

/** The error at the end of `lab`'s output, which begins with "lab: ". */
export function causeIn(lines: readonly string[], exitCode: number): string {
  const first = lines.findLastIndex((line) => line.startsWith("lab: "));
  return first === -1
    ? (lines.at(-1) ?? `lab exited with code ${exitCode} and no output.`)
    : lines
        .slice(first)
        .join("\n")
        .replace(/^lab: /, "");
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
