import { join } from "node:path";
import type { OpenedStack } from "../../../adapters/pulumi/open-stack";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { portalDirectory } from "../../../adapters/ssh/options";
import type { LabConfig } from "../../../config/schema";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import { plainText, type StateResource } from "../../../core/class-state/state-resource";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import type { Lesson } from "../../../lesson/folder/read-lesson";
import type { PortalSettings } from "../../../portal/node/settings";
import { ownHost, portalUrl } from "../../../portal/server/address";
import {
  type Certificate,
  type CertificateFiles,
  isFor,
  ownCertificate,
  readCertificate,
} from "../../../portal/server/certificate";
import { withInstructorCode, withSeats } from "../../../portal/server/claims";
import { classLesson, ownLesson, type PortalLesson } from "../../../portal/server/portal-lesson";
import { withLesson } from "../../../portal/server/progress";
import { RosterFile } from "../../../portal/server/roster";
import { keyFingerprint, ownSigningKey } from "../../../portal/server/signed-record";
import { openLesson } from "../lesson/index";

/** Options of `lab portal`. */
export interface PortalRequest {
  /** @default - 8443; on a machine of the class, as `portalPort` says */
  readonly port: number | undefined;
  readonly host: string | undefined;
  /** Files in PEM format; neither is given where the portal shows a certificate of its own. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly stuckMinutes: number;
  /** Folder for what terminals show; undefined: it is not recorded. */
  readonly logTerminals: string | undefined;
  /** Folder of a lesson of one's own. @default - the class's lesson */
  readonly lesson: string | undefined;
}

/** A request whose files have been read: problems with them are reported first. */
export interface WantedPortal {
  readonly request: PortalRequest;
  readonly certificate: Certificate | undefined;
  readonly lesson: Lesson | undefined;
}

/** Reads what a request names. Throws a LabError with exit code 2 if they are invalid. */
export function readRequest(request: PortalRequest): WantedPortal {
  const files = certificateFiles(request);
  return {
    request,
    certificate: files === undefined ? undefined : readCertificate(files),
    lesson: request.lesson === undefined ? undefined : openLesson(request.lesson),
  };
}

/** What a portal is opened with, wherever it runs. */
export interface Opening {
  readonly wanted: WantedPortal;
  readonly opened: OpenedStack;
  readonly settings: LabConfig;
  readonly port: number;
  /** Where students reach it, unless the request says. @default - this machine's first address in a network */
  readonly host?: string;
}

/** A portal's certificate, lesson, roster and keys, all in the stack's folder. */
export async function prepareOpening(
  context: CommandContext,
  { wanted, settings, port, host: known }: Opening,
  seats: readonly string[],
) {
  const { runtime, options } = context;
  if (seats.length === 0) {
    throw new LabError("This lab has no seats: it is down.", {
      hint: `Run ./lab up${stackFlag(options.stack)} to create it.`,
    });
  }
  const directory = join(runtime.programDirectory, portalDirectory(options.stack));
  const host = wanted.request.host ?? known ?? ownHost();
  const certificate = wanted.certificate ?? (await ownCertificate(directory, host));
  warnOfOtherHost(context, certificate, host);
  const lesson = wanted.lesson === undefined ? classLesson(settings) : ownLesson(wanted.lesson);
  const address = { url: portalUrl(host, port), fingerprint: certificate.fingerprint };
  return {
    certificate,
    lesson,
    address,
    roster: openRoster(directory, seats, address, lesson),
    signingKey: ownSigningKey(directory),
  };
}

/** The roster with a code for every seat, and a new one for the instructor. */
function openRoster(
  directory: string,
  seats: readonly string[],
  address: { url: string; fingerprint: string },
  lesson: PortalLesson,
) {
  const roster = new RosterFile(directory);
  const now = new Date();
  roster.update((before) => ({ ...withLesson(withInstructorCode(withSeats(before, seats)), lesson, now), address }));
  return roster;
}

function warnOfOtherHost({ reporter }: CommandContext, { certificate }: Certificate, host: string): void {
  if (!isFor(certificate, host)) {
    reporter.warn(
      `The certificate is not for ${host}: browsers will refuse it. Set --host to a name in the certificate.`,
    );
  }
}

function certificateFiles({ certificate, key }: PortalRequest): CertificateFiles | undefined {
  if (certificate === undefined && key === undefined) {
    return undefined;
  }
  if (certificate === undefined || key === undefined) {
    throw new LabError("--cert and --key must be used together.", {
      exitCode: 2,
      hint: "Set both, or neither for a self-signed certificate.",
    });
  }
  return { certificate, key };
}

/** Tells how to get into an open portal, and how it ends. */
export function reportOpen(
  { runtime: { stdout }, options }: CommandContext,
  { certificate, address, roster, signingKey }: Awaited<ReturnType<typeof prepareOpening>>,
  how: { readonly seats: number; readonly ending: string },
): void {
  const trust =
    certificate.trust === "given"
      ? ""
      : `
Browsers warn of its certificate, which was made here. It is the right one if they show this SHA-256 fingerprint:
  ${certificate.fingerprint}
`;
  stdout.write(`The portal of "${options.stack}" is open, for ${how.seats} ${how.seats === 1 ? "seat" : "seats"}: ${address.url}
${trust}
The students' codes are on their cards:  ./lab cards${stackFlag(options.stack)}
Instructor code, for one browser:        ${roster.read().instructor?.code ?? ""}
Exports are signed by the key:           ${keyFingerprint(signingKey)}
${how.ending}
`);
}

/**
 * The way of the student to a node from the portal's machine, with the student's own key: nothing else opens anything from
 * there. Null while the seat has no machine.
 */
export function studentAddress(
  { node, ssh }: Pick<KnownSeat, "node" | "ssh">,
  resources: readonly StateResource[],
  hostKeyOf: (node: string) => string,
): PortalSettings["seats"][number]["address"] {
  const key = resources.find(({ name, id }) => name === `${node}-student-key` && id !== undefined);
  if (ssh === undefined || key === undefined) {
    return null;
  }
  const privateKey = plainText(key.outputs["privateKeyOpenssh"]);
  return { host: ssh.inside ?? ssh.host, port: ssh.port, user: "student", privateKey, hostKey: hostKeyOf(node) };
}
