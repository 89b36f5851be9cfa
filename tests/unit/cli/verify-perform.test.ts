import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { SeatWithMachine } from "../../../cli/workflows/class-seats";
import type { VerdictEvent } from "../../../cli/workflows/verify/board";
import { type Performance, performOnSeats } from "../../../cli/workflows/verify/perform";
import { LabError } from "../../../core/errors";
import { mapBounded } from "../../../core/limits";
import { failed, fakePerformance, fakeShell, knownSeat, passed, STEPS } from "./verify-double";

const [ONE, TWO, THREE] = STEPS as [(typeof STEPS)[0], (typeof STEPS)[0], (typeof STEPS)[0]];
const ALL_PASS = STEPS.map((step) => passed(step));

async function perform(
  seats: readonly SeatWithMachine[],
  performance: Performance,
  signal = new AbortController().signal,
) {
  const events: VerdictEvent[] = [];
  const verdicts = await performOnSeats(seats, performance, {
    parallel: 2,
    onEvent: (event) => events.push(event),
    signal,
  });
  return { verdicts, events };
}

describe("mapBounded", () => {
  test("works on so many at a time, and gives the results in order", async () => {
    let running = 0;
    let most = 0;
    const results = await mapBounded([30, 5, 20, 1, 10], 2, async (milliseconds) => {
      running += 1;
      most = Math.max(most, running);
      await sleep(milliseconds);
      running -= 1;
      return milliseconds * 2;
    });
    expect({ results, most }).toEqual({ results: [60, 10, 40, 2, 20], most: 2 });
  });
});

describe("performOnSeats", () => {
  test("gives each seat's verdict with what is known of its node", async () => {
    const { verdicts } = await perform([knownSeat(1), knownSeat(2)], fakePerformance(ALL_PASS));
    const { images: _, role: _role, ...facts } = knownSeat(2);
    expect(verdicts.map(({ seat, outcome }) => [seat, outcome])).toEqual([
      ["seat01", "passed"],
      ["seat02", "passed"],
    ]);
    expect(verdicts[1]).toEqual({
      ...facts,
      startedAt: expect.stringMatching(/^20\d\d-\d\d-\d\dT.*Z$/),
      seconds: expect.any(Number),
      outcome: "passed",
      steps: ALL_PASS,
    });
  });

  test("fails the seat when one step fails", async () => {
    const steps = [passed(ONE), failed(TWO), passed(THREE)];
    const { verdicts } = await perform([knownSeat(1)], fakePerformance(steps));
    expect(verdicts[0]).toMatchObject({ outcome: "failed", steps });
  });

  test("tells what happens on which seat, in order", async () => {
    const { events } = await perform([knownSeat(3)], fakePerformance([passed(ONE)]));
    expect(events).toEqual([
      { kind: "seat started", seat: "seat03" },
      { kind: "step started", seat: "seat03", step: "1" },
      { kind: "command started", seat: "seat03", step: "1", command: "docker run hello" },
      { kind: "step ended", seat: "seat03", verdict: passed(ONE) },
      { kind: "seat ended", seat: "seat03", outcome: "interrupted" },
    ]);
  });

  test("a seat that cannot be reached fails with the reason, and the others go on", async () => {
    const openShell = async (seat: SeatWithMachine) => {
      if (seat.seat === "seat01") {
        throw new LabError("Nobody answers at 127.0.0.1:2201.", { hint: "Type ./lab up." });
      }
      return fakeShell();
    };
    const { verdicts, events } = await perform([knownSeat(1), knownSeat(2)], {
      ...fakePerformance(ALL_PASS),
      openShell,
    });
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(["failed", "passed"]);
    expect(verdicts[0]?.steps.map(({ outcome }) => outcome)).toEqual(["failed", "blocked", "blocked"]);
    expect(verdicts[0]?.steps[0]?.failure).toEqual({
      command: "ssh -p 2201 root@127.0.0.1",
      expected: "a node that can be reached",
      found: "Nobody answers at 127.0.0.1:2201.\nType ./lab up.",
    });
    expect(events.filter((event) => event.kind === "step ended" && event.seat === "seat01")).toHaveLength(3);
  });

  test("closes every shell, also when something breaks", async () => {
    let closed = 0;
    const openShell = async () => fakeShell(() => (closed += 1));
    await perform([knownSeat(1), knownSeat(2)], { ...fakePerformance(ALL_PASS), openShell });
    const broken = () => Promise.reject(new Error("a fault of ours"));
    const performance = { ...fakePerformance(ALL_PASS), openShell, perform: broken };
    await expect(perform([knownSeat(1)], performance)).rejects.toThrow("a fault of ours");
    expect(closed).toBe(3);
  });

  test("a fault of ours is not taken for a node that cannot be reached", async () => {
    const openShell = () => Promise.reject(new TypeError("undefined is not a function"));
    await expect(perform([knownSeat(1)], { ...fakePerformance(ALL_PASS), openShell })).rejects.toThrow(TypeError);
  });

  test("when it is stopped, what had ended is kept and the rest is interrupted, not failed", async () => {
    const stop = new AbortController();
    const performance: Performance = {
      ...fakePerformance(ALL_PASS),
      perform: async (_, listener) => {
        listener.stepEnded(passed(ONE));
        stop.abort();
        return [passed(ONE)];
      },
    };
    const seats = [knownSeat(1), knownSeat(2), knownSeat(3)];
    const { verdicts } = await perform(seats, performance, stop.signal);
    expect(verdicts.map(({ seat, outcome, steps }) => [seat, outcome, steps.length])).toEqual([
      ["seat01", "interrupted", 1],
      ["seat02", "interrupted", expect.any(Number)],
      ["seat03", "interrupted", 0],
    ]);
  });

  test("Node.js does not warn of a leak when many commands listen for the stop", async () => {
    const warnings: string[] = [];
    const remember = ({ name }: Error) => warnings.push(name);
    process.on("warning", remember);
    const listening: Performance = {
      ...fakePerformance(ALL_PASS),
      perform: async (_, __, signal) => {
        for (let command = 0; command < 20; command += 1) {
          signal.addEventListener("abort", () => command, { once: true });
        }
        return ALL_PASS;
      },
    };
    await perform([knownSeat(1)], listening);
    await sleep(10);
    process.removeListener("warning", remember);
    expect(warnings).toEqual([]);
  });

  test("a connection given up because it was stopped is no failure", async () => {
    const stop = new AbortController();
    const openShell = async () => {
      stop.abort();
      throw new LabError("given up");
    };
    const { verdicts } = await perform([knownSeat(1)], { ...fakePerformance(ALL_PASS), openShell }, stop.signal);
    expect(verdicts[0]).toMatchObject({ outcome: "interrupted", steps: [] });
  });
});
