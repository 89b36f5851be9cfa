import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { createReporter, plainReporter, silentReporter, terminalReporter } from "../../../../cli/ui/reporter";
import { RecordedStream, recordedTerminal, useStillTerminal } from "./stream-double";

useStillTerminal();

/** Work that takes as long as the fake clock is moved on. */
function taking(milliseconds: number): Promise<void> {
  vi.advanceTimersByTime(milliseconds);
  return Promise.resolve();
}

describe.each([
  ["plain", () => plainReporter(new RecordedStream())],
  ["terminal", () => terminalReporter(recordedTerminal())],
  ["silent", () => silentReporter()],
] as const)("the %s reporter", (_name, make) => {
  it("gives the work's result, and lets its rejection through as it is", async () => {
    await expect(make().task("a", async () => 42)).resolves.toBe(42);
    const failure = new Error("no");
    await expect(make().task("a", () => Promise.reject(failure))).rejects.toBe(failure);
  });
});

describe("plainReporter", () => {
  it("prints start and end", async () => {
    const stream = new RecordedStream();
    await plainReporter(stream).task("Base image", () => taking(1200));
    expect(stream.lines).toEqual(["Base image ...", "✓ Base image  1.2 s"]);
  });

  it("prints a failure", async () => {
    const stream = new RecordedStream();
    const work = plainReporter(stream).task("Base image", async () => {
      await taking(12_000);
      throw new Error("no");
    });
    await expect(work).rejects.toThrow("no");
    expect(stream.lines.at(-1)).toBe("✗ Base image  failed after 12 s");
  });

  it("prints a detail at most every 10 s, the latest one", async () => {
    const stream = new RecordedStream();
    await plainReporter(stream).task("Build", async (update) => {
      for (let second = 1; second <= 25; second++) {
        update(`${second} of 25`);
        await taking(1000);
      }
    });
    expect(stream.lines.slice(1, -1)).toEqual(["  Build: 10 of 25 (10 s)", "  Build: 20 of 25 (20 s)"]);
  });

  it("shows a sign of life when there is nothing new for 30 s", async () => {
    const stream = new RecordedStream();
    await plainReporter(stream).task("Build", async (update) => {
      await taking(31_000);
      update("linking");
      await taking(50_000);
    });
    expect(stream.lines.slice(1, -1)).toEqual([
      "  Build: still at work (30 s)",
      "  Build: linking (40 s)",
      "  Build: still at work, last: linking (1 m 10 s)",
    ]);
  });

  it("prints info and warnings", () => {
    const stream = new RecordedStream();
    plainReporter(stream).info("found docker 20.10");
    plainReporter(stream).warn("old");
    expect(stream.lines).toEqual(["found docker 20.10", "warning: old"]);
  });
});

describe("terminalReporter", () => {
  it("draws a line with detail and seconds, within the terminal's width", async () => {
    const stream = recordedTerminal();
    await terminalReporter(stream).task("Build", async (update) => {
      update(`12 of 980 packages ${"x".repeat(100)}`);
      await taking(3000);
    });
    const drawn = stream.lines.filter((line) => line.includes("12 of 980"));
    expect(drawn.at(-1)).toMatch(/^\S Build {2}12 of 980 packages x+… {2}\d s$/);
    expect(Math.max(...drawn.map((line) => line.length))).toBeLessThan(80);
    expect(stream.lines.at(-1)).toBe("✓ Build  3.0 s");
  });

  it("redraws at most 8 times a second however often the detail changes", async () => {
    const stream = recordedTerminal();
    await terminalReporter(stream).task("Build", async (update) => {
      for (let tick = 0; tick < 1000; tick++) {
        update(`${tick}`);
        await taking(1);
      }
    });
    expect(stream.writes.filter((write) => write.includes("Build")).length).toBeLessThanOrEqual(10);
  });

  it("keeps what ended above the tasks still running, and stops its clock at the end", async () => {
    const stream = recordedTerminal();
    const reporter = terminalReporter(stream);
    let finishLong = (): void => undefined;
    const long = reporter.task("Long", () => new Promise<void>((resolve) => (finishLong = resolve)));
    await expect(reporter.task("Short", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const [failed, running] = stream.lines.slice(-2);
    expect(failed).toBe("✗ Short  failed after 0.0 s");
    expect(running).toMatch(/^\S Long {2}0 s$/);
    finishLong();
    await long;
    await sleep(0);
    const writesAtEnd = stream.writes.length;
    vi.advanceTimersByTime(5000);
    expect(stream.writes.length).toBe(writesAtEnd);
  });
});

describe("createReporter", () => {
  async function outputOf(stream: RecordedStream, json: boolean): Promise<string> {
    const reporter = createReporter({ stream, json });
    await reporter.task("Build", () => taking(1000));
    reporter.warn("w");
    return stream.text;
  }

  it("says nothing with --json", async () => {
    expect(await outputOf(recordedTerminal(), true)).toBe("");
  });

  it("is live on a terminal, plain elsewhere", async () => {
    const cursorMovement = "\u001b[";
    expect(await outputOf(recordedTerminal(), false)).toContain(cursorMovement);
    expect(await outputOf(new RecordedStream(), false)).not.toContain(cursorMovement);
    vi.stubEnv("CI", "1");
    expect(await outputOf(recordedTerminal(), false)).not.toContain(cursorMovement);
  });
});
