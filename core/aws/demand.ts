import type { LabLock } from "../../config/lock";
import type { LabConfig } from "../../config/schema";
import { seatsOf } from "../seats";
import type { AwsDemand } from "./facts";

type ClassSettings = Pick<LabConfig, "seats" | "spares" | "moved" | "portal" | "aws">;

/** What a class asks of AWS, by its settings. */
export function awsDemand(config: ClassSettings, region: string, lock: LabLock): AwsDemand {
  return {
    region,
    seats: config.seats,
    furtherMachines: furtherMachines(config),
    settings: config.aws,
    pinnedImages: lock.aws.images,
  };
}

/** How many machines a class has beyond one a seat: spares, without places that were left, and the portal's. */
export function furtherMachines(config: Omit<ClassSettings, "aws">): number {
  return seatsOf(config).length - config.seats + (config.portal === "node" ? 1 : 0);
}

/** "3 seats", "3 seats and 1 further machine". */
export function describeMachines({ seats, furtherMachines: further }: Pick<AwsDemand, "seats" | "furtherMachines">) {
  const also = further === 0 ? "" : ` and ${further} further ${further === 1 ? "machine" : "machines"}`;
  return `${seats} ${seats === 1 ? "seat" : "seats"}${also}`;
}
