import { DEFAULTS } from "../../../config/schema";
import { LabError } from "../../../core/errors";
import { withInstructorCode, withSeats } from "../../../portal/server/claims";
import type { RunLab } from "../../../portal/server/class-changes";
import { ClassChanges } from "../../../portal/server/class-changes";
import type { ClassFacts } from "../../../portal/server/class-facts";
import { classLesson } from "../../../portal/server/portal-lesson";
import { RosterFile } from "../../../portal/server/roster";
import type { SeatNode } from "../../../portal/server/seat-nodes";
import type { PortalServices } from "../../../portal/server/services";
import { cookieName } from "../../../portal/server/session-auth";
import { ownSigningKey } from "../../../portal/server/signed-record";
import { WrongCodeDelay, type WrongCodeSettings } from "../../../portal/server/wrong-code-delay";

const SEATS = ["seat01", "seat02"];

/** What a test wants otherwise. */
export interface Given {
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

/** What a portal of two seats works with; its files are in a folder of the test's. Also for processes that run no test. */
export function testServices(directory: string, given: Given = {}): PortalServices {
  const roster = new RosterFile(directory);
  roster.update((before) => withInstructorCode(withSeats(before, SEATS)));
  return {
    lab: "spring",
    roster,
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
}

async function unreachable(): Promise<SeatNode> {
  throw new LabError("The node at student@192.0.2.2:22 cannot be reached: connect ECONNREFUSED.");
}
