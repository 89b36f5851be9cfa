import { describe, expect, it } from "vitest";
import { changes, repeated, seat, states, upTo } from "./board-double";
import { EVENT_MS, play, recording, step, urnOf } from "./recordings";

describe("a recorded run of the engine", () => {
  it("up: every seat goes through all phases, and the summary is the engine's own", () => {
    const board = play(recording("up"));
    expect(board.seats.map((row) => row.name)).toEqual(["seat01", "seat02"]);
    expect(states(board, "seat01")).toBe(repeated("done"));
    expect(states(board, "seat02")).toBe(repeated("done"));
    expect(Object.keys(board.shared).sort()).toEqual(["lab-client-key", "lab-node-image"]);
    expect(board.failures).toEqual([]);
    expect(board.summary).toEqual({
      created: 28,
      changed: 0,
      replaced: 0,
      deleted: 0,
      unchanged: 0,
      seconds: 6,
      outcome: "succeeded",
    });
  });

  it("up: seat rows appear with the seats' components, before their first resource", () => {
    const events = recording("up");
    const firstMachine = events.find((event) => event.resourcePreEvent?.metadata.urn.includes("container:Container"));
    const before = upTo(events, (firstMachine?.sequence ?? 0) - 1);
    expect(states(before, "seat01")).toBe(repeated("waiting"));
  });

  it("up: the times are those at which events arrived", () => {
    const events = recording("up");
    const machine = events.filter((event) =>
      (event.resourcePreEvent ?? event.resOutputsEvent)?.metadata.urn.endsWith("container:Container::seat01-node1"),
    );
    const { startedAt, endedAt } = seat(play(events), "seat01").phases.machine;
    expect([startedAt, endedAt]).toEqual(machine.map((event) => event.sequence * EVENT_MS));
  });

  it("a second up: all is unchanged", () => {
    const board = play(recording("unchanged"));
    expect(states(board, "seat01")).toBe(repeated("unchanged"));
    expect(Object.values(board.shared).map((progress) => progress.state)).toEqual(["unchanged", "unchanged"]);
    expect(board.summary).toMatchObject({ created: 0, unchanged: 28 });
  });

  it("a replaced machine takes its gate and images with it, and the other seat stays", () => {
    const board = play(recording("replaced"));
    expect(states(board, "seat01")).toBe(repeated("done"));
    expect(changes(board, "seat01")).toBe(repeated("replace"));
    expect(states(board, "seat02")).toBe(repeated("unchanged"));
    expect(board.summary).toMatchObject({ changed: 1, replaced: 6 });
  });

  it("a replaced machine counts as under way while the old one is removed", () => {
    const events = recording("replaced");
    const removal = events.find((event) => event.resourcePreEvent?.metadata.op === "delete-replaced");
    const { machine } = seat(upTo(events, removal?.sequence ?? 0), "seat01").phases;
    expect(machine).toMatchObject({ state: "running", change: "replace", detail: "removing the old one" });
  });

  it("down: all is deleted", () => {
    const board = play(recording("down"));
    expect(states(board, "seat01")).toBe(repeated("deleted"));
    expect(states(board, "seat02")).toBe(repeated("deleted"));
    expect(board.summary).toMatchObject({ deleted: 28, outcome: "succeeded" });
  });

  it("preview: says what would be done, in a board that knows it is a preview", () => {
    const board = play(recording("preview"));
    expect(board.mode).toBe("preview");
    expect(changes(board, "seat02")).toBe(repeated("create"));
  });

  it("a class of one has the node's own name", () => {
    expect(play(recording("one-seat")).seats.map((row) => row.name)).toEqual(["node1"]);
  });

  it("a failed gate: the seat stops there, the other goes on, and the cause is kept whole and alone", () => {
    const board = play(recording("failed"));
    expect(states(board, "seat02")).toBe("done done failed waiting waiting waiting waiting");
    expect(states(board, "seat01")).toBe(repeated("done"));
    expect(board.failures).toEqual([
      {
        row: "seat02",
        phase: "Docker",
        resource: "command:remote:Command seat02-node1-ready",
        text: 'Process exited with status 1: running "lab-gate":\ncloud-init failed\n  E: Unable to locate package docker.io',
      },
    ]);
    expect(board.summary?.outcome).toBe("failed");
  });

  it("a refresh before the work is counted, and says nothing about the phases", () => {
    const events = recording("refreshed-and-failed");
    const refreshes = events.filter((event) => event.resourcePreEvent?.metadata.op === "refresh");
    expect(refreshes.length).toBeGreaterThan(10);
    const during = upTo(events, refreshes.at(-1)?.sequence ?? 0);
    expect(during.refreshing.length).toBeGreaterThan(0);
    expect(states(during, "seat01")).toBe(repeated("waiting"));
    const firstStep = events.find(
      (event) =>
        event.resourcePreEvent?.metadata.urn.endsWith("seat01-node1-host-key") &&
        event.resourcePreEvent.metadata.op === "same",
    );
    expect(upTo(events, firstStep?.sequence ?? 0).refreshing).toEqual([]);
    const board = play(events);
    expect(changes(board, "seat01")).toBe(repeated("replace"));
    expect(states(board, "seat02")).toBe("unchanged done failed waiting waiting waiting waiting");
  });
});

describe("a refresh", () => {
  it("that finds a machine gone leaves its phase to the work that follows", () => {
    const urn = urnOf("docker:index/container:Container", "node1");
    const board = play([
      { sequence: 1, timestamp: 0, resourcePreEvent: { metadata: step("refresh", urn) } },
      { sequence: 2, timestamp: 0, resOutputsEvent: { metadata: step("delete", urn) } },
    ]);
    expect(board.refreshing).toEqual([]);
    expect(states(board, "node1")).toBe(repeated("waiting"));
  });
});

describe("a phase of several resources", () => {
  it("is deleted when the last of them is, and took from the first one's start", () => {
    const container = step("delete", urnOf("docker:index/container:Container", "node1"));
    const volume = step("delete", urnOf("docker:index/volume:Volume", "node1-docker-data"));
    const events = [
      { sequence: 1, timestamp: 0, resourcePreEvent: { metadata: container } },
      { sequence: 3, timestamp: 0, resourcePreEvent: { metadata: volume } },
      { sequence: 5, timestamp: 0, resOutputsEvent: { metadata: container } },
      { sequence: 8, timestamp: 0, resOutputsEvent: { metadata: volume } },
    ];
    expect(seat(upTo(events, 5), "node1").phases.machine).toMatchObject({ state: "running", endedAt: undefined });
    const machine = seat(upTo(events, 8), "node1").phases.machine;
    expect(machine).toMatchObject({ state: "deleted", startedAt: 100, endedAt: 800 });
  });
});

describe("a failed phase", () => {
  it("stays failed while other resources of it go on", () => {
    const container = step("delete", urnOf("docker:index/container:Container", "node1"));
    const volume = step("delete", urnOf("docker:index/volume:Volume", "node1-docker-data"));
    const board = play([
      { sequence: 1, timestamp: 0, resourcePreEvent: { metadata: container } },
      { sequence: 2, timestamp: 0, resOpFailedEvent: { metadata: container, status: 0, steps: 0 } },
      { sequence: 3, timestamp: 0, resourcePreEvent: { metadata: volume } },
      { sequence: 4, timestamp: 0, resOutputsEvent: { metadata: volume } },
    ]);
    expect(seat(board, "node1").phases.machine).toMatchObject({ state: "failed", startedAt: 100, endedAt: 200 });
  });
});
