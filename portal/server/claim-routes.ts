import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SessionAnswer } from "../protocol";
import { type ClaimResult, claim } from "./claims";
import { clientNetwork } from "./connections";
import { bodyOf, limitBody, refuse } from "./headers";
import { type PortalServices, recordingOf } from "./services";
import { sessionOf, setToken, tokenOf } from "./session-auth";

const LARGEST_CLAIM = 1024;
const NO_SUCH_CODE =
  "This code does not exist. Compare it with the portal code on your card: letters and digits in groups of four.";

const requestSchema = z.object({ code: z.string().max(100) });

/** Routes for the session and for claiming a seat. `addressOf`: IP address that a request comes from. */
export function claimRoutes(services: PortalServices, addressOf: (context: Context) => string): Hono {
  const session = (context: Context): SessionAnswer => ({
    lab: services.lab,
    recording: recordingOf(services),
    who: sessionOf(services, tokenOf(services, context)),
  });
  return new Hono()
    .get("/session", (context) => context.json(session(context)))
    .post("/claim", limitBody(LARGEST_CLAIM), async (context) => {
      const request = await bodyOf(context, requestSchema);
      if (request === undefined) {
        return refuse(context, 400, "The code is missing.");
      }
      const result = claimNow(services, request.code, tokenOf(services, context));
      if (result.kind === "wrong") {
        return refuseWrong(services, context, addressOf(context));
      }
      if (result.kind === "used") {
        return refuse(
          context,
          409,
          `This code has already been used: another browser has ${result.holder}. If it is yours, use that browser; otherwise ask your instructor to free the seat.`,
        );
      }
      if (result.kind === "claimed") {
        setToken(services, context, result.token);
      }
      return context.json({ holder: result.holder });
    });
}

/** Refuses a wrong code after a delay; right codes are never delayed. */
async function refuseWrong({ wrongCodes }: PortalServices, context: Context, address: string): Promise<Response> {
  if ((await wrongCodes.delay(clientNetwork(address))) === "delayed") {
    return refuse(context, 403, NO_SUCH_CODE);
  }
  const seconds = Math.ceil(wrongCodes.settings.seconds);
  context.header("retry-after", String(seconds));
  // The next guess needs a new connection.
  context.header("connection", "close");
  return refuse(
    context,
    429,
    `${NO_SUCH_CODE} Too many wrong codes have come from your network: try again in ${seconds} s. A correct code works immediately.`,
  );
}

function claimNow({ roster, now }: PortalServices, code: string, token: string | undefined): ClaimResult {
  let result: ClaimResult = { kind: "wrong" };
  roster.update((before) => {
    result = claim(before, code, token, now());
    return result.kind === "claimed" ? result.roster : before;
  });
  return result;
}
