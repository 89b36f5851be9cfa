import { Hono } from "hono";
import { z } from "zod";
import { bodyOf, refuse } from "./headers";
import type { PortalServices } from "./services";
import { type PortalEnvironment, tokenOf, viewerOf, withSeat } from "./session-auth";
import { clientMessagesSchema } from "./terminal/link";
import { PollLink } from "./terminal/poll-link";
import type { Terminals } from "./terminals";

const OPENED_TOO_OFTEN = "This seat opens terminals too often. Wait a minute; this page then connects automatically.";
const afterSchema = z.coerce.number().int().min(0);

/** Routes for terminals without WebSockets, by long polling. */
export function pollRoutes(services: PortalServices, terminals: Terminals): Hono<PortalEnvironment> {
  const links = new Map<string, { readonly link: PollLink; readonly seat: string }>();
  const routes = new Hono<PortalEnvironment>();
  routes.use(withSeat(services));

  routes.post("/", (context) => {
    const [seat, token] = [context.get("seat"), tokenOf(services, context)];
    const viewer = viewerOf(services, token, seat);
    if (!terminals.mayOpen(seat, viewer)) {
      return refuse(context, 429, OPENED_TOO_OFTEN);
    }
    const link = new PollLink();
    const { refusal } = terminals.show(seat, link, viewer);
    if (refusal !== undefined) {
      return refuse(context, 409, refusal);
    }
    links.set(link.id, { link, seat });
    link.onClose(() => links.delete(link.id));
    return context.json({ id: link.id });
  });

  /** A seat's link by ID; undefined for another seat's. */
  const linkOf = (id: string, seat: string) => {
    const found = links.get(id);
    return found?.seat === seat ? found.link : undefined;
  };

  routes.get("/:id", async (context) => {
    const after = afterSchema.safeParse(context.req.query("after"));
    const link = linkOf(context.req.param("id"), context.get("seat"));
    if (link === undefined || !after.success) {
      return refuse(context, 404, "This terminal is no longer open.");
    }
    return context.json(await link.poll(after.data));
  });

  routes.post("/:id", async (context) => {
    const link = linkOf(context.req.param("id"), context.get("seat"));
    if (link === undefined) {
      return refuse(context, 404, "This terminal is no longer open.");
    }
    let isValid = true;
    const isReceived = await link.receive(async () => {
      const messages = await bodyOf(context, clientMessagesSchema);
      isValid = messages !== undefined;
      return messages ?? [];
    });
    if (!isReceived) {
      return refuse(context, 429, "Another request of this terminal is still in progress.");
    }
    return isValid ? context.json({}) : refuse(context, 400, "The messages are invalid.");
  });
  return routes;
}
