import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import { LabError } from "../../../core/errors";
import type { SeatAfterUp } from "./class-after-up";

type Outcome = KnownSeat & SeatAfterUp;

/** The error of an `up` with failed seats: each with its cause, and the command that repairs them. */
export function failedSeatsError(seats: readonly Outcome[], stack: string): LabError {
  const failed = seats.filter(({ state }) => state === "failed");
  const message = [`${countFailed(seats)}${describeRest(seats)}.`, "", ...describeFailed(failed), ""].join("\n");
  const flag = stackFlag(stack);
  const [first] = failed;
  const logs = `./lab logs${flag}${seats.length === 1 ? "" : ` ${first?.seat ?? ""}`}`;
  const them = failed.length === 1 ? "it" : "them";
  return new LabError(message, {
    hint: [
      `Run ./lab up${flag}: it repairs ${them} and changes nothing else.`,
      `Logs of ${first?.seat ?? "it"}: ${logs}. Remove the lab: ./lab down${flag}`,
      ...spareAdvice(seats, flag),
    ].join("\n"),
  });
}

/** "2 of 20 seats failed", "1 of 3 seats and 1 of 2 spares failed". */
function countFailed(seats: readonly Outcome[]): string {
  const kinds = (["seat", "spare"] as const).flatMap((role) => {
    const all = seats.filter((seat) => seat.role === role);
    const failed = all.filter(({ state }) => state === "failed");
    return failed.length === 0 ? [] : [`${failed.length} of ${all.length} ${role}${all.length === 1 ? "" : "s"}`];
  });
  return `${kinds.join(" and ")} failed`;
}

function describeRest(seats: readonly Outcome[]): string {
  const ready = seats.filter(({ state }) => state === "ready").length;
  if (ready === 0) {
    return "";
  }
  const isOther = seats.some(({ role, state }) => role === "seat" && state === "failed");
  return `; ${isOther ? "the other " : ""}${ready} ${ready === 1 ? "seat is" : "seats are"} ready`;
}

/** Names in one column, causes in the next. */
function describeFailed(failed: readonly Outcome[]): string[] {
  const width = Math.max(...failed.map(({ seat }) => seat.length));
  return failed.flatMap(({ seat, cause }) =>
    (cause ?? "").split("\n").map((line, index) => `  ${(index === 0 ? seat : "").padEnd(width)}  ${line}`),
  );
}

/** A seat that had been ready keeps its machine, with what a student has on it, until the instructor decides otherwise. */
function spareAdvice(seats: readonly Outcome[], flag: string): string[] {
  const worked = seats.find(({ role, state, ready }) => role === "seat" && state === "failed" && ready !== undefined);
  const isSpareFree = seats.some(({ state }) => state === "spare");
  return worked === undefined || !isSpareFree
    ? []
    : [`Move ${worked.seat} to a spare now: ./lab spare${flag} ${worked.seat}`];
}
