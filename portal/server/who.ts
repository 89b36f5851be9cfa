import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { parse as parseCookie } from "hono/utils/cookie";
import type { SessionAnswer } from "../protocol";
import { holderOf, INSTRUCTOR } from "./claims";
import { refuse } from "./headers";
import type { PortalServices } from "./services";

/** Browsers keep it for this host alone, over HTTPS alone, and show it to no script. */
export const COOKIE = "__Host-lab-portal";
const COOKIE_SECONDS = 7 * 24 * 3600;

/** What a route knows of the browser that asks. */
export type PortalEnvironment = {
  readonly Variables: {
    /** The seat that the request is about: the browser's own, or for the instructor the one that is asked for. */
    seat: string;
  };
};

export function tokenOf(context: Context): string | undefined {
  return getCookie(context, COOKIE);
}

/** The token in a request's `Cookie` header. */
export function tokenIn(header: string | undefined): string | undefined {
  return parseCookie(header ?? "", COOKIE)[COOKIE];
}

export function giveToken(context: Context, token: string): void {
  setCookie(context, COOKIE, token, {
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
    const token = tokenOf(context);
    const seat = allowedSeat(services, token, context.req.query("seat"));
    if (seat === undefined) {
      return whoIs(services, token).role === "nobody"
        ? refuse(context, 401, "This browser has no seat, or has it no longer. Reload the page and type your code.")
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
    if (whoIs(services, tokenOf(context)).role !== "instructor") {
      return refuse(context, 403, "This is the instructor's page.");
    }
    await next();
    return undefined;
  };
}
