import { Hono } from "hono";
import { z } from "zod";
import { refuse } from "./headers";
import type { PortalServices } from "./services";
import { clientMessagesSchema } from "./terminal/link";
import { PollLink } from "./terminal/poll-link";
import type { Terminals } from "./terminals";
import { type PortalEnvironment, tokenOf, viewerOf, withSeat } from "./who";

const afterSchema = z.coerce.number().int().min(0);

/** Terminals without WebSockets: open one, ask for its screen again and again, send it keys. */
export function pollRoutes(services: PortalServices, terminals: Terminals): Hono<PortalEnvironment> {
  const links = new Map<string, { readonly link: PollLink; readonly seat: string }>();
  const routes = new Hono<PortalEnvironment>();
  routes.use(withSeat(services));

  routes.post("/", (context) => {
    const [seat, token] = [context.get("seat"), tokenOf(services, context)];
    const link = new PollLink();
    links.set(link.id, { link, seat });
    link.onClose(() => links.delete(link.id));
    terminals.show(seat, link, viewerOf(services, token, seat));
    return context.json({ id: link.id });
  });

  /** A seat's line by its id: another seat's is as good as none. */
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
    const messages = clientMessagesSchema.safeParse(await context.req.json().catch(() => undefined));
    const link = linkOf(context.req.param("id"), context.get("seat"));
    if (link === undefined) {
      return refuse(context, 404, "This terminal is no longer open.");
    }
    if (!messages.success) {
      return refuse(context, 400, "These are no messages of the portal's page.");
    }
    link.receive(messages.data);
    return context.json({});
  });
  return routes;
}
