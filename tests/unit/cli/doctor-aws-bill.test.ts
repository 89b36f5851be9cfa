import { describe, expect, test } from "vitest";
import type { Prices } from "../../../adapters/aws/prices";
import { type BillDemand, billFindings } from "../../../cli/workflows/doctor/aws/bill";
import { refused } from "./doctor-aws-support";

const NOW = new Date("2026-12-01T08:00:00Z");
/** Chosen so that a seat-hour is 0.06 to the cent: 0.048 + 20 x 0.2555 / 730 + 0.005. */
const PRICES: Prices = { instance: { value: 0.048 }, volume: { value: 0.2555 }, address: { value: 0.005 } };
const CLASS: BillDemand = {
  seats: 10,
  furtherMachines: 0,
  rootGigabytes: 20,
  spot: false,
  expiry: { seconds: 43_200 },
};

function textsOf(demand: Partial<BillDemand> = {}, prices: Partial<Prices> = {}) {
  return billFindings({ ...CLASS, ...demand }, { ...PRICES, ...prices }, NOW);
}

describe("the bill", () => {
  test("is that of a seat-hour, a day of teaching, a month, and of what happens in truth", () => {
    expect(textsOf()).toEqual([
      {
        subject: "price",
        verdict: "good",
        text: "0.0480 USD an hour for an instance, 0.0070 for 20 GiB of gp3, 0.0050 for a public address",
        advice: undefined,
      },
      {
        subject: "cost",
        verdict: "good",
        text: "0.0600 USD a seat-hour; 10 seats: 4.80 USD a day of 8 h, 438.00 USD if forgotten for a month",
        advice: "but each machine ends by itself after 12h (expires): 7.20 USD at most",
      },
    ]);
  });

  test("grows with seats and disk", () => {
    const [price, cost] = textsOf({ seats: 1, rootGigabytes: 40 });
    expect(price?.text).toContain("0.0140 for 40 GiB");
    expect(cost?.text).toBe(
      "0.0670 USD a seat-hour; 1 seat: 0.54 USD a day of 8 h, 48.91 USD if forgotten for a month",
    );
  });

  test("is for spares and the portal's machine, too", () => {
    expect(textsOf({ furtherMachines: 2 })[1]).toMatchObject({
      text: "0.0600 USD a seat-hour; 10 seats and 2 further machines: 5.76 USD a day of 8 h, 525.60 USD if forgotten for a month",
      advice: "but each machine ends by itself after 12h (expires): 8.64 USD at most",
    });
  });

  test.each([
    [
      { time: "2026-12-01T18:00:00Z" },
      "but each machine ends by itself at 2026-12-01T18:00:00Z (expires): 6.00 USD at most",
    ],
    [{ time: "2026-12-01T07:00:00Z" }, undefined],
    [undefined, undefined],
  ])("with the end %j says %j", (expiry, advice) => {
    expect(textsOf({ expiry })[1]?.advice).toBe(advice);
  });

  test("of spot instances says that it is the dearest they can be", () => {
    expect(textsOf({ spot: true })[0]?.text).toMatch(/^0\.0480 USD an hour for an instance on demand, less for spot, /);
  });
});

describe("a price that AWS did not return", () => {
  test.each([
    [
      "of the instance",
      { instance: refused("AccessDeniedException") },
      "AWS did not return it (AccessDeniedException)",
    ],
    [
      "of its volume",
      { volume: refused("its price list has none") },
      "0.0480 USD an hour for an instance; AWS did not return the price of its volume (its price list has none)",
    ],
    [
      "of its address",
      { address: refused("InternalError") },
      "0.0480 USD an hour for an instance; AWS did not return the price of its public address (InternalError)",
    ],
  ])("%s is a warning, and nothing is guessed", (_, prices, text) => {
    expect(textsOf({}, prices)).toMatchObject([{ subject: "price", verdict: "warning", text }]);
  });
});
