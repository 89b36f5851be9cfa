import { randomBytes } from "node:crypto";
import { type Context, Hono } from "hono";
import { reportFailure } from "./boundary";
import { claimRoutes } from "./claim-routes";
import { contentSecurityPolicy, limitBody, ownOriginOnly, refuse, securityHeaders } from "./headers";
import { lessonRoutes } from "./lesson-routes";
import { type PageFiles, pageHtml } from "./page-files";
import { pollRoutes } from "./poll-routes";
import type { PortalServices } from "./services";
import type { Terminals } from "./terminals";
import { wallRoutes } from "./wall-routes";

const LONGEST_BODY = 256 * 1024;

/** Parts of the app. */
export interface AppParts {
  readonly services: PortalServices;
  readonly terminals: Terminals;
  readonly page: PageFiles;
  /** IP address that a request comes from. */
  addressOf(context: Context): string;
}

/** Creates the HTTP app with the portal's pages and routes. */
export function createApp({ services, terminals, page, addressOf }: AppParts): Hono {
  const app = new Hono();
  app.use(securityHeaders, ownOriginOnly, limitBody(LONGEST_BODY));
  app.onError((error, context) => {
    reportFailure(`${context.req.method} ${context.req.path}`, error);
    return context.json(
      { problem: "Unexpected error in the portal. Your instructor's terminal shows the details." },
      500,
    );
  });
  app.notFound((context) => refuse(context, 404, "Page not found."));

  const showPage = (context: Context) => {
    const nonce = randomBytes(16).toString("base64");
    context.header("content-security-policy", contentSecurityPolicy(nonce));
    return context.html(pageHtml(page, nonce));
  };
  app.get("/", showPage).get("/seat/:seat", showPage);
  app.get("/assets/:name", (context) => {
    const file = page.files.get(context.req.param("name"));
    if (file === undefined) {
      return refuse(context, 404, "Page not found.");
    }
    const isCompressed = context.req.header("accept-encoding")?.includes("br") === true;
    return context.body(isCompressed ? file.brotli : file.plain, 200, {
      "content-type": file.type,
      // The name changes with the content.
      "cache-control": "public, max-age=31536000, immutable",
      vary: "accept-encoding",
      ...(isCompressed ? { "content-encoding": "br" } : {}),
    });
  });
  app.route("/api", claimRoutes(services, addressOf));
  app.route("/api/lesson", lessonRoutes(services, terminals));
  app.route("/api/terminal", pollRoutes(services, terminals));
  app.route("/api/wall", wallRoutes(services, terminals));
  return app;
}
