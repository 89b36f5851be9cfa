import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { releaseSeat } from "../server/claims";
import { pageFiles } from "../server/page-files";
import { RosterFile } from "../server/roster";
import { SeatNodes } from "../server/seat-nodes";
import { servePortal } from "../server/serve";
import { cookieName } from "../server/session-auth";
import { WrongCodeDelay } from "../server/wrong-code-delay";
import { ON_MACHINE, portalSettingsSchema, seatsIn, withSettings } from "./settings";

const NO_SUCH_SEAT = 3;

/** Serves the portal on its machine until systemd ends it. */
async function serve(roster: RosterFile): Promise<void> {
  const settings = portalSettingsSchema.parse(JSON.parse(readFileSync(ON_MACHINE.settings, "utf8")));
  roster.update((before) => withSettings(before, settings, new Date()));
  const seats = seatsIn(settings);
  const nodes = new SeatNodes(seats);
  await servePortal(
    {
      lab: settings.lab,
      roster,
      wrongCodes: new WrongCodeDelay(),
      cookie: cookieName(settings.lab, settings.port),
      seats,
      nodes,
      lesson: settings.lesson,
      stuckMinutes: settings.stuckMinutes,
      changes: undefined,
      signingKey: createPrivateKey(settings.signingKey),
      homes: settings.homes,
      logs: undefined,
      now: () => new Date(),
    },
    pageFiles(settings.page),
    {
      certificate: settings.certificate,
      privateKey: settings.privateKey,
      fingerprint: settings.address.fingerprint,
      trust: "given",
      port: settings.port,
    },
  );
}

const [action, seat = ""] = process.argv.slice(2);
const roster = new RosterFile(ON_MACHINE.state);
if (action === "free") {
  roster.update((before) => {
    const after = releaseSeat(before, seat);
    process.exitCode = after === undefined ? NO_SUCH_SEAT : 0;
    return after ?? before;
  });
} else {
  process.once("SIGTERM", () => process.exit(0));
  serve(roster).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}
