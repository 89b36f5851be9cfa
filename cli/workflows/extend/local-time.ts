/** A time for people, in this machine's own zone: "Tue 1 Dec 2026, 19:00 CET". */
export function localTime(time: Date): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  }).formatToParts(time);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  const day = ["weekday", "day", "month", "year"] as const;
  return `${day.map(part).join(" ")}, ${part("hour")}:${part("minute")} ${part("timeZoneName")}`;
}

/** A time as settings and tags have it: "2026-12-01T18:00:00Z". */
export function isoTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}
