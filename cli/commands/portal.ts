import { once } from "node:events";
import { join, resolve } from "node:path";
import { portalDirectory } from "../../components/ssh-options";
import { ownHost, portalUrl } from "../../portal/server/address";
import {
  type Certificate,
  type CertificateFiles,
  isFor,
  ownCertificate,
  readCertificate,
} from "../../portal/server/certificate";
import { heldNodes } from "../../portal/server/changes/held-nodes";
import { free, withInstructorCode, withSeats } from "../../portal/server/claims";
import { ClassBookFile } from "../../portal/server/class-book";
import { bundlePage } from "../../portal/server/page-files";
import { classLesson, ownLesson, type PortalLesson } from "../../portal/server/portal-lesson";
import { withLesson } from "../../portal/server/progress";
import { RateLimit } from "../../portal/server/rate-limit";
import { keyFingerprint, ownSigningKey } from "../../portal/server/record/signing-key";
import { SeatNodes } from "../../portal/server/seat-nodes";
import { SeatDirectory } from "../../portal/server/seats";
import { servePortal } from "../../portal/server/serve";
import { TerminalLogs } from "../../portal/server/terminal/terminal-logs";
import { LabError } from "../errors";
import { openLesson } from "../lesson-files";
import { openExistingStack } from "../open-stack";
import { endOfChange, openChanges } from "../portal-changes";
import { stackFlag } from "../pulumi/operation";
import { readState } from "../pulumi/state";
import { homesDirectory } from "../reset/kept-homes";
import type { CommandContext } from "../surroundings";
import { wantedConfig } from "../wanted-config";

const LOOK_AGAIN_MILLISECONDS = 60_000;

/** Options of `lab portal`. */
export interface PortalRequest {
  readonly port: number;
  readonly host: string | undefined;
  /** Files in PEM format; neither is given where the portal shows a certificate of its own. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly stuckMinutes: number;
  /** Folder for what terminals show; undefined: it is not kept. */
  readonly logTerminals: string | undefined;
  /** Folder of a lesson of one's own. @default - the class's lesson */
  readonly lesson: string | undefined;
}

/** Serves the portal until Ctrl-C. */
export async function portal(context: CommandContext, request: PortalRequest): Promise<void> {
  const { surroundings, options, signal } = context;
  const files = certificateFiles(request);
  const own = request.lesson === undefined ? undefined : openLesson(request.lesson);
  const host = request.host ?? ownHost();
  const logs = terminalLogs(context, request);
  const url = portalUrl(host, request.port);
  const directory = join(surroundings.programDirectory, portalDirectory(options.stack));
  const given = files === undefined ? undefined : readCertificate(files);
  const { stack, config } = await openExistingStack(context);
  const settings = wantedConfig(config, new Map());
  const { programDirectory } = surroundings;
  const seats = new SeatDirectory({
    programDirectory,
    stack: stack.name,
    readResources: () => readState(stack),
    readSettings: () => wantedConfig(config, new Map()),
  });
  await seats.look();
  if (seats.names().length === 0) {
    throw new LabError("This lab has no seats: it is down.", {
      hint: `Type ./lab up${stackFlag(stack.name)} to make it.`,
    });
  }
  const certificate = given ?? (await ownCertificate(directory, host));
  warnOfOtherHost(context, certificate, host);
  const lesson = own === undefined ? classLesson(settings) : ownLesson(own);
  const book = openBook(directory, seats.names(), { url, fingerprint: certificate.fingerprint }, lesson);
  const nodes = new SeatNodes(seats);
  const changes = openChanges(context, seats, nodes);
  const signingKey = ownSigningKey(directory);
  const running = await servePortal(
    {
      lab: stack.name,
      book,
      limit: new RateLimit(),
      seats,
      nodes: heldNodes(nodes, changes),
      lesson,
      stuckMinutes: request.stuckMinutes,
      changes,
      signingKey,
      homes: homesDirectory(stack.name),
      logs,
      now: () => new Date(),
    },
    await bundlePage(),
    { ...certificate, port: request.port },
  );
  const code = book.read().instructor?.code ?? "";
  tell(context, { url, certificate, code, seats: seats.names().length, exportsBy: keyFingerprint(signingKey) });
  const looking = setInterval(() => lookAgain(context, seats, book), LOOK_AGAIN_MILLISECONDS);
  if (!signal.aborted) {
    await once(signal, "abort");
  }
  clearInterval(looking);
  await running.close();
  await endOfChange(context, changes);
  await nodes.close();
}

