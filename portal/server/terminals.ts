import { setTimeout as sleep } from "node:timers/promises";
import { contain } from "./boundary";
import { CountLimit } from "./count-limit";
import { noteMachine } from "./progress";
import { type Rate, RateLimit } from "./rate-limit";
import type { PortalServices } from "./services";
import type { Viewer } from "./session-auth";
import type { Link } from "./terminal/link";
import { type Pause, SeatTerminal } from "./terminal/seat-terminal";

/** A seat's SSH server accepts ten sessions on a connection: these, the instructor's, and two for checks. Not more. */
export const STUDENT_TERMINALS = 6;
export const INSTRUCTOR_TERMINALS = 2;
/** Terminals of one seat that may wait for slow browsers at the same time: each holds some megabytes meanwhile. */
const MOST_PAUSED = 2;
/** What all that wait may hold together. */
const MOST_HELD_BYTES = 4 * 1024 * 1024;

/** What the browsers of one owner may send, in bytes: far more than anybody types, and a paste of a whole file at once. */
const KEYS_RATE: Rate = { perSecond: 64 * 1024, burst: 128 * 1024 };
/** What its terminals may show, in characters: more than tmux sends to one that keeps up. */
const SCREEN_RATE: Rate = { perSecond: 256 * 1024, burst: 512 * 1024 };
/** Rate of new terminals: a burst for tabs that reconnect, then faster than anyone reloads. */
const OPENING_RATE: Rate = { perSecond: 0.5, burst: 12 };

/** Time between the starts of one owner's sessions. */
const START_GAP_MILLISECONDS = 200;
const LOOK_AGAIN_MILLISECONDS = 500;

/** What the browsers of one owner do together. Kept when they go: one that connects again may do no more than before. */
interface OwnerRates {
  readonly keys: RateLimit;
  readonly screen: RateLimit;
  readonly opening: RateLimit;
}

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
  /** What each of those that wait holds now. */
  readonly #held = new Set<() => number>();
  readonly #rates = new Map<string, OwnerRates>();
  /** When the next session of an owner may start. */
  readonly #starts = new Map<string, Promise<void>>();

  constructor(readonly services: Pick<PortalServices, "roster" | "nodes" | "now" | "logs">) {}

  /** Whether a viewer may open another terminal now. Call it before creating a link, which is expensive. */
  mayOpen(seat: string, viewer: Viewer): boolean {
    return this.#ratesOf(ownerOf(seat, viewer)).opening.take(1);
  }

  /**
   * Shows a seat's terminal over a link until the browser disconnects or loses access. If the seat has too many terminals,
   * sends the reason, closes the link and returns the reason.
   */
  show(seat: string, link: Link, viewer: Viewer): { readonly refusal: string | undefined } {
    const most = viewer.role === "student" ? STUDENT_TERMINALS : INSTRUCTOR_TERMINALS;
    const owner = ownerOf(seat, viewer);
    const giveBack = this.#tabs.take(owner, most);
    if (giveBack === undefined) {
      const refusal = `This seat has ${most} terminals open in browsers. Close one of them; this page then connects automatically.`;
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
      rates: this.#ratesOf(owner),
      mayStart: (signal) => this.#mayStart(owner, signal),
      window: viewer.role === "student" ? "decides" : "follows",
      onActivity: () => viewer.role === "student" && this.noteActivity(seat),
      onScreen: (text) => log?.write(text),
      onMachine: (machine) => this.#noteMachine(seat, machine),
      takePause: (held) => this.#takePause(owner, held),
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

  /** Time of the last key or click. */
  lastActivity(seat: string): Date | undefined {
    return this.#activity.get(seat);
  }

  noteActivity(seat: string): void {
    this.#activity.set(seat, this.services.now());
  }

  /** Sends a notice to a seat; returns the number of browsers that received it. */
  tell(seat: string, text: string): number {
    const told = [...this.#open].filter((open) => open.seat === seat);
    for (const { link } of told) {
      link.send({ kind: "notice", text });
    }
    return told.length;
  }

  /** Closes terminals whose browser has lost its seat. */
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

  /**
   * Sessions of one owner start one after another, and none while the others show too much: each can send megabytes before it
   * is paused.
   */
  #mayStart(owner: string, signal: AbortSignal): Promise<void> {
    const { screen } = this.#ratesOf(owner);
    const waitForScreen = async () => {
      while (screen.excess() > 0 && !signal.aborted) {
        await sleep(LOOK_AGAIN_MILLISECONDS, undefined, { signal }).catch(() => {});
      }
    };
    const turn = (this.#starts.get(owner) ?? Promise.resolve()).then(waitForScreen);
    this.#starts.set(
      owner,
      turn.then(() => sleep(START_GAP_MILLISECONDS, undefined, { ref: false })),
    );
    return turn;
  }

  #takePause(owner: string, held: () => number): Pause | undefined {
    const giveBack = this.#paused.take(owner, MOST_PAUSED);
    if (giveBack === undefined) {
      return undefined;
    }
    this.#held.add(held);
    return {
      holdsTooMuch: () => {
        const amounts = [...this.#held].map((amount) => amount());
        const all = amounts.reduce((sum, amount) => sum + amount, 0);
        return all > MOST_HELD_BYTES && held() * amounts.length >= all;
      },
      end: () => {
        this.#held.delete(held);
        giveBack();
      },
    };
  }

  #ratesOf(owner: string): OwnerRates {
    const rates = this.#rates.get(owner) ?? {
      keys: new RateLimit(KEYS_RATE),
      screen: new RateLimit(SCREEN_RATE),
      opening: new RateLimit(OPENING_RATE),
    };
    this.#rates.set(owner, rates);
    return rates;
  }

  #noteMachine(seat: string, machine: string): "same" | "replaced" {
    const before = this.services.roster.read().seats[seat]?.progress?.machine;
    this.services.roster.update((roster) => noteMachine(roster, seat, machine));
    return before === undefined || before === machine ? "same" : "replaced";
  }
}

/** Owner of a terminal's limits: the instructor's viewing does not use up the student's. */
function ownerOf(seat: string, { role }: Viewer): string {
  return `${role} ${seat}`;
}
