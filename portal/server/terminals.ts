import { contain } from "./boundary";
import { CountLimit } from "./count-limit";
import { noteMachine } from "./progress";
import type { PortalServices } from "./services";
import type { Viewer } from "./session-auth";
import type { Link } from "./terminal/link";
import { SeatTerminal } from "./terminal/seat-terminal";

/** A seat's SSH server takes ten sessions on a connection: the student's tabs, the instructor's, and two for checks. */
const MOST_OF_THE_STUDENT = 6;
export const MOST_OF_THE_INSTRUCTOR = 2;
/** Terminals of one seat that may wait for slow browsers at the same time: each holds some megabytes meanwhile. */
const MOST_PAUSED = 2;

interface OpenTerminal {
  readonly seat: string;
  readonly link: Link;
  readonly viewer: Viewer;
}

/** The terminals that are open in browsers. */
export class Terminals {
  readonly #open = new Set<OpenTerminal>();
  readonly #activity = new Map<string, Date>();
  readonly #tabs = new CountLimit();
  readonly #paused = new CountLimit();

  constructor(readonly services: Pick<PortalServices, "book" | "nodes" | "now" | "logs">) {}

  /**
   * Shows a seat's terminal over a link until the browser goes, or may no longer have it. Gives the reason where the seat has too
   * many already: the link is then told and closed.
   */
  show(seat: string, link: Link, viewer: Viewer): { readonly refusal: string | undefined } {
    const most = viewer.role === "student" ? MOST_OF_THE_STUDENT : MOST_OF_THE_INSTRUCTOR;
    const owner = `${viewer.role} ${seat}`;
    const giveBack = this.#tabs.take(owner, most);
    if (giveBack === undefined) {
      const refusal = `This seat has ${most} terminals open in browsers. Close one of them: this page then connects by itself.`;
      link.send({ kind: "state", state: "full", text: refusal });
      link.close();
      return { refusal };
    }
    const open = { seat, link, viewer };
    this.#open.add(open);
    const log = this.services.logs?.open(seat);
    link.onClose(() => {
      this.#open.delete(open);
      giveBack();
      log?.close();
    });
    const terminal = new SeatTerminal(link, {
      node: () => this.services.nodes.node(seat),
      window: viewer.role === "student" ? "decides" : "follows",
      onActivity: () => viewer.role === "student" && this.noteActivity(seat),
      onScreen: (text) => log?.write(text),
      onMachine: (machine) => this.#noteMachine(seat, machine),
      takePause: () => this.#paused.take(owner, MOST_PAUSED),
    });
    contain(
      "terminal",
      () => terminal.run(),
      () => link.close(),
    );
    return { refusal: undefined };
  }

  count(seat: string): number {
    return [...this.#open].filter((open) => open.seat === seat).length;
  }

  /** When keys came last, or anything else was done. */
  lastActivity(seat: string): Date | undefined {
    return this.#activity.get(seat);
  }

  noteActivity(seat: string): void {
    this.#activity.set(seat, this.services.now());
  }

  /** Says something to a seat; gives how many browsers were told. */
  tell(seat: string, text: string): number {
    const told = [...this.#open].filter((open) => open.seat === seat);
    for (const { link } of told) {
      link.send({ kind: "notice", text });
    }
    return told.length;
  }

  /** Closes those whose browser has lost its seat since. */
  closeForbidden(): void {
    for (const { link, viewer } of this.#open) {
      if (!viewer.isStillAllowed()) {
        link.close();
      }
    }
  }

  closeAll(): void {
    for (const { link } of this.#open) {
      link.close();
    }
  }

  #noteMachine(seat: string, machine: string): "same" | "replaced" {
    const before = this.services.book.read().seats[seat]?.progress?.machine;
    this.services.book.update((book) => noteMachine(book, seat, machine));
    return before === undefined || before === machine ? "same" : "replaced";
  }
}
