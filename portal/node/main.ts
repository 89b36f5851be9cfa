import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { free } from "../server/claims";
import { RosterFile } from "../server/roster";
import { SeatNodes } from "../server/seat-nodes";
import { servePortal } from "../server/serve";
import { cookieName } from "../server/session-auth";
import { WrongCodeDelay } from "../server/wrong-code-delay";
import { withSettings } from "./codes";
import { lessonIn } from "./lesson-text";
import { pageIn } from "./page-data";
import { seatsIn } from "./seats";
import { ON_MACHINE, portalSettingsSchema } from "./settings";

const NO_SUCH_SEAT = 3;

/** Serves the portal on its machine until systemd ends it. */
async function serve(book: RosterFile): Promise<void> {
  const settings = portalSettingsSchema.parse(JSON.parse(readFileSync(ON_MACHINE.settings, "utf8")));
  book.update((before) => withSettings(before, settings, new Date()));
  const seats = seatsIn(settings);
  const nodes = new SeatNodes(seats);
  await servePortal(
    {
      lab: settings.lab,
      book,
      wrongCodes: new WrongCodeDelay(),
      cookie: cookieName(settings.lab, settings.port),
      seats,
      nodes,
      lesson: lessonIn(settings.lesson),
      stuckMinutes: settings.stuckMinutes,
      changes: undefined,
      signingKey: createPrivateKey(settings.signingKey),
      homes: settings.homes,
      logs: undefined,
      now: () => new Date(),
    },
    pageIn(settings.page),
    {
      certificate: settings.certificate,
      privateKey: settings.privateKey,
      fingerprint: settings.address.fingerprint,
      trust: "given",
      port: settings.port,
    },
  );
}

/** Lets another browser claim a seat. Gives the exit code. */
function freeSeat(book: RosterFile, seat: string): number {
  let exitCode = 0;
  book.update((before) => {
    const after = free(before, seat);
    exitCode = after === undefined ? NO_SUCH_SEAT : 0;
    return after ?? before;
  });
  return exitCode;
}

const [action, what = ""] = process.argv.slice(2);
const book = new RosterFile(ON_MACHINE.state);
if (action === "free") {
  process.exitCode = freeSeat(book, what);
} else {
  process.once("SIGTERM", () => process.exit(0));
  serve(book).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}
