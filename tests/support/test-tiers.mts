/** How much `lab test` runs: the short list below, everything that CI runs, or that and the faults that take longest. */
export type TestTier = "short" | "all" | "faults";

/** Projects whose tests make real machines. Unit and component tests run in every tier. */
export type MachineProject = "engine" | "e2e" | "faults";

interface ShortListEntry {
  readonly file: string;
  /** Duration in the CI run of 30 November 2026, on two cores, with two files at a time. */
  readonly seconds: number;
  readonly proves: string;
}

/** Seconds that `lab test` may take after set-up. */
export const SHORT_LIMIT = 15 * 60;

/** Seconds of unit and component tests, and of vitest itself, in the same CI run. */
export const SECONDS_BEFORE_MACHINES = 165;

/**
 * What `lab test` runs of the projects with machines: the main job on both targets, the commands, and the real browser.
 * A file that is left out runs with `--all`. Of the commands `lab spare` has unit tests alone, in every tier.
 */
export const SHORT_LIST: Readonly<Record<MachineProject, readonly ShortListEntry[]>> = {
  e2e: [
    { file: "tests/e2e/newcomer.test.ts", seconds: 146, proves: "a fresh clone: up, status, ssh, logs, env, down" },
    { file: "tests/e2e/portal.test.ts", seconds: 225, proves: "the lesson in a real browser; the wall, cards, reset" },
    { file: "tests/e2e/usage.test.ts", seconds: 40, proves: "help, wrong usage and missing tools, by command" },
  ],
  engine: [
    { file: "tests/engine/one-seat.test.ts", seconds: 101, proves: "plain pulumi: preview, up, no-op, destroy" },
    { file: "tests/engine/broken-node.test.ts", seconds: 78, proves: "the readiness gate fails, and up recovers" },
    { file: "tests/engine/student-access.test.ts", seconds: 133, proves: "a class of two; only their own seat opens" },
    { file: "tests/engine/aws-class.test.ts", seconds: 183, proves: "AWS: up, verify, extend, expiry, audit, down" },
    { file: "tests/engine/aws-bake.test.ts", seconds: 111, proves: "AWS: bake, a class from it, its removal" },
    { file: "tests/engine/doctor-aws.test.ts", seconds: 21, proves: "doctor at AWS" },
    { file: "tests/engine/aws-lock.test.ts", seconds: 4, proves: "lock, with the machine images of a region" },
    { file: "tests/engine/audit.test.ts", seconds: 10, proves: "audit on Docker Engines" },
    { file: "tests/engine/aws-audit.test.ts", seconds: 4, proves: "audit at AWS" },
    { file: "tests/engine/refusals.test.ts", seconds: 33, proves: "a bad config is refused before any resource" },
    { file: "tests/engine/user-data-schema.test.ts", seconds: 8, proves: "user data is valid for cloud-init" },
  ],
  faults: [{ file: "tests/faults/state.test.ts", seconds: 101, proves: "repair of a damaged state" }],
};

/** Everything, where a longer tier does not add to it. */
const ALL: Readonly<Record<MachineProject, string>> = {
  engine: "tests/engine/**/*.test.ts",
  e2e: "tests/e2e/**/*.test.ts",
  faults: "tests/faults/*.test.ts",
};

/** The files of a project, as patterns for vitest. */
export function includedFiles(project: MachineProject, tier: TestTier): string[] {
  if (tier === "short") {
    return SHORT_LIST[project].map(({ file }) => file);
  }
  return [tier === "faults" && project === "faults" ? "tests/faults/**/*.test.ts" : ALL[project]];
}

/** The tier that `lab test` asks for by `LAB_TEST_TIER`; vitest on its own runs all. */
export function requestedTier(environment: NodeJS.ProcessEnv): TestTier {
  const tier = environment["LAB_TEST_TIER"];
  return tier === "short" || tier === "faults" ? tier : "all";
}
