import { describe, expect, test } from "vitest";
import { emptyBoard, emptyRow, type Finding } from "../../../cli/ui/board/model";
import { seatsAfterUp } from "../../../cli/workflows/up/class-after-up";
import { failedSeatsError } from "../../../cli/workflows/up/failed-seats";
import { describeEnd } from "../../../cli/workflows/up/lost-machines";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import { freeSpares, movesOf, planMoves, settingsOf } from "../../../core/class-state/replace-seats";
import { READINESS } from "../../support/readiness";

function seat(name: string, change: Partial<KnownSeat> = {}): KnownSeat {
  return {
    seat: name,
    role: name.startsWith("spare") ? "spare" : "seat",
    node: `${name}-node1`,
    ssh: { host: "127.0.0.1", port: 2201, user: "root" },
    ready: READINESS,
    images: ["figlet", "hello:v0.1", "hello:v0.2"],
    ...change,
  };
}

const NEVER_READY = { ready: undefined, images: [] };

function boardWith(failures: readonly Finding[], ...places: string[]) {
  return { ...emptyBoard(0), failures, seats: places.map((place) => emptyRow(place, `${place}-node1`)) };
}

function failure(row: string, text: string): Finding {
  return { row, phase: "cloud-init", resource: "command:remote:Command x", text };
}

describe("seats after an up", () => {
  const board = boardWith(
    [failure("seat02", "node1 is not ready: no Docker")],
    "seat01",
    "seat02",
    "seat03",
    "spare01",
  );

  test("are ready, spare, or failed with their cause", () => {
    const seats = [seat("seat01"), seat("seat02", NEVER_READY), seat("spare01")];
    expect(seatsAfterUp(seats, board, new Map()).map(({ state, cause }) => [state, cause])).toEqual([
      ["ready", null],
      ["failed", "cloud-init: no Docker"],
      ["spare", null],
    ]);
  });

  test("have failed too where the state still has all of them, or where nobody said why", () => {
    const seats = [seat("seat02"), seat("seat03", { images: ["figlet"] })];
    expect(seatsAfterUp(seats, board, new Map())).toMatchObject([
      { state: "failed", cause: "cloud-init: no Docker" },
      { state: "failed", cause: "not finished: what it needs had failed" },
    ]);
  });

  test("have failed where they cannot be reached, although nothing failed", () => {
    const unreached = new Map([["seat01-node1", "its Docker host ssh://a does not answer: no"]]);
    const outcomes = seatsAfterUp([seat("seat01"), seat("seat03")], board, new Map(), unreached);
    expect(outcomes).toMatchObject([
      { state: "failed", cause: "its Docker host ssh://a does not answer: no" },
      { state: "ready", cause: null },
    ]);
  });

  test("are told of their machine first, where that is lost", () => {
    const lost = new Map([["seat02-node1", "its container is gone"]]);
    expect(seatsAfterUp([seat("seat02", NEVER_READY)], board, lost)[0]?.cause).toBe(
      "its container is gone\ncloud-init: no Docker",
    );
  });

  test("that were left do not fail any more", () => {
    const left = seat("seat02-node1", { ...NEVER_READY, role: "left", node: "seat02-node1" });
    expect(seatsAfterUp([left], board, new Map())).toMatchObject([{ state: "left", cause: null }]);
  });
});

