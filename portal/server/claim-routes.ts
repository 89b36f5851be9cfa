import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SessionAnswer } from "../protocol";
import { type ClaimResult, claim } from "./claims";
import { refuse } from "./headers";
import { type PortalServices, recordingOf } from "./services";
import { giveToken, tokenOf, whoIs } from "./who";

const requestSchema = z.object({ code: z.string().max(100) });

/** Who am I, and: here is my code. `addressOf` tells where a request comes from. */
export function claimRoutes(services: PortalServices, addressOf: (context: Context) => string): Hono {
  const session = (context: Context): SessionAnswer => ({
    lab: services.lab,
    recording: recordingOf(services),
    who: whoIs(services, tokenOf(context)),
  });
  return new Hono()
    .get("/session", (context) => context.json(session(context)))
    .post("/claim", async (context) => {
      const address = addressOf(context);
      const wait = services.limit.waitSeconds(address);
      if (wait > 0) {
        context.header("retry-after", String(wait));
        return refuse(context, 429, `Too many wrong codes came from here. Try again in ${wait} s.`);
      }
      const request = requestSchema.safeParse(await context.req.json().catch(() => undefined));
      if (!request.success) {
        return refuse(context, 400, "A code is missing.");
      }
      const result = claimNow(services, request.data.code, tokenOf(context));
      if (result.kind === "wrong") {
        services.limit.failed(address);
        return refuse(context, 403, "There is no such code. Compare it with your card: it is two groups of four.");
      }
      if (result.kind === "used") {
        return refuse(
          context,
          409,
          `This code was used already: another browser has ${result.holder}. If that is you, go back to that browser; else ask your instructor to free it.`,
        );
      }
      if (result.kind === "claimed") {
        giveToken(context, result.token);
      }
      return context.json({ holder: result.holder });
    });
}

function claimNow({ book, now }: PortalServices, code: string, token: string | undefined): ClaimResult {
  const result = claim(book.read(), code, token, now());
  if (result.kind === "claimed") {
    book.update(() => result.book);
  }
  return result;
}
