import { describe, expect, test } from "vitest";
import { movedPackages, resolvePackages, warnOfMovedPackages } from "../../../cli/workflows/lock/packages";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import { READINESS } from "../../support/readiness";
import { recordedReporter } from "./support";

/** A seat whose gate saw these packages. */
function seatWith(seat: string, packages: Readonly<Record<string, string>>, distribution = "debian 12"): KnownSeat {
  const ready = { ...READINESS, distribution, packages };
  return { seat, role: "seat", node: `${seat}-node1`, ssh: undefined, ready, images: [] };
}

const LOCKED = { "debian 12": { "docker.io": "20.10.24", runc: "1.1.5" } };

describe("packages that moved", () => {
  test("are those that a node has in another version than the lock file", () => {
    const seats = [
      seatWith("seat01", { "docker.io": "20.10.24", runc: "1.1.6" }),
      seatWith("seat02", { "docker.io": "20.10.25", runc: "1.1.6" }),
    ];
    const moved = movedPackages(seats, LOCKED);
    expect(moved).toEqual([
      { distribution: "debian 12", name: "docker.io", locked: "20.10.24", installed: "20.10.25", seats: ["seat02"] },
      { distribution: "debian 12", name: "runc", locked: "1.1.5", installed: "1.1.6", seats: ["seat01", "seat02"] },
    ]);
    const { reporter, said } = recordedReporter();
    warnOfMovedPackages(reporter, moved);
    expect(said).toEqual([
      "packages of the distribution are not those of lab.lock.json: docker.io 20.10.24 -> 20.10.25, runc 1.1.5 -> 1.1.6 (run ./lab lock to pin them)",
    ]);
  });

  test("are also those that the lock file never heard of, on a distribution of their own perhaps", () => {
    const moved = movedPackages([seatWith("seat01", { "docker.io": "26.1" }, "ubuntu 24.04")], LOCKED);
    expect(moved).toEqual([
      { distribution: "ubuntu 24.04", name: "docker.io", locked: null, installed: "26.1", seats: ["seat01"] },
    ]);
  });

  test("are none where all is as locked, a seat is not ready, or Docker's own repository has them", () => {
    const seats = [
      seatWith("seat01", { "docker.io": "20.10.24", "docker-ce": "5:29", "containerd.io": "2" }),
      { ...seatWith("seat02", { runc: "9" }), ready: undefined },
    ];
    expect(movedPackages(seats, LOCKED)).toEqual([]);
    const { reporter, said } = recordedReporter();
    warnOfMovedPackages(reporter, []);
    expect(said).toEqual([]);
  });
});

describe("packages taken over", () => {
  test("replace and complete what was locked, and leave other distributions alone", () => {
    const before = { ...LOCKED, "ubuntu 24.04": { "docker.io": "26.1" } };
    const { value, moves } = resolvePackages(before, [seatWith("seat01", { runc: "1.1.6", jq: "1.6" })]);
    expect(value).toEqual({ ...before, "debian 12": { "docker.io": "20.10.24", runc: "1.1.6", jq: "1.6" } });
    expect(moves).toEqual([
      { what: "packages.debian 12.runc", from: "1.1.5", to: "1.1.6" },
      { what: "packages.debian 12.jq", from: undefined, to: "1.6" },
    ]);
    expect(LOCKED["debian 12"].runc).toBe("1.1.5");
  });

  test("are not chosen among seats that differ", () => {
    const seats = [seatWith("seat01", { runc: "1.1.5" }), seatWith("seat02", { runc: "1.1.6" })];
    const { value, moves, unasked } = resolvePackages(LOCKED, seats);
    expect([value, moves]).toEqual([LOCKED, []]);
    expect(unasked).toEqual([
      { what: "packages.debian 12.runc", reason: "the seats differ: 1.1.5 on seat01; 1.1.6 on seat02" },
    ]);
  });
});
