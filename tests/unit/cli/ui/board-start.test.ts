import { describe, expect, it, vi } from "vitest";
import { startBoard } from "../../../../cli/ui/board/start";
import { diagnostic, recording, step, urnOf } from "./recordings";
import { RecordedStream, recordedTerminal, useStillTerminal } from "./stream-double";

useStillTerminal();

/** Plays a recording at a tenth of a second an event. */
function show(name: string, stream: RecordedStream): ReturnType<typeof startBoard> {
  const board = startBoard({ stream, json: false });
  for (const event of recording(name)) {
    vi.advanceTimersByTime(100);
    board.onEvent(event);
  }
  return board;
}

describe("the live board", () => {
  it("redraws at most 8 times a second and leaves the last state standing", () => {
    const stream = recordedTerminal();
    const board = show("up", stream);
    const seconds = recording("up").length / 10;
    expect(stream.writes.length).toBeLessThanOrEqual(seconds * 8 + 2);
    board.stop();
    expect(stream.lines.at(-3)).toMatch(/^seat02 (✓ \S+ s\s+){7}ready in/);
    expect(stream.lines.slice(-2)).toEqual(["", expect.stringMatching(/^28 created in \S+ s$/)]);
  });

  it("ticks without events, and stops when told", () => {
    const stream = recordedTerminal();
    const board = startBoard({ stream, json: false });
    vi.advanceTimersByTime(3000);
    expect(stream.text).toContain("3 s");
    board.stop();
    const written = stream.writes.length;
    vi.advanceTimersByTime(3000);
    board.stop();
    expect(stream.writes.length).toBe(written);
  });

  it("has no closing words for an engine that said nothing", () => {
    const stream = recordedTerminal();
    startBoard({ stream, json: false }).stop();
    expect(stream.lines.at(-1)).toBe("starting · 0.0 s");
  });

  it("shows every seat at the end, however low the terminal is", () => {
    const stream = recordedTerminal();
    stream.rows = 5;
    const board = show("up", stream);
    expect(stream.lines.join("\n")).toContain("more seats");
    board.stop();
    expect(stream.lines.slice(-4, -2).map((line) => line.slice(0, 6))).toEqual(["seat01", "seat02"]);
  });
});

describe("the plain board", () => {
  it("prints one line as each phase ends", () => {
    const stream = new RecordedStream();
    show("one-seat", stream).stop();
    const said = stream.lines.map((line) => line.replace(/ in .*/, ""));
    expect(said.filter((line) => line.startsWith("node1"))).toEqual([
      "node1  machine  created",
      "node1  cloud-init  finished",
      "node1  Docker  ready",
      "node1  base images  loaded",
      "node1  figlet  built",
      "node1  hello:v0.1  built",
      "node1  hello:v0.2  built",
    ]);
    expect(stream.text).not.toContain("\u001b");
  });

  it("says nothing of what stays, and names the cause of a failure", () => {
    const stream = new RecordedStream();
    show("unchanged", stream).stop();
    expect(stream.lines).toEqual(["", expect.stringMatching(/^28 unchanged in /)]);
    show("failed", stream).stop();
    expect(stream.lines.filter((line) => line.includes("failed"))).toEqual([
      expect.stringMatching(/^seat02 {2}Docker {2}failed after \S+ s: Process exited with status 1/),
      "✗ seat02 failed in Docker (command:remote:Command seat02-node1-ready)",
      "    cloud-init failed",
      expect.stringMatching(/; 1 of 2 seats failed: seat02$/),
    ]);
  });

  it("prints a preview's plan once, at its end", () => {
    const stream = new RecordedStream();
    show("preview", stream).stop();
    const phases = "machine, cloud-init, Docker, base images, figlet, hello:v0.1, hello:v0.2";
    expect(stream.lines).toEqual([
      "class  to create: lab-node-image, lab-client-key",
      `seat01  to create: ${phases}`,
      `seat02  to create: ${phases}`,
      "",
      expect.stringMatching(/^28 to create in /),
    ]);
  });

  it("leaves a preview's failure to the outcome", () => {
    const stream = new RecordedStream();
    const board = startBoard({ stream, json: false });
    const urn = urnOf("docker:index/container:Container", "seat02-node1");
    const metadata = step("create", urn);
    board.onEvent({ sequence: 1, timestamp: 0, resourcePreEvent: { metadata, planning: true } });
    board.onEvent({ sequence: 2, timestamp: 0, resOpFailedEvent: { metadata, status: 0, steps: 0 } });
    board.onEvent(diagnostic(3, "error", "no such image", urn));
    vi.advanceTimersByTime(2000);
    board.stop();
    expect(stream.lines).toEqual([
      "",
      expect.stringMatching(/^✗ seat02 failed in machine /),
      "    no such image",
      "",
      expect.stringMatching(/1 of 1 seats? failed: seat02$/),
    ]);
  });

  it("says once that a phase is slow, and every 30 s of silence that it is at work", () => {
    const stream = new RecordedStream();
    const board = startBoard({ stream, json: false });
    const urn = urnOf("command:remote:Command", "node1-base-images");
    board.onEvent({ sequence: 1, timestamp: 0, resourcePreEvent: { metadata: step("create", urn) } });
    vi.advanceTimersByTime(100_000);
    expect(stream.lines).toEqual([
      "node1  base images  still running after 15 s",
      "at work for 45 s: base images; 0 of 1 seat ready",
      "at work for 1 m 15 s: base images; 0 of 1 seat ready",
    ]);
    board.stop();
  });
});

describe("a board with --json", () => {
  it("draws nothing and still tells all at the end", () => {
    const stream = recordedTerminal();
    const board = startBoard({ stream, json: true });
    recording("failed").forEach(board.onEvent);
    vi.advanceTimersByTime(60_000);
    const final = board.stop();
    expect(stream.text).toBe("");
    expect(final.failures.map((finding) => finding.row)).toEqual(["seat02"]);
    expect(final.summary?.created).toBe(22);
  });
});
