import type { Context, MiddlewareHandler } from "hono";
import { setCookie } from "hono/cookie";
import { parse as parseCookies } from "hono/utils/cookie";
import type { SessionAnswer } from "../protocol";
import { holderOf, INSTRUCTOR } from "./claims";
import { refuse } from "./headers";
import type { PortalServices } from "./services";

/** The prefix `__Host-` restricts a cookie to this host and to HTTPS. */
const COOKIE_PREFIX = "__Host-lab-portal";
const COOKIE_SECONDS = 7 * 24 * 3600;

/** Variables of a request. */
export type PortalEnvironment = {
  readonly Variables: {
    /** The browser's own seat, or the seat that the instructor requests. */
    seat: string;
  };
};

/** Name of a portal's cookie. Cookies ignore ports: two portals on one host would overwrite each other's. */
export function cookieName(lab: string, port: number): string {
  return `${COOKIE_PREFIX}-${lab.replaceAll(/[^\w.-]/g, "_")}-${port}`;
}

type Tokens = Pick<PortalServices, "roster" | "cookie">;
type Access = Pick<PortalServices, "roster" | "seats">;

/**
 * The browser's token in a Cookie header: from this portal's cookie, or from another portal cookie if this roster has its token.
 * So browsers keep their seats if the portal moves to another port, or their cookie is from before names had a port.
 */
export function tokenIn({ roster, cookie }: Tokens, header: string | undefined): string | undefined {
  const { [cookie]: own, ...others } = parseCookies(header ?? "");
  const named = Object.entries(others).filter(([name]) => name.startsWith(COOKIE_PREFIX));
  const tokens = [...(own === undefined ? [] : [own]), ...named.map(([, token]) => token)];
  return tokens.find((token) => holderOf(roster.read(), token) !== undefined);
}

/** The token of a request's browser; undefined without a valid one. */
export function tokenOf(services: Tokens, context: Context): string | undefined {
  return tokenIn(services, context.req.header("cookie"));
}

export function setToken({ cookie }: Pick<PortalServices, "cookie">, context: Context, token: string): void {
  setCookie(context, cookie, token, {
    path: "/",
    secure: true,
    httpOnly: true,
    sameSite: "Strict",
    maxAge: COOKIE_SECONDS,
  });
}

/** The role of a browser, by its token. */
export function sessionOf({ roster, seats }: Access, token: string | undefined): SessionAnswer["who"] {
  const holder = holderOf(roster.read(), token);
  if (holder === INSTRUCTOR) {
    return { role: "instructor" };
  }
  return holder !== undefined && seats.names().includes(holder)
    ? { role: "student", seat: holder }
    : { role: "nobody" };
}

/** The seat that a browser may use: a student's own, or the one that the instructor requests. Undefined without access. */
export function allowedSeat(services: Access, token: string | undefined, asked?: string): string | undefined {
  const who = sessionOf(services, token);
  if (who.role === "student") {
    return asked === undefined || asked === who.seat ? who.seat : undefined;
  }
  return who.role === "instructor" && asked !== undefined && services.seats.names().includes(asked) ? asked : undefined;
}

/** A browser that views a seat's terminal. */
export interface Viewer {
  readonly role: "student" | "instructor";
  /** Whether the browser still has access; its seat may have been freed. */
  isStillAllowed(): boolean;
}

/** The viewer for a browser with access to a seat. */
export function viewerOf(services: Access, token: string | undefined, seat: string): Viewer {
  return {
    role: sessionOf(services, token).role === "instructor" ? "instructor" : "student",
    isStillAllowed: () => allowedSeat(services, token, seat) === seat,
  };
}

/** Middleware for routes about one seat. */
export function withSeat(services: PortalServices): MiddlewareHandler<PortalEnvironment> {
  return async (context, next) => {
    const seat = await afterBody(context, () =>
      allowedSeat(services, tokenOf(services, context), context.req.query("seat")),
    );
    if (seat === undefined) {
      return sessionOf(services, tokenOf(services, context)).role === "nobody"
        ? refuse(context, 401, "This browser has no seat. Reload the page and enter your code.")
        : refuse(context, 403, "This seat is not yours.");
    }
    context.set("seat", seat);
    await next();
    return undefined;
  };
}

/** Middleware for the instructor's routes. */
export function instructorOnly(services: PortalServices): MiddlewareHandler {
  return async (context, next) => {
    const role = () => sessionOf(services, tokenOf(services, context)).role;
    const instructor = await afterBody(context, () => (role() === "instructor" ? INSTRUCTOR : undefined));
    if (instructor === undefined) {
      return refuse(context, 403, "Only the instructor can open this page.");
    }
    await next();
    return undefined;
  };
}

/**
 * Checks access before and after reading the request's body, which can take minutes, during which a seat may be freed.
 * Returns undefined without access, and then reads no body.
 */
async function afterBody<Allowed>(context: Context, allowed: () => Allowed | undefined): Promise<Allowed | undefined> {
  if (allowed() === undefined) {
    return undefined;
  }
  // The request caches the body. The route reports a truncated one as invalid JSON.
  await context.req.text().catch(() => undefined);
  return allowed();
}
