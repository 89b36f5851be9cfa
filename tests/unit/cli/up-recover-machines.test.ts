import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import type { PreparedLab } from "../../../cli/workflows/prepare/prepared-lab";
import { recoverMachines } from "../../../cli/workflows/up/recover-machines";
import type { Moves } from "../../../config/moves";
import { parseConfig } from "../../../config/parse";
import { READINESS } from "../../support/readiness";
import { engineDouble } from "../adapters/docker/engine-double";
import { contextFor, ENGINE, recordedReporter, runtimeIn, temporaryFolder } from "./support";

/** A node: what its container does, and whether the state has a gate of it. */
interface Node {
  readonly slot: string;
  readonly state: string;
  readonly gate: "passed" | "none";
  /** How many of the lesson's images the state has of it. @default - all three, where its gate has passed */
  readonly images?: number;
}

/** Beside what the nodes do by themselves. */
interface Circumstances {
  readonly moved?: Moves;
  readonly networks?: "one" | "none";
  readonly starting?: "works" | "fails";
  /** What the scripts print that are run on nodes, one after the other. */
  readonly scripts?: string[];
}

const IMAGES = ["figlet", "hello-v0.1", "hello-v0.2"];
const SSH_STARTED = "its SSH server did not run; it is started again";
const DOCKER_RESTARTED = "its Docker Engine gave no answer for 60 s; it is restarted";

/** A class of two seats on an Engine that answers, with a pulumi that knows the state and writes down its calls. */
async function room(
  nodes: readonly Node[],
  { moved = {}, networks = "one", starting = "works", scripts = [SSH_STARTED] }: Circumstances = {},
) {
  const folder = temporaryFolder();
  const sshPort = await greetingPort();
  const containers = nodes.map(({ slot, state }) => ({
    Id: `id-of-${slot}`,
    Names: [`/lab-dev-${slot}-node1`],
    State: state,
    Labels: { "lab-nodes.stack": "dev", "lab-nodes.seat": slot },
    Ports: [{ PrivatePort: 22, PublicPort: sshPort }],
    NetworkSettings: { Networks: state === "running" && networks === "none" ? {} : { bridge: {} } },
    HostConfig: { NetworkMode: "default" },
  }));
  const ids = containers.map(({ Id }) => Id);
  const verbs = [...(starting === "works" ? ["start"] : []), "unpause", "restart"];
  const ports = { "22/tcp": [{ HostPort: String(sshPort) }] };
  const engine = await engineDouble({
    "/containers/json": containers,
    "/networks/bridge/connect": {},
    "/exec/recovery/start": () => scripts.shift() ?? "",
    ...Object.fromEntries(ids.flatMap((id) => verbs.map((verb) => [`/containers/${id}/${verb}`, {}]))),
    ...Object.fromEntries(ids.map((id) => [`/containers/${id}/exec`, { Id: "recovery" }])),
    ...Object.fromEntries(ids.map((id) => [`/containers/${id}/json`, { NetworkSettings: { Ports: ports } }])),
  });
  mkdirSync(join(folder, "cloud-init/files"), { recursive: true });
  for (const script of ["first-boot.sh", "recover-node.sh", "restart-unresponsive-docker.sh"]) {
    writeFileSync(join(folder, "cloud-init/files", script), "");
  }
  const resource = (type: string, name: string, outputs: object) => ({ urn: `urn:x::${type}::${name}`, type, outputs });
  const resources = nodes.flatMap(({ slot, gate, images = gate === "passed" ? 3 : 0 }) => [
    resource("lab-nodes:index:LabNode", `${slot}-node1`, {}),
    ...(gate === "none"
      ? []
      : [resource("command:remote:Command", `${slot}-node1-ready`, { stdout: JSON.stringify(READINESS) })]),
    ...IMAGES.slice(0, images).map((name) => resource("docker:index/image:Image", `${slot}-node1-${name}`, {})),
  ]);
  writeFileSync(join(folder, "state.json"), JSON.stringify({ deployment: { resources } }));
  writeFileSync(join(folder, "pulumi"), `#!/bin/bash\necho "$*" >> pulumi.calls\ncat state.json\n`, { mode: 0o755 });
  writeFileSync(join(folder, "pulumi.calls"), "");
  const { reporter, said } = recordedReporter();
  const context = contextFor(runtimeIn(folder), "dev", reporter);
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
    recover: (...nodesToReplace: string[]) => recoverMachines(context, lab, nodesToReplace),
    stateReads: () => readFileSync(join(folder, "pulumi.calls"), "utf8").split("\n").length - 1,
    started: () => engine.requests.filter((request) => /\/containers\/.*\/(start|unpause)$/.test(request)),
    asked: () => engine.requests.filter((request) => request.startsWith("POST")),
  };
}

