import { noteMachine } from "./progress";
import type { PortalServices } from "./services";
import type { Link } from "./terminal/link";
import { SeatTerminal } from "./terminal/seat-terminal";
import type { Viewer } from "./who";

/** Tabs of one seat; its SSH server takes ten sessions on a connection. */
const MOST_OF_A_SEAT = 6;

interface OpenTerminal {
  readonly seat: string;
  readonly link: Link;
  readonly viewer: Viewer;
}

/** The terminals that are open in browsers. */
export class Terminals {
  readonly #open = new Set<OpenTerminal>();
  readonly #activity = new Map<string, Date>();

  constructor(readonly services: Pick<PortalServices, "book" | "nodes" | "now" | "logs">) {}

  /** Shows a seat's terminal over a link until the browser goes, or may no longer have it. */
  show(seat: string, link: Link, viewer: Viewer): void {
    if (this.count(seat) >= MOST_OF_A_SEAT) {
      const text = `This seat has ${MOST_OF_A_SEAT} terminals open. Close one of them, and reload this page.`;
      link.send({ kind: "state", state: "waiting", text });
      return;
    }
    const open = { seat, link, viewer };
    this.#open.add(open);
    const log = this.services.logs?.open(seat);
    link.onClose(() => {
      this.#open.delete(open);
      log?.close();
    });
    const terminal = new SeatTerminal(link, {
      node: () => this.services.nodes.node(seat),
      window: viewer.role === "student" ? "decides" : "follows",
      onActivity: () => viewer.role === "student" && this.noteActivity(seat),
      onScreen: (text) => log?.write(text),
      onMachine: (machine) => this.#noteMachine(seat, machine),
    });
    void terminal.run();
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
