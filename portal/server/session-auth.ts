import type { Context, MiddlewareHandler } from "hono";
import { setCookie } from "hono/cookie";
import { parse as parseCookies } from "hono/utils/cookie";
import type { SessionAnswer } from "../protocol";
import { holderOf, INSTRUCTOR } from "./claims";
import { refuse } from "./headers";
import type { PortalServices } from "./services";

/** Browsers keep such a cookie for this host alone, over HTTPS alone, and show it to no script. */
const COOKIE_PREFIX = "__Host-lab-portal";
const COOKIE_SECONDS = 7 * 24 * 3600;

/** What a route knows of the browser that asks. */
export type PortalEnvironment = {
  readonly Variables: {
    /** The seat that the request is about: the browser's own, or for the instructor the one that is asked for. */
    seat: string;
  };
};

/** Name of a portal's cookie. Cookies ignore ports: two portals on one host would overwrite each other's. */
export function cookieName(lab: string, port: number): string {
  return `${COOKIE_PREFIX}-${lab.replaceAll(/[^\w.-]/g, "_")}-${port}`;
}

type Tokens = Pick<PortalServices, "book" | "cookie">;

/**
 * The browser's token in a Cookie header: the one in this portal's cookie, or in another portal's that this roster knows. A
 * portal that moved to another port, or gave its cookies before names had a port, knows its browsers by that.
 */
export function tokenIn({ book, cookie }: Tokens, header: string | undefined): string | undefined {
  const { [cookie]: own, ...others } = parseCookies(header ?? "");
  const named = Object.entries(others).filter(([name]) => name.startsWith(COOKIE_PREFIX));
  const tokens = [...(own === undefined ? [] : [own]), ...named.map(([, token]) => token)];
  return tokens.find((token) => holderOf(book.read(), token) !== undefined);
}

/** The token of the browser that asks; undefined when it has none that is good here. */
export function tokenOf(services: Tokens, context: Context): string | undefined {
  return tokenIn(services, context.req.header("cookie"));
}

export function giveToken({ cookie }: Pick<PortalServices, "cookie">, context: Context, token: string): void {
  setCookie(context, cookie, token, {
    path: "/",
    secure: true,
    httpOnly: true,
    sameSite: "Strict",
    maxAge: COOKIE_SECONDS,
  });
}

/** Who a browser is, by its token. */
export function whoIs({ book, seats }: Pick<PortalServices, "book" | "seats">, token: string | undefined) {
  const holder = holderOf(book.read(), token);
  return roleOf(holder !== undefined && (holder === INSTRUCTOR || seats.names().includes(holder)) ? holder : undefined);
}

function roleOf(holder: string | undefined): SessionAnswer["who"] {
  if (holder === undefined) {
    return { role: "nobody" };
  }
  return holder === INSTRUCTOR ? { role: "instructor" } : { role: "student", seat: holder };
}

/** The seat that a browser may work on: a student's own, whatever is asked for; for the instructor the one asked for. */
export function allowedSeat(
  services: Pick<PortalServices, "book" | "seats">,
  token: string | undefined,
  asked: string | undefined,
): string | undefined {
  const who = whoIs(services, token);
  if (who.role === "student") {
    return asked === undefined || asked === who.seat ? who.seat : undefined;
  }
  return who.role === "instructor" && asked !== undefined && services.seats.names().includes(asked) ? asked : undefined;
}

/** Who looks at a seat's terminal. */
export interface Viewer {
  readonly role: "student" | "instructor";
  /** Whether the browser may still have it: seats are freed. */
  isStillAllowed(): boolean;
}

/** A browser that may have a seat's terminal. */
export function viewerOf(
  services: Pick<PortalServices, "book" | "seats">,
  token: string | undefined,
  seat: string,
): Viewer {
  return {
    role: whoIs(services, token).role === "instructor" ? "instructor" : "student",
    isStillAllowed: () => allowedSeat(services, token, seat) === seat,
  };
}

/** For routes about one seat. */
export function withSeat(services: PortalServices): MiddlewareHandler<PortalEnvironment> {
  return async (context, next) => {
    const seat = await afterBody(context, () =>
      allowedSeat(services, tokenOf(services, context), context.req.query("seat")),
    );
    if (seat === undefined) {
      return whoIs(services, tokenOf(services, context)).role === "nobody"
        ? refuse(context, 401, "This browser has no seat. Reload the page and enter your code.")
        : refuse(context, 403, "This seat is not yours.");
    }
    context.set("seat", seat);
    await next();
    return undefined;
  };
}

/** For routes that are the instructor's. */
export function instructorOnly(services: PortalServices): MiddlewareHandler {
  return async (context, next) => {
    const instructor = await afterBody(context, () =>
      whoIs(services, tokenOf(services, context)).role === "instructor" ? INSTRUCTOR : undefined,
    );
    if (instructor === undefined) {
      return refuse(context, 403, "Only the instructor can open this page.");
    }
    await next();
    return undefined;
  };
}

/**
 * What a browser may have, looked up once more when the request's body is there: that can take minutes, and the seat may be
 * freed meanwhile. Undefined where it may have nothing; a body is read for those alone that may have something.
 */
async function afterBody<Allowed>(context: Context, look: () => Allowed | undefined): Promise<Allowed | undefined> {
  if (look() === undefined) {
    return undefined;
  }
  // Kept by the request. One that broke off is told by the route, which finds no JSON in it.
  await context.req.text().catch(() => undefined);
  return look();
}
