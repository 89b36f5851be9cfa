import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mendMachines } from "../../cli/mend-machines";
import type { PreparedLab } from "../../cli/prepare";
import { StackConfig } from "../../cli/pulumi/stack-config";
import type { Moves } from "../../config/moves";
import { parseConfig } from "../../config/parse";
import { READINESS } from "../support/readiness";
import { contextFor, ENGINE, recordedReporter, surroundingsIn, temporaryFolder } from "./cli-support";
import { engineDouble } from "./docker-engine-double";

/** A node: what its container does, and whether the state has a gate of it. */
interface Node {
  readonly place: string;
  readonly state: string;
  readonly gate: "passed" | "none";
}

/** A class of two seats on an Engine that answers, with a pulumi that knows the state and writes down its calls. */
async function room(nodes: readonly Node[], moved: Moves = {}) {
  const folder = temporaryFolder();
  const containers = nodes.map(({ place, state }) => ({
    Id: `id-of-${place}`,
    Names: [`/lab-dev-${place}-node1`],
    State: state,
    Labels: { "lab-nodes.stack": "dev", "lab-nodes.seat": place },
  }));
  const ids = containers.map(({ Id }) => Id);
  const engine = await engineDouble({
    "/containers/json": containers,
    ...Object.fromEntries(ids.flatMap((id) => ["start", "unpause"].map((verb) => [`/containers/${id}/${verb}`, {}]))),
  });
  const resource = (type: string, name: string, outputs: object) => ({ urn: `urn:x::${type}::${name}`, type, outputs });
  const resources = nodes.flatMap(({ place, gate }) => [
    resource("lab-nodes:index:LabNode", `${place}-node1`, {}),
    ...(gate === "none"
      ? []
      : [resource("command:remote:Command", `${place}-node1-ready`, { stdout: JSON.stringify(READINESS) })]),
  ]);
  writeFileSync(join(folder, "state.json"), JSON.stringify({ deployment: { resources } }));
  writeFileSync(join(folder, "pulumi"), `#!/bin/bash\necho "$*" >> pulumi.calls\ncat state.json\n`, { mode: 0o755 });
  writeFileSync(join(folder, "pulumi.calls"), "");
  const { reporter, said } = recordedReporter();
  const context = contextFor(surroundingsIn(folder), "dev", reporter);
  const parsed = parseConfig({ seats: 2, spares: Object.keys(moved).length, moved });
  if (!parsed.ok) {
    throw new Error(parsed.problems.join());
  }
  const lab: PreparedLab = {
    stack: { name: "dev", directory: folder, command: join(folder, "pulumi"), environment: { PATH: "/usr/bin:/bin" } },
    engine: ENGINE,
    config: new StackConfig(folder, "dev"),
    settings: parsed.config,
    docker: {
      host: engine.host,
      serverVersion: "27.0.1",
      cgroupVersion: 2,
      platform: "linux/amd64",
      rootDirectory: "/none",
      kernelVersion: "6.1.0",
      memoryBytes: 8e9,
      cores: 2,
    },
  };
  return {
    folder,
    said,
    mend: () => mendMachines(context, lab),
    stateReads: () => readFileSync(join(folder, "pulumi.calls"), "utf8").split("\n").length - 1,
    started: () => engine.requests.filter((request) => /\/(start|unpause)$/.test(request)),
  };
}

const WELL = { state: "running", gate: "passed" } as const;

describe("before an up", () => {
  test("nodes that were ready are started again with all that is on them, never replaced", async () => {
    const { mend, started, said } = await room([
      { place: "seat01", state: "exited", gate: "passed" },
      { place: "seat02", state: "paused", gate: "passed" },
    ]);
    expect(await mend()).toEqual({ refresh: "trust-state", replace: [] });
    expect(started()).toEqual(["POST /containers/id-of-seat01/start", "POST /containers/id-of-seat02/unpause"]);
    expect(said).toEqual([expect.stringContaining("started again"), expect.stringContaining("goes on now")]);
  });

  test("one that was stopped before it was ready is replaced, and not started for it", async () => {
    const { mend, started, said } = await room([
      { place: "seat01", ...WELL },
      { place: "seat02", state: "exited", gate: "none" },
    ]);
    expect(await mend()).toEqual({ refresh: "trust-state", replace: ["seat02"] });
    expect(started()).toEqual([]);
    expect(said).toEqual(["lab-dev-seat02-node1 is made anew: it was stopped before it was ready"]);
  });

  test("one that runs and cannot be asked is replaced, too", async () => {
    const { folder, mend } = await room([
      { place: "seat01", ...WELL },
      { place: "seat02", state: "running", gate: "none" },
    ]);
    mkdirSync(join(folder, "cloud-init/files"), { recursive: true });
    writeFileSync(join(folder, "cloud-init/files/first-boot.sh"), "");
    expect((await mend()).replace).toEqual(["seat02"]);
  });

  test("places that were left, and what is no node, are left alone and not counted", async () => {
    const moved = { seat02: "spare01" };
    const left = { place: "seat02", state: "exited", gate: "none" } as const;
    const nodes = [{ place: "seat01", ...WELL }, left, { place: "registry", state: "exited", gate: "none" } as const];
    const complete = await room([...nodes, { place: "spare01", ...WELL }], moved);
    expect(await complete.mend()).toEqual({ refresh: "trust-state", replace: [] });
    const missing = await room(nodes, moved);
    expect(await missing.mend()).toEqual({ refresh: "refresh", replace: [] });
    expect([complete.started(), missing.started()]).toEqual([[], []]);
  });

  test("the state is not read where every machine was judged once", async () => {
    const { folder, mend, stateReads } = await room([
      { place: "seat01", ...WELL },
      { place: "seat02", ...WELL },
    ]);
    await mend();
    expect(stateReads()).toBe(1);
    mkdirSync(join(folder, ".lab/verdicts/dev"), { recursive: true });
    const verdict = {
      kind: "quick",
      outcome: "failed",
      at: "2026-11-23T09:10:11Z",
      seconds: 1,
      failedSteps: [],
      folder: "f",
    };
    const seats = Object.fromEntries(
      ["seat01", "seat02"].map((seat) => [seat, { ...verdict, machine: `id-of-${seat}` }]),
    );
    writeFileSync(join(folder, ".lab/verdicts/dev/last-verdicts.json"), JSON.stringify({ version: 1, seats }));
    await mend();
    expect(stateReads()).toBe(1);
  });
});
