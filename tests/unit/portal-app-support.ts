import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { LabError } from "../../cli/errors";
import { DEFAULTS } from "../../config/defaults";
import { createApp } from "../../portal/server/app";
import { ClassChanges } from "../../portal/server/changes/class-changes";
import type { RunLab } from "../../portal/server/changes/run-lab";
import { withInstructorCode, withSeats } from "../../portal/server/claims";
import { ClassBookFile } from "../../portal/server/class-book";
import type { ClassFacts } from "../../portal/server/class-facts";
import { classLesson } from "../../portal/server/portal-lesson";
import { ownSigningKey } from "../../portal/server/record/signing-key";
import type { SeatNode } from "../../portal/server/seat-nodes";
import type { PortalServices } from "../../portal/server/services";
import { Terminals } from "../../portal/server/terminals";
import { cookieName } from "../../portal/server/who";
import { WrongCodeDelay, type WrongCodeSettings } from "../../portal/server/wrong-code-delay";

export const HOST = "portal.test:8443";
export const ORIGIN = `https://${HOST}`;
const SEATS = ["seat01", "seat02"];

/** What a test wants otherwise. */
interface Given {
  /** In the place of `lab`. */
  readonly run?: RunLab;
  readonly facts?: Partial<ClassFacts>;
  readonly logs?: PortalServices["logs"];
  readonly changes?: "where lab is";
  readonly wrongCodes?: Partial<WrongCodeSettings>;
  /** Port that the portal's cookie is named after. */
  readonly port?: number;
  /** Where the next request comes from. */
  readonly address?: () => string;
}

/** A portal of two seats whose requests are answered in this process. Nothing of it is left after the test, or when it says. */
export function testPortal(atEnd: (cleanUp: () => void) => void = onTestFinished, given: Given = {}) {
  const directory = mkdtempSync(join(tmpdir(), "portal-"));
  atEnd(() => rmSync(directory, { recursive: true }));
  const book = new ClassBookFile(directory);
  book.update((before) => withInstructorCode(withSeats(before, SEATS)));
  const services: PortalServices = {
    lab: "spring",
    book,
    wrongCodes: new WrongCodeDelay({ seconds: 0.05, mostOfNetwork: 3, most: 5, ...given.wrongCodes }),
    cookie: cookieName("spring", given.port ?? 8443),
    seats: {
      names: () => SEATS,
      hostname: () => "node1",
      facts: () => ({ end: undefined, versions: [], spares: 0, ...given.facts }),
    },
    nodes: { node: unreachable },
    lesson: classLesson({ images: { ...DEFAULTS.images, base: "debian" }, lesson: DEFAULTS.lesson }),
    stuckMinutes: 15,
    changes:
      given.changes === undefined
        ? new ClassChanges({ run: given.run ?? (async () => 0), now: () => new Date(), onMade: async () => {} })
        : undefined,
    signingKey: ownSigningKey(directory),
    homes: ".lab/spring/homes",
    logs: given.logs,
    now: () => new Date(),
  };
  const terminals = new Terminals(services);
  const page = { files: new Map(), script: "page.js", styles: "page.css" };
  const app = createApp({ services, terminals, page, addressOf: given.address ?? (() => "192.0.2.1") });
  const request = (path: string, options: { cookie?: string; body?: unknown; origin?: string } = {}) =>
    app.request(`${ORIGIN}${path}`, {
      headers: {
        host: HOST,
        ...(options.cookie === undefined ? {} : { cookie: options.cookie }),
        ...(options.body === undefined ? {} : { origin: options.origin ?? ORIGIN, "content-type": "application/json" }),
      },
      ...(options.body === undefined ? {} : { method: "POST", body: JSON.stringify(options.body) }),
    });
  return { services, terminals, request, codeOf: (seat: string) => book.read().seats[seat]?.code ?? "", book };
}

/** Claims a seat with its code; gives the cookie that a browser then has. */
export async function claimSeat(portal: ReturnType<typeof testPortal>, code: string): Promise<string> {
  const response = await portal.request("/api/claim", { body: { code } });
  expect(response.status).toBe(200);
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}

async function unreachable(): Promise<SeatNode> {
  throw new LabError("The node at student@192.0.2.2:22 cannot be reached: connect ECONNREFUSED.");
}
