import { type Context, Hono } from "hono";
import type { PortalServices } from "../services";
import { labVersion } from "../versions";
import { recordOf } from "./class-record";
import { renderRecordCsv } from "./render-csv";
import { signRecord } from "./signed-record";

/** Exports, part of the instructor's routes. */
export function recordRoutes({ lab, book, signingKey, now }: PortalServices): Hono {
  const record = () => recordOf(book.read(), { lab, labVersion: labVersion(), now: now() });
  const download = (context: Context, text: string, ending: string, type: string) =>
    context.body(text, 200, {
      "content-type": `${type}; charset=utf-8`,
      "content-disposition": `attachment; filename="${lab}-progress.${ending}"`,
    });
  return new Hono()
    .get("/csv", (context) => download(context, renderRecordCsv(record()), "csv", "text/csv"))
    .get("/json", (context) => download(context, signRecord(record(), signingKey), "json", "application/json"));
}
