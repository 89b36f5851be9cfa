import { Hono } from "hono";
import { z } from "zod";
import type { WallAnswer, WallSeat } from "../protocol";
import { changeRoutes } from "./changes/change-routes";
import { free } from "./claims";
import { refuse } from "./headers";
import { lastChecked, lastPassed, progressOf } from "./progress";
import { recordRoutes } from "./record/record-routes";
import { keyFingerprint } from "./record/signing-key";
import type { Roster } from "./roster";
import type { PortalServices } from "./services";
import { instructorOnly } from "./session-auth";
import type { Terminals } from "./terminals";
import { labVersion, lessonVersion } from "./versions";

const freeSchema = z.object({ seat: z.string() });
const messageSchema = z.object({ seat: z.string().optional(), text: z.string().trim().min(1).max(500) });

/** The instructor's view of the class. */
export function wallRoutes(services: PortalServices, terminals: Terminals): Hono {
  const routes = new Hono();
  routes.use(instructorOnly(services));

  routes.get("/", (context) => context.json(wallOf(services, terminals)));
  routes.route("/change", changeRoutes(services, terminals));
  routes.route("/export", recordRoutes(services));

  routes.post("/free", async (context) => {
    const request = freeSchema.safeParse(await context.req.json().catch(() => undefined));
    const seat = request.success ? request.data.seat : "";
    if (!services.seats.names().includes(seat)) {
      return refuse(context, 404, `There is no seat "${seat}".`);
    }
    services.book.update((book) => free(book, seat) ?? book);
    terminals.closeForbidden();
    return context.json({});
  });

  routes.post("/message", async (context) => {
    const request = messageSchema.safeParse(await context.req.json().catch(() => undefined));
    if (!request.success) {
      return refuse(context, 400, "A message must have 1 to 500 characters.");
    }
    const { seat, text } = request.data;
    const told = services.seats.names().filter((name) => seat === undefined || seat === name);
    const count = told.reduce((sum, name) => sum + terminals.tell(name, `Your instructor says: ${text}`), 0);
    return context.json({ told: count });
  });
  return routes;
}

function wallOf(services: PortalServices, terminals: Terminals): WallAnswer {
  const book = services.book.read();
  const { end, versions, spares } = services.seats.facts();
  const change = services.changes?.view();
  return {
    lab: services.lab,
    steps: services.lesson.steps.map(({ id, title }) => ({ id, title })),
    seats: services.seats.names().map((seat) => wallSeat(services, terminals, book, seat)),
    versions: { lab: labVersion(), lesson: lessonVersion(services.lesson.steps), nodes: versions },
    changes: services.changes === undefined ? "where lab is" : "here",
    spares,
    homes: services.homes,
    fingerprint: keyFingerprint(services.signingKey),
    ...(end === undefined ? {} : { end }),
    ...(change === undefined ? {} : { change }),
  };
}

function wallSeat(services: PortalServices, terminals: Terminals, book: Roster, seat: string): WallSeat {
  const claim = book.seats[seat]?.claim;
  const lastActivity = (terminals.lastActivity(seat) ?? lastChecked(book, seat))?.toISOString();
  const steps = progressOf(book, seat, services.lesson.name);
  const stuckMinutes = minutesStuck(services, book, seat);
  return {
    seat,
    hostname: services.seats.hostname(seat),
    claim: claim === undefined ? "free" : "claimed",
    terminals: terminals.count(seat),
    steps,
    ...(lastActivity === undefined ? {} : { lastActivity }),
    ...(stuckMinutes === undefined ? {} : { stuckMinutes }),
  };
}

/** Minutes without a passed step, if the student has started, has not finished and has reached the limit. */
function minutesStuck(services: PortalServices, book: Roster, seat: string): number | undefined {
  const claim = book.seats[seat]?.claim;
  const progress = progressOf(book, seat, services.lesson.name);
  if (claim === undefined || services.lesson.steps.every(({ id }) => progress[id]?.isDone === true)) {
    return undefined;
  }
  const begins = [new Date(claim.at), lastPassed(book, seat), new Date(book.lesson?.since ?? 0)];
  const since = Math.max(...begins.map((begin) => begin?.getTime() ?? 0));
  const minutes = Math.floor((services.now().getTime() - since) / 60_000);
  return minutes >= services.stuckMinutes ? minutes : undefined;
}
