import type { Moves } from "../../../config/moves";
import { type KnownSeat, knownSeats } from "../../../core/class-state/known-seats";
import { plainText, type StateResource } from "../../../core/class-state/state-resource";
import type { SshEndpoint } from "../../../core/machine";

/** Whom the cards are for. */
export const STUDENT = "student";

/** What one student needs to get into a seat. */
export interface SeatCard {
  readonly seat: string;
  readonly host: string;
  readonly port: number;
  /** Docker host at whose loopback address it is; absent where students can dial it. */
  readonly through?: string;
  /** Undefined where students log in by key alone. */
  readonly password: string | undefined;
  /** The student's own, in OpenSSH's format. */
  readonly privateKey: string;
  /** Of the node's host key, as ssh shows it: `SHA256:...`. */
  readonly fingerprint: string;
  /** Where the lesson is in a browser, once a portal was opened. */
  readonly portal?: PortalEntry;
}

/** How a student gets into the portal. */
export interface PortalEntry {
  readonly url: string;
  readonly code: string;
  /** SHA-256 of the portal's certificate. */
  readonly fingerprint: string;
}

/** A seat that there is no card for, and why. */
interface SeatWithoutCard {
  readonly seat: string;
  readonly reason: string;
}

/** The cards of a class. */
export interface CardsOfClass {
  readonly cards: readonly SeatCard[];
  readonly without: readonly SeatWithoutCard[];
}

/** The cards of those seats that a student can log in to, from a state with its secrets in plain text. */
export function cardsOf(resources: readonly StateResource[], moved: Moves): CardsOfClass {
  const seats = knownSeats(resources, moved).filter(({ role }) => role === "seat");
  const results = seats.map((seat) => cardOf(seat, resources));
  return {
    cards: results.filter((result) => "host" in result),
    without: results.filter((result) => "reason" in result),
  };
}

function cardOf({ seat, node, ssh }: KnownSeat, resources: readonly StateResource[]): SeatCard | SeatWithoutCard {
  const find = (suffix: string) => resources.find(({ name, id }) => name === `${node}-${suffix}` && id !== undefined);
  const [hostKey, studentKey, password] = [find("host-key"), find("student-key"), find("student-password")];
  if (studentKey === undefined && find("ready") !== undefined) {
    return { seat, reason: "was made before seats had keys of their own; ./lab up recreates it" };
  }
  // The last thing that is done for a login: it is in the state once it was done.
  if (ssh === undefined || hostKey === undefined || studentKey === undefined || password === undefined) {
    return { seat, reason: "is not ready" };
  }
  return {
    seat,
    host: ssh.public ?? ssh.host,
    ...(ssh.public === undefined && ssh.through !== undefined ? { through: ssh.through } : {}),
    port: ssh.port,
    password: plainText(password.inputs["stdin"]) || undefined,
    privateKey: plainText(studentKey.outputs["privateKeyOpenssh"]),
    fingerprint: plainText(hostKey.outputs["publicKeyFingerprintSha256"]),
  };
}

/** What a student types, with the name of the key file where that is needed. */
export function sshCommand(card: SeatCard): string {
  const key = card.password === undefined ? ["-i", keyFileOf(card)] : [];
  const port = card.port === 22 ? [] : ["-p", String(card.port)];
  return ["ssh", ...key, ...port, `${STUDENT}@${card.host}`].join(" ");
}

/** The address as phones and terminals open it. It carries no password. */
export function sshUri({ host, port }: Pick<SshEndpoint, "host" | "port">): string {
  return `ssh://${STUDENT}@${host}:${port}`;
}

/** Name of the file with a seat's private key. */
export function keyFileOf({ seat }: SeatCard): string {
  return `${seat}.key`;
}
