import { type Context, Hono } from "hono";
import { refuse } from "../headers";
import type { PortalServices } from "../services";
import type { Terminals } from "../terminals";
import { changeSchema, commandOf, messageForStudent, seatOf } from "./change";

/** Changes of the class, part of the instructor's routes. */
export function changeRoutes(services: PortalServices, terminals: Terminals): Hono {
  return new Hono().post("/", async (context) => {
    const request = changeSchema.safeParse(await context.req.json().catch(() => undefined));
    if (!request.success) {
      return refuse(context, 400, "The wall cannot make this change.");
    }
    const change = request.data;
    const seat = seatOf(change);
    if (seat !== undefined && !services.seats.names().includes(seat)) {
      return refuse(context, 404, `There is no seat "${seat}".`);
    }
    if (change.kind === "extend" && services.seats.facts().end === undefined) {
      return refuse(context, 409, "This class has no end to extend.");
    }
    if (services.changes === undefined) {
      return refuse(
        context,
        409,
        `This portal cannot change machines. On the operator's machine, run: ./lab ${commandOf(change).join(" ")}`,
      );
    }
    const { busyWith } = services.changes.start(change);
    if (busyWith !== undefined) {
      return refuseBusy(context, busyWith);
    }
    const message = messageForStudent(change);
    if (seat !== undefined && message !== undefined) {
      terminals.tell(seat, message);
    }
    return context.json({}, 202);
  });
}

function refuseBusy(context: Context, { command, startedAt }: { command: string; startedAt: string }): Response {
  const since = new Date(startedAt).toLocaleTimeString("en-GB");
  return refuse(
    context,
    409,
    `${command} has been running since ${since}. Only one change can run at a time: wait until it ends.`,
  );
}