const WELL = { state: "running", gate: "passed" } as const;

describe("before an up", () => {
  test("nodes that were ready are started again with all that is on them, never replaced", async () => {
    const { recover, started, said } = await room([
      { slot: "seat01", state: "exited", gate: "passed" },
      { slot: "seat02", state: "paused", gate: "passed" },
    ]);
    expect(await recover()).toEqual({ refresh: "trust-state", replace: [], recovered: ["seat01", "seat02"] });
    expect(started()).toEqual(["POST /containers/id-of-seat01/start", "POST /containers/id-of-seat02/unpause"]);
    expect(said.slice(0, 2)).toEqual([
      expect.stringContaining("started again"),
      expect.stringContaining("continues now"),
    ]);
  });

  test("one that was stopped before it was ready is replaced, and not started for it", async () => {
    const { recover, started, said } = await room([
      { slot: "seat01", ...WELL },
      { slot: "seat02", state: "exited", gate: "none" },
    ]);
    expect(await recover()).toEqual({ refresh: "trust-state", replace: ["seat02"], recovered: [] });
    expect(started()).toEqual([]);
    expect(said).toEqual(["recreating lab-dev-seat02-node1: it was stopped before it was ready"]);
  });

  test("one that runs and cannot be asked is replaced, too", async () => {
    const { recover } = await room([
      { slot: "seat01", ...WELL },
      { slot: "seat02", state: "running", gate: "none" },
    ]);
    expect((await recover()).replace).toEqual(["seat02"]);
  });

  test("a missing script is an error, and no reason to replace or restart a node", async () => {
    const unready = await room([{ slot: "seat01", state: "running", gate: "none" }]);
    rmSync(join(unready.folder, "cloud-init/files/first-boot.sh"));
    await expect(unready.recover()).rejects.toThrow(/ENOENT.*first-boot\.sh/);
    for (const script of ["recover-node.sh", "restart-unresponsive-docker.sh"]) {
      const stopped = await room([{ slot: "seat01", state: "exited", gate: "passed" }]);
      rmSync(join(stopped.folder, "cloud-init/files", script));
      await expect(stopped.recover()).rejects.toThrow(`cloud-init/files/${script}`);
      expect(stopped.asked()).toEqual(["POST /containers/id-of-seat01/start"]);
    }
  });

  test("slots that were left, and what is no node, are left alone and not counted", async () => {
    const moved = { seat02: "spare01" };
    const left = { slot: "seat02", state: "exited", gate: "none" } as const;
    const nodes = [{ slot: "seat01", ...WELL }, left, { slot: "registry", state: "exited", gate: "none" } as const];
    const complete = await room([...nodes, { slot: "spare01", ...WELL }], { moved });
    expect(await complete.recover()).toEqual({ refresh: "trust-state", replace: [], recovered: [] });
    const missing = await room(nodes, { moved });
    expect(await missing.recover()).toEqual({ refresh: "refresh", replace: [], recovered: [] });
    expect([complete.started(), missing.started()]).toEqual([[], []]);
  });

  test("one that cannot be started, as its port is taken, is told and left to pulumi", async () => {
    const { recover, asked, said } = await room([{ slot: "seat01", state: "exited", gate: "passed" }], {
      starting: "fails",
    });
    expect((await recover()).recovered).toEqual([]);
    expect(asked()).toEqual(["POST /containers/id-of-seat01/start"]);
    expect(said[1]).toMatch(/^lab-dev-seat01-node1 cannot be started \(.*no such thing/);
  });

  test("well ones are not even looked into", async () => {
    const { recover, asked, said } = await room([
      { slot: "seat01", ...WELL },
      { slot: "seat02", ...WELL },
    ]);
    expect((await recover()).recovered).toEqual([]);
    expect([asked(), said]).toEqual([[], []]);
  });

  test("one that is in no network any more gets its own back", async () => {
    const { recover, asked, said } = await room([{ slot: "seat01", ...WELL }], { networks: "none" });
    expect((await recover()).recovered).toEqual(["seat01"]);
    expect(asked()).toContain("POST /networks/bridge/connect");
    expect(said[0]).toBe("lab-dev-seat01-node1 was cut off from its network; it is connected again");
  });

  test("one whose last verdict was not good is looked into, and what was recovered is told", async () => {
    const { folder, recover, asked, said } = await room([
      { slot: "seat01", ...WELL },
      { slot: "seat02", ...WELL },
    ]);
    writeVerdicts(folder, { seat01: "passed", seat02: "failed" });
    expect((await recover()).recovered).toEqual(["seat02"]);
    const run = ["POST /containers/id-of-seat02/exec", "POST /exec/recovery/start"];
    expect(asked()).toEqual([...run, ...run]);
    expect(said).toEqual([expect.stringContaining(SSH_STARTED)]);
  });

  test("one that is ready and lacks images has its Docker Engine restarted where it does not answer", async () => {
    const nodes: Node[] = [
      { slot: "seat01", ...WELL },
      { slot: "seat02", ...WELL, images: 1 },
    ];
    const { recover, asked, said } = await room(nodes, { scripts: ["", DOCKER_RESTARTED] });
    expect(await recover()).toEqual({ refresh: "trust-state", replace: [], recovered: ["seat02"] });
    expect(asked()).not.toContain("POST /containers/id-of-seat01/exec");
    expect(said).toEqual([`lab-dev-seat02-node1: ${DOCKER_RESTARTED}`]);
  });

  test("one that may still become ready has its Docker Engine restarted where it does not answer", async () => {
    const nodes: Node[] = [
      { slot: "seat01", ...WELL },
      { slot: "seat02", state: "running", gate: "none" },
    ];
    const { recover, said } = await room(nodes, { scripts: ["", DOCKER_RESTARTED] });
    expect((await recover()).replace).toEqual([]);
    expect(said).toEqual([`lab-dev-seat02-node1: ${DOCKER_RESTARTED}`]);
  });

  test("those that are recreated anyway are left alone", async () => {
    const { recover, asked } = await room([
      { slot: "seat01", state: "exited", gate: "passed" },
      { slot: "seat02", state: "exited", gate: "none" },
    ]);
    expect(await recover("seat01", "seat02")).toEqual({ refresh: "trust-state", replace: [], recovered: [] });
    expect(asked()).toEqual([]);
  });

  test("the state is not read where every machine was judged once", async () => {
    const { folder, recover, stateReads } = await room([
      { slot: "seat01", ...WELL },
      { slot: "seat02", ...WELL },
    ]);
    await recover();
    expect(stateReads()).toBe(1);
    writeVerdicts(folder, { seat01: "passed", seat02: "passed" });
    await recover();
    expect(stateReads()).toBe(1);
  });
});

/** Keeps a verdict on each of the seats, on the machine that it has. */
function writeVerdicts(folder: string, outcomes: Readonly<Record<string, "passed" | "failed">>): void {
  const rest = { kind: "quick", at: "2026-11-23T09:10:11Z", seconds: 1, failedSteps: [], folder: "f" };
  const seats = Object.entries(outcomes).map(([seat, outcome]) => [
    seat,
    { ...rest, outcome, machine: `id-of-${seat}` },
  ]);
  const text = JSON.stringify({ version: 1, seats: Object.fromEntries(seats) });
  mkdirSync(join(folder, ".lab/verdicts/dev"), { recursive: true });
  writeFileSync(join(folder, ".lab/verdicts/dev/last-verdicts.json"), text);
}

/** A port of this machine at which something greets as an SSH server does. */
async function greetingPort(): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.end("SSH-2.0-double\r\n");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
