import type { Prices } from "../../../../adapters/aws/prices";
import { type Expiry, expiryText } from "../../../../config/expiry";
import { isAnswered, refusalText } from "../../../../core/aws/answers";
import { describeMachines } from "../../../../core/aws/facts";
import type { Finding } from "../render";

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

/** What the class costs, an hour, a day, and if it is forgotten; or why that cannot be said. */
export function billFindings(demand: BillDemand, prices: Prices, now: Date): Finding[] {
  const { instance, volume, address } = prices;
  if (!isAnswered(instance)) {
    const text = `AWS does not tell it (${refusalText(instance)})`;
    return [{ subject: "price", verdict: "warning", text, advice: PRICE_ADVICE }];
  }
  const ofInstance = `${perHour(instance.value)} USD an hour for an instance${demand.spot ? " on demand, less for spot" : ""}`;
  if (!isAnswered(volume) || !isAnswered(address)) {
    const [missing, silent] = isAnswered(volume) ? ["public address", address] : ["volume", volume];
    const text = `${ofInstance}; what its ${missing} costs AWS does not tell (${refusalText(silent)})`;
    return [{ subject: "price", verdict: "warning", text, advice: PRICE_ADVICE }];
  }
  const disk = (volume.value * demand.rootGigabytes) / MONTH_HOURS;
  const seatHour = instance.value + disk + address.value;
  const text = `${ofInstance}, ${perHour(disk)} for ${demand.rootGigabytes} GiB of gp3, ${perHour(address.value)} for a public address`;
  return [{ subject: "price", verdict: "good", text, advice: undefined }, bill(demand, seatHour, now)];
}

const PRICE_ADVICE = "it needs the permission pricing:GetProducts; AWS's price pages have it, too";

function bill(demand: BillDemand, seatHour: number, now: Date): Finding {
  const { seats, furtherMachines, expiry } = demand;
  const dollars = (hours: number) => `${((seats + furtherMachines) * seatHour * hours).toFixed(2)} USD`;
  const who = describeMachines(demand);
  const text = `${perHour(seatHour)} USD a seat-hour; ${who}: ${dollars(CLASS_DAY_HOURS)} a day of ${CLASS_DAY_HOURS} h, ${dollars(MONTH_HOURS)} if forgotten for a month`;
  return { subject: "cost", verdict: "good", text, advice: endText(expiry, dollars, now) };
}

/** What a forgotten class comes to in truth. */
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