/** Lets another browser claim a seat; also while the portal is open. */
export async function freeSeat({ surroundings, options }: CommandContext, seat: string | undefined): Promise<void> {
  const book = new ClassBookFile(join(surroundings.programDirectory, portalDirectory(options.stack)));
  const { seats } = book.read();
  const hint = `There are: ${[...Object.keys(seats), "instructor"].join(", ")}. Type, for instance: ./lab portal${stackFlag(options.stack)} free ${Object.keys(seats)[0] ?? "seat01"}`;
  if (seat === undefined) {
    throw new LabError("Which seat is to be freed?", { exitCode: 2, hint });
  }
  book.update((before) => {
    const after = free(before, seat);
    if (after === undefined) {
      throw new LabError(`The portal of "${options.stack}" knows no seat "${seat}".`, { exitCode: 2, hint });
    }
    return after;
  });
  surroundings.stdout.write(`${seat} is free: the code on its card is good for one browser once more.\n`);
}

function certificateFiles({ certificate, key }: PortalRequest): CertificateFiles | undefined {
  if (certificate === undefined && key === undefined) {
    return undefined;
  }
  if (certificate === undefined || key === undefined) {
    throw new LabError("--cert and --key belong together.", {
      exitCode: 2,
      hint: "Give both files of one certificate, or neither: then the portal makes one of its own.",
    });
  }
  return { certificate, key };
}

/** The class book with a code for every seat, and a new one for the instructor. */
function openBook(
  directory: string,
  seats: readonly string[],
  address: { url: string; fingerprint: string },
  lesson: PortalLesson,
) {
  const book = new ClassBookFile(directory);
  const now = new Date();
  book.update((before) => ({ ...withLesson(withInstructorCode(withSeats(before, seats)), lesson, now), address }));
  return book;
}

function terminalLogs({ reporter }: CommandContext, { logTerminals }: PortalRequest): TerminalLogs | undefined {
  return logTerminals === undefined
    ? undefined
    : new TerminalLogs(resolve(logTerminals), (text) => reporter.warn(text));
}

function warnOfOtherHost({ reporter }: CommandContext, { certificate }: Certificate, host: string): void {
  if (!isFor(certificate, host)) {
    reporter.warn(`The certificate is not for ${host}: browsers will refuse it. Give its name: --host NAME`);
  }
}

/** Seats that came meanwhile get their codes. */
function lookAgain({ reporter }: CommandContext, seats: SeatDirectory, book: ClassBookFile): void {
  seats
    .look()
    .then(() => book.update((before) => withSeats(before, seats.names())))
    .catch((error: Error) => reporter.warn(`The stack cannot be read now: ${error.message}`));
}

interface Told {
  readonly url: string;
  readonly certificate: Certificate;
  readonly code: string;
  readonly seats: number;
  /** Fingerprint of the key that signs exports. */
  readonly exportsBy: string;
}

function tell(
  { surroundings: { stdout }, options }: CommandContext,
  { url, certificate, code, seats, exportsBy }: Told,
): void {
  const trust =
    certificate.trust === "given"
      ? ""
      : `
Browsers warn of its certificate, which was made here. It is the right one if they show this SHA-256 fingerprint:
  ${certificate.fingerprint}
`;
  stdout.write(`The portal of "${options.stack}" is open, for ${seats} ${seats === 1 ? "seat" : "seats"}: ${url}
${trust}
The students' codes are on their cards:  ./lab cards${stackFlag(options.stack)}
Your own code, good for one browser:     ${code}
Exports are signed by the key:           ${exportsBy}
Ctrl-C closes it. Terminals go on where they were when it is opened again.
`);
}
