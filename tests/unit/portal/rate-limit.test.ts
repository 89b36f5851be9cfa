import { describe, expect, it } from "vitest";
import { RateLimit } from "../../../portal/server/rate-limit";
import { Busy, SeatTurns } from "../../../portal/server/seat-turns";

function limitAt(rate: { perSecond: number; burst: number }) {
  const clock = { milliseconds: 0 };
  return { clock, limit: new RateLimit(rate, () => clock.milliseconds) };
}

describe("RateLimit", () => {
  it("lets a burst pass, and then tells how long to wait", () => {
    const { limit } = limitAt({ perSecond: 10, burst: 100 });
    expect([limit.count(60), limit.count(40), limit.count(5)]).toEqual([0, 0, 500]);
  });

  it("forgets what came as time passes, and no more than came", () => {
    const { clock, limit } = limitAt({ perSecond: 10, burst: 100 });
    limit.count(130);
    expect(limit.excess()).toBe(30);
    clock.milliseconds = 2000;
    expect(limit.excess()).toBe(10);
    clock.milliseconds = 60_000;
    expect([limit.count(100), limit.count(1)]).toEqual([0, 100]);
  });

  it("does not count what it refuses: who waits gets on", () => {
    const { clock, limit } = limitAt({ perSecond: 1, burst: 2 });
    const taken = [limit.take(1), limit.take(1), limit.take(1), limit.take(1)];
    expect(taken).toEqual([true, true, false, false]);
    clock.milliseconds = 1000;
    expect([limit.take(1), limit.take(1)]).toEqual([true, false]);
  });
});

describe("SeatTurns", () => {
  it("takes a burst of clicks of each seat, and refuses more", async () => {
    const turns = new SeatTurns();
    const click = (seat: string) => turns.take(seat, async () => seat);
    for (let count = 0; count < 20; count += 1) {
      await click("seat01");
    }
    await expect(click("seat01")).rejects.toThrow(Busy);
    await expect(click("seat02")).resolves.toBe("seat02");
  });
});
