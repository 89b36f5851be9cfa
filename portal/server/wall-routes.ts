import { type Context, Hono } from "hono";
import { z } from "zod";
import type { WallAnswer, WallSeat } from "../protocol";
import { releaseSeat } from "./claims";
import { changeSchema, commandOf, messageForStudent } from "./class-changes";
import { labVersion, recordOf, renderRecordCsv } from "./class-record";
import { bodyOf, refuse } from "./headers";
import { lessonVersion } from "./portal-lesson";
import { lastTime, progressOf } from "./progress";
import type { Roster } from "./roster-schema";
import type { PortalServices } from "./services";
import { instructorOnly } from "./session-auth";
import { keyFingerprint, signRecord } from "./signed-record";
import type { Terminals } from "./terminals";

const freeSchema = z.object({ seat: z.string() });
const messageSchema = z.object({ seat: z.string().optional(), text: z.string().trim().min(1).max(500) });

/** The instructor's view of the class. */
export function wallRoutes(services: PortalServices, terminals: Terminals): Hono {
  const { lab, now } = services;
  const record = () => recordOf(services.roster.read(), { lab, labVersion: labVersion(), now: now() });
  const download = (context: Context, text: string, ending: string, type: string) =>
    context.body(text, 200, {
      "content-type": `${type}; charset=utf-8`,
      "content-disposition": `attachment; filename="${lab}-progress.${ending}"`,
    });
  const routes = new Hono();
  routes.use(instructorOnly(services));

  routes.get("/", (context) => context.json(wallOf(services, terminals)));
  routes.post("/change", (context) => startChange(context, services, terminals));
  routes.get("/export/csv", (context) => download(context, renderRecordCsv(record()), "csv", "text/csv"));
  routes.get("/export/json", (context) =>
    download(context, signRecord(record(), services.signingKey), "json", "application/json"),
  );

  routes.post("/free", async (context) => {
    const { seat = "" } = (await bodyOf(context, freeSchema)) ?? {};
    if (!services.seats.names().includes(seat)) {
      return refuse(context, 404, `There is no seat "${seat}".`);
    }
    services.roster.update((roster) => releaseSeat(roster, seat) ?? roster);
    terminals.closeForbidden();
    return context.json({});
  });

  routes.post("/message", async (context) => {
    const request = await bodyOf(context, messageSchema);
    if (request === undefined) {
      return refuse(context, 400, "A message must have 1 to 500 characters.");
    }
    const { seat, text } = request;
    const told = services.seats.names().filter((name) => seat === undefined || seat === name);
    const count = told.reduce((sum, name) => sum + terminals.tell(name, `Your instructor says: ${text}`), 0);
    return context.json({ told: count });
  });
  return routes;
}

/** Starts a change of the class, if it is possible now, and notifies the student. */
async function startChange(context: Context, services: PortalServices, terminals: Terminals): Promise<Response> {
  const change = await bodyOf(context, changeSchema);
  if (change === undefined) {
    return refuse(context, 400, "The wall cannot make this change.");
  }
  if ("seat" in change && !services.seats.names().includes(change.seat)) {
    return refuse(context, 404, `There is no seat "${change.seat}".`);
  }
  if (change.kind === "extend" && services.seats.facts().end === undefined) {
    return refuse(context, 409, "This class has no end to extend.");
  }
  if (services.changes === undefined) {
    const command = `./lab ${commandOf(change).join(" ")}`;
    return refuse(context, 409, `This portal cannot change machines. On the operator's machine, run: ${command}`);
  }
  const { busyWith } = services.changes.start(change);
  if (busyWith !== undefined) {
    const running = `${busyWith.command} has been running since ${new Date(busyWith.startedAt).toLocaleTimeString("en-GB")}`;
    return refuse(context, 409, `${running}. Only one change can run at a time: wait until it ends.`);
  }
  if (change.kind !== "extend") {
    terminals.tell(change.seat, messageForStudent(change));
  }
  return context.json({}, 202);
}

function wallOf(services: PortalServices, terminals: Terminals): WallAnswer {
  const roster = services.roster.read();
  const { end, versions, spares } = services.seats.facts();
  const change = services.changes?.view();
  return {
    lab: services.lab,
    steps: services.lesson.steps.map(({ id, title }) => ({ id, title })),
    seats: services.seats.names().map((seat) => wallSeat(services, terminals, roster, seat)),
    versions: { lab: labVersion(), lesson: lessonVersion(services.lesson.steps), nodes: versions },
    changes: services.changes === undefined ? "where lab is" : "here",
    spares,
    homes: services.homes,
    fingerprint: keyFingerprint(services.signingKey),
    ...(end === undefined ? {} : { end }),
    ...(change === undefined ? {} : { change }),
  };
}

function wallSeat(services: PortalServices, terminals: Terminals, roster: Roster, seat: string): WallSeat {
  const claim = roster.seats[seat]?.claim;
  const lastActivity = (terminals.lastActivity(seat) ?? lastTime(roster, seat, "checkedAt"))?.toISOString();
  const steps = progressOf(roster, seat, services.lesson.name);
  const stuckMinutes = minutesStuck(services, roster, seat);
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
function minutesStuck(services: PortalServices, roster: Roster, seat: string): number | undefined {
  const claim = roster.seats[seat]?.claim;
  const progress = progressOf(roster, seat, services.lesson.name);
  if (claim === undefined || services.lesson.steps.every(({ id }) => progress[id]?.isDone === true)) {
    return undefined;
  }
  const begins = [new Date(claim.at), lastTime(roster, seat, "passedAt"), new Date(roster.lesson?.since ?? 0)];
  const since = Math.max(...begins.map((begin) => begin?.getTime() ?? 0));
  const minutes = Math.floor((services.now().getTime() - since) / 60_000);
  return minutes >= services.stuckMinutes ? minutes : undefined;
}
