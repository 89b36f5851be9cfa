import type { Moves } from "../../../config/moves";
import { type KnownSeat, knownSeats } from "../../../core/class-state/known-seats";
import { plainText, type StateResource } from "../../../core/class-state/state-resource";
import type { SshEndpoint } from "../../../core/machine";

/** The user that the cards are for. */
export const STUDENT = "student";

/** How one student gets access to a seat. */
export interface SeatCard {
  readonly seat: string;
  readonly host: string;
  readonly port: number;
  /** Docker host at whose loopback address it is; absent if students can reach it. */
  readonly through?: string;
  /** Undefined: students log in only by key. */
  readonly password: string | undefined;
  /** The student's key, in OpenSSH's format. */
  readonly privateKey: string;
  /** Fingerprint of the node's host key, as ssh shows it: `SHA256:...`. */
  readonly fingerprint: string;
  /** Access to the portal, once it was opened. */
  readonly portal?: PortalEntry;
}

/** How a student gets into the portal. */
export interface PortalEntry {
  readonly url: string;
  readonly code: string;
  /** SHA-256 of the portal's certificate. */
  readonly fingerprint: string;
}

/** A seat without a card, with the reason. */
interface SeatWithoutCard {
  readonly seat: string;
  readonly reason: string;
}

/** The cards of a class. */
export interface CardsOfClass {
  readonly cards: readonly SeatCard[];
  readonly without: readonly SeatWithoutCard[];
}

/** The cards of all seats that students can log in to, from a state with its secrets in plain text. */
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
    return { seat, reason: "was made before seats had their own keys; run ./lab up to recreate it" };
  }
  // Setting the password is the last step of a login.
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

/** The command to log in, with the name of the key file if it is needed. */
export function sshCommand(card: SeatCard): string {
  const key = card.password === undefined ? ["-i", keyFileOf(card)] : [];
  const port = card.port === 22 ? [] : ["-p", String(card.port)];
  return ["ssh", ...key, ...port, `${STUDENT}@${card.host}`].join(" ");
}

/** The address as phones and terminals open it, without the password. */
export function sshUri({ host, port }: Pick<SshEndpoint, "host" | "port">): string {
  return `ssh://${STUDENT}@${host}:${port}`;
}

/** Name of the file with a seat's private key. */
export function keyFileOf({ seat }: SeatCard): string {
  return `${seat}.key`;
}
