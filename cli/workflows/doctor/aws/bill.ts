import type { Prices } from "../../../../adapters/aws/prices";
import { type Expiry, expiryText } from "../../../../config/expiry";
import { isAnswered, refusalText } from "../../../../core/aws/answers";
import { describeMachines } from "../../../../core/aws/facts";
import { type Finding, good, warning } from "../render";

/** What is paid for. */
export interface BillDemand {
  readonly seats: number;
  /** Beyond one a seat. */
  readonly furtherMachines: number;
  readonly rootGigabytes: number;
  readonly spot: boolean;
  readonly expiry: Expiry | undefined;
}

/** A day of teaching. */
const CLASS_DAY_HOURS = 8;

/** A month, as AWS counts. */
const MONTH_HOURS = 730;

const PRICE_ADVICE = "it needs the permission pricing:GetProducts; AWS's price pages have it, too";

/** Price per seat and cost of the class, per hour, per day, and if it is forgotten; or why they are unknown. */
export function billFindings(demand: BillDemand, prices: Prices, now: Date): Finding[] {
  const { instance, volume, address } = prices;
  if (!isAnswered(instance)) {
    return [warning("price", `AWS did not return it (${refusalText(instance)})`, PRICE_ADVICE)];
  }
  const ofInstance = `${perHour(instance.value)} USD an hour for an instance${demand.spot ? " on demand, less for spot" : ""}`;
  if (!isAnswered(volume) || !isAnswered(address)) {
    const [missing, refusal] = isAnswered(volume) ? ["public address", address] : ["volume", volume];
    const text = `${ofInstance}; AWS did not return the price of its ${missing} (${refusalText(refusal)})`;
    return [warning("price", text, PRICE_ADVICE)];
  }
  const disk = (volume.value * demand.rootGigabytes) / MONTH_HOURS;
  const seatHour = instance.value + disk + address.value;
  const text = `${ofInstance}, ${perHour(disk)} for ${demand.rootGigabytes} GiB of gp3, ${perHour(address.value)} for a public address`;
  return [good("price", text), costFinding(demand, seatHour, now)];
}

function costFinding(demand: BillDemand, seatHour: number, now: Date): Finding {
  const { seats, furtherMachines, expiry } = demand;
  const dollars = (hours: number) => `${((seats + furtherMachines) * seatHour * hours).toFixed(2)} USD`;
  const machines = describeMachines(demand);
  const text = `${perHour(seatHour)} USD a seat-hour; ${machines}: ${dollars(CLASS_DAY_HOURS)} a day of ${CLASS_DAY_HOURS} h, ${dollars(MONTH_HOURS)} if forgotten for a month`;
  return good("cost", text, endText(expiry, dollars, now));
}

/** The most that a forgotten class costs if its machines end by themselves. */
function endText(expiry: Expiry | undefined, dollars: (hours: number) => string, now: Date): string | undefined {
  if (expiry === undefined) {
    return undefined;
  }
  const hours = "seconds" in expiry ? expiry.seconds / 3600 : (Date.parse(expiry.time) - now.getTime()) / 3_600_000;
  const when = "seconds" in expiry ? `after ${expiryText(expiry)}` : `at ${expiry.time}`;
  return hours > 0 ? `but each machine ends by itself ${when} (expires): ${dollars(hours)} at most` : undefined;
}

function perHour(dollars: number): string {
  return dollars.toFixed(4);
}
