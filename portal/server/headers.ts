import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { z } from "zod";

/** Allows only this server's scripts and resources, and no framing. */
export function contentSecurityPolicy(nonce: string | undefined): string {
  const style = nonce === undefined ? "'self'" : `'self' 'nonce-${nonce}'`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    // The terminal makes its rules for colours and sizes at run time.
    `style-src ${style}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Headers of every response. No Strict-Transport-Security, with which browsers would reject a self-signed certificate. */
export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  if (!headers.has("content-security-policy")) {
    headers.set("content-security-policy", contentSecurityPolicy(undefined));
  }
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-resource-policy", "same-origin");
  if (!headers.has("cache-control")) {
    headers.set("cache-control", "no-store");
  }
};

/** Whether a request comes from the portal's page: browsers send the origin of every request that can change something. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && host !== undefined && origin === `https://${host}`;
}

/** Refuses requests from other sites' pages (CSRF). */
export const ownOriginOnly: MiddlewareHandler = async (context, next) => {
  const isReading = context.req.method === "GET" || context.req.method === "HEAD";
  if (!isReading && !isOwnOrigin(context.req.header("origin"), context.req.header("host"))) {
    return refuse(context, 403, "This request does not come from the portal's page.");
  }
  await next();
  return undefined;
};

/** Refuses a request whose body is larger, in bytes. */
export function limitBody(most: number): MiddlewareHandler {
  const onError = (context: Context) =>
    refuse(context, 413, `This request is too large: at most ${most} bytes are allowed.`);
  const limit = bodyLimit({ maxSize: most, onError });
  return async (context, next) => {
    try {
      return await limit(context, next);
    } catch {
      return refuse(context, 400, "The body of this request cannot be read.");
    }
  };
}

/** The data in a request's JSON body; undefined for a body that does not match the schema. */
export async function bodyOf<Data>(context: Context, schema: z.ZodType<Data>): Promise<Data | undefined> {
  return schema.safeParse(await context.req.json().catch(() => undefined)).data;
}

/** A refusal with a message. */
export function refuse(
  context: Context,
  status: 400 | 401 | 403 | 404 | 409 | 413 | 429 | 503,
  problem: string,
): Response {
  return context.json({ problem }, status);
}