describe("the error for failed seats", () => {
  const well = Array.from({ length: 18 }, (_, index) => seat(`seat${index + 10}`));

  test("shows two of twenty at once, with their causes and the one command to go on", () => {
    const board = boardWith(
      [
        failure("seat01", "node1 is not ready: no Docker"),
        failure("seat02", `gone: running "bash -s":\nphase: packages`),
      ],
      "seat01",
      "seat02",
    );
    const seats = [seat("seat01", NEVER_READY), seat("seat02", NEVER_READY), ...well];
    const error = failedSeatsError(seatsAfterUp(seats, board, new Map()), "spring");
    expect(error.message).toBe(
      [
        "2 of 20 seats failed; the other 18 seats are ready.",
        "",
        "  seat01  cloud-init: no Docker",
        "  seat02  cloud-init: gone",
        "          last heard of it: packages",
        "",
      ].join("\n"),
    );
    expect(error.exitCode).toBe(1);
    expect(error.hint?.split("\n")).toEqual([
      "Run ./lab up --stack spring: it repairs them and changes nothing else.",
      "Logs of seat01: ./lab logs --stack spring seat01. Remove the lab: ./lab down --stack spring",
    ]);
  });

  test("proposes a spare for a seat that had been ready, whose machine somebody may have worked on", () => {
    const board = boardWith([failure("seat01", "no room")], "seat01");
    const hint = (...seats: KnownSeat[]) => failedSeatsError(seatsAfterUp(seats, board, new Map()), "dev").hint;
    expect(hint(seat("seat01"), seat("spare01"))).toContain("Move seat01 to a spare now: ./lab spare seat01");
    expect(hint(seat("seat01"))).not.toContain("./lab spare");
    expect(hint(seat("seat01", NEVER_READY), seat("spare01"))).not.toContain("./lab spare");
  });

  test("counts spares apart, and says so when no seat failed", () => {
    const board = boardWith([failure("spare01", "no")], "spare01");
    const seats = [seat("seat01"), seat("spare01", NEVER_READY), seat("spare02")];
    expect(failedSeatsError(seatsAfterUp(seats, board, new Map()), "dev").message).toMatch(
      /^1 of 2 spares failed; 1 seat is ready\.\n/,
    );
  });
});

describe("moves to spares", () => {
  const all = () => true;

  test("are for failed seats on whose nodes nobody can have worked, the first ones first", () => {
    const seats = [seat("seat01"), seat("seat02", NEVER_READY), seat("seat03", NEVER_READY), seat("spare01")];
    const moves = planMoves(seats, ({ role }) => role === "seat");
    expect(movesOf(moves)).toEqual({ seat02: "spare01" });
    expect(settingsOf(moves)).toEqual(new Map([["moved.seat02", "spare01"]]));
  });

  test("are none to spares that failed, and none of seats that did not", () => {
    const seats = [seat("seat02", NEVER_READY), seat("spare01")];
    expect(planMoves(seats, all)).toEqual([]);
    expect(planMoves(seats, () => false)).toEqual([]);
    expect(freeSpares([seat("spare01", { images: ["figlet"] }), seat("spare02")]).map((one) => one.seat)).toEqual([
      "spare02",
    ]);
  });

  test("leave a spare, too, when a seat that was on it fails", () => {
    const moved = seat("seat02", { ...NEVER_READY, node: "spare01-node1" });
    expect(movesOf(planMoves([moved, seat("spare02")], (one) => one === moved))).toEqual({ spare01: "spare02" });
    const only = seat("seat01", { ...NEVER_READY, node: "node1" });
    expect(movesOf(planMoves([only, seat("spare01")], (one) => one === only))).toEqual({ seat01: "spare01" });
  });
});

test.each([
  ["missing", "its container c is gone"],
  [{ Running: true, OOMKilled: false, ExitCode: 0 }, undefined],
  [{ Running: true, Paused: true, OOMKilled: false, ExitCode: 0 }, "its container c is paused"],
  [{ Running: true, OOMKilled: false, ExitCode: 0, networks: [] }, "its container c is cut off from its network"],
  [{ Running: false, OOMKilled: false, ExitCode: 137 }, "its container c does not run any more (exit code 137)"],
  [{ Running: false, OOMKilled: true, ExitCode: 137 }, "its container c does not run any more (it ran out of memory)"],
] as const)("a container that is %j: %s", (state, text) => {
  const well = { Paused: false, networks: ["bridge"] };
  expect(describeEnd("c", state === "missing" ? state : { ...well, ...state })).toBe(text);
});
