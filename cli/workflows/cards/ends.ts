import { type Expiry, expiryText } from "../../../config/expiry";

/** When a class ends, for a card; undefined for one that does not end by itself. */
export function endsText(expiry: Expiry | undefined): string | undefined {
  if (expiry === undefined) {
    return undefined;
  }
  return "time" in expiry
    ? `Ends ${expiry.time.slice(0, "2026-12-01T18:00".length).replace("T", " ")} UTC`
    : `Ends ${expiryText(expiry)} after its first boot`;
}
