import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freePort } from "../../../adapters/files/own-machine";
import { thisSystem } from "../../../adapters/files/system";
import {
  examineLocal,
  type LocalExamination,
  localFindings,
  withoutEngine,
} from "../../../cli/workflows/doctor/examine-local";
import { type Finding, isHealthy, renderFindings } from "../../../cli/workflows/doctor/render";
import { DEFAULTS } from "../../../config/schema";
import { BAKED_NODE_SHARE, type HostCapacity, NODE_SHARE, UNKNOWN_CAPACITY } from "../../../core/capacity";
import { engineDouble, SOME_ENGINE } from "../adapters/docker/engine-double";
import { contextFor, heldPort, recordedReporter, runtimeIn, temporaryFolder } from "./support";

const SUPPLIES: HostCapacity = {
  memory: { limit: 16.5e9, used: 9.3e9 },
  disk: { limit: 100e9, used: 20e9 },
  "inotify instances": { limit: 128, used: 8 },
  "inotify watches": { limit: 8192, used: 192 },
  "open files": { limit: 1e6, used: 1000 },
  processes: { limit: 32768, used: 768 },
  addresses: { limit: 1023, used: 3 },
};

const EXAMINATION: LocalExamination = {
  engine: SOME_ENGINE,
  demand: {
    stack: "spring",
    seats: 20,
    spares: 0,
    sshPort: 2201,
    artefactDirectory: undefined,
    artefacts: new Map(),
    capacityCheck: "required",
    share: async () => NODE_SHARE,
    isPortFree: async () => true,
  },
  facts: { containers: [], busyPorts: [], artefactFolder: "unseen" },
  supplies: SUPPLIES,
  share: NODE_SHARE,
  lab: "new",
};

test("an Engine on which no node can start is told so, and userns-remap is named where one can", () => {
  const remapped = (cgroupVersion: 1 | 2) => ({
    ...SOME_ENGINE,
    cgroupVersion,
    remapped: { cgroupDriver: "systemd" },
  });
  expect(finding(localFindings({ ...EXAMINATION, engine: remapped(1) }), "Engine")).toMatchObject({
    verdict: "bad",
    text: expect.stringContaining("has userns-remap with cgroup v1"),
  });
  expect(finding(localFindings({ ...EXAMINATION, engine: remapped(2) }), "Engine")).toMatchObject({
    verdict: "good",
    text: expect.stringMatching(/cgroup v2, userns-remap$/),
  });
});

test("a class that starts from a bake needs little disk", () => {
  const supplies = { ...SUPPLIES, disk: { limit: 100e9, used: 90e9 } };
  const disk = (share = NODE_SHARE) => finding(localFindings({ ...EXAMINATION, supplies, share }), "disk");
  expect(disk()).toMatchObject({ verdict: "bad", text: expect.stringContaining("a node takes 1.30 GB: enough for 7") });
  expect(disk(BAKED_NODE_SHARE)).toMatchObject({
    verdict: "good",
    text: expect.stringContaining("a node takes 0.27 GB: enough for 37"),
  });
});

function finding(findings: readonly Finding[], subject: string): Finding | undefined {
  return findings.find((found) => found.subject === subject);
}

function nodes(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    name: `lab-spring-seat0${index + 1}-node1`,
    stack: "spring",
    seat: `seat0${index + 1}`,
    hostPorts: [2201 + index],
  }));
}

describe("localFindings", () => {
  test("are good where all of it fits, with the highest number of seats and what binds it", () => {
    const findings = localFindings(EXAMINATION);
    expect(findings.filter(({ verdict }) => verdict !== "good")).toEqual([]);
    expect(finding(findings, "seats")?.text).toBe(
      "this machine has capacity for 20 nodes; inotify instances would run out first",
    );
    expect(finding(findings, "memory")?.text).toBe("6.9 GB of memory free, a node takes 0.23 GB: enough for 30 more");
    expect(finding(findings, "Engine")?.text).toContain("Docker 20.10.24 at unix:///no/such/docker.sock, cgroup v1");
    expect(finding(findings, "ports")?.text).toBe("2201 to 2220 on 127.0.0.1");
  });

  test("say what is short for one seat more, what to type, and the number that fits", () => {
    const findings = localFindings({ ...EXAMINATION, demand: { ...EXAMINATION.demand, seats: 21 } });
    expect(findings.filter(({ verdict }) => verdict === "bad")).toEqual([
      {
        subject: "inotify instances",
        verdict: "bad",
        text: "120 inotify instances free, a node takes 6: enough for 20 more, 21 required",
        advice: "sudo sysctl fs.inotify.max_user_instances=256",
      },
      {
        subject: "seats",
        verdict: "bad",
        text: "this machine has capacity for 20 nodes; inotify instances would run out first; the class needs 21",
        advice: "./lab up --seats 20, or --force to try anyway",
      },
    ]);
  });

  test("count the nodes that are there", () => {
    const facts = { ...EXAMINATION.facts, containers: nodes(5) };
    const findings = localFindings({
      ...EXAMINATION,
      facts,
      lab: "of this clone",
      demand: { ...EXAMINATION.demand, seats: 25 },
    });
    expect(finding(findings, "seats")).toMatchObject({
      verdict: "good",
      text: "this machine has capacity for 25 nodes (5 exist); inotify instances would run out first",
    });
  });

  test("warn of a class that takes long on few cores", () => {
    const demand = { ...EXAMINATION.demand, seats: 100 };
    expect(finding(localFindings({ ...EXAMINATION, demand }), "cores")).toMatchObject({
      verdict: "warning",
      text: "2 cores: 100 new nodes take about 25 min to come up",
    });
  });

  test("judge nothing that cannot be seen, and say so", () => {
    const findings = localFindings({ ...EXAMINATION, supplies: UNKNOWN_CAPACITY });
    expect(findings.map(({ subject }) => subject)).toEqual(["Engine", "not seen", "cores", "ports"]);
    expect(finding(findings, "not seen")).toMatchObject({
      verdict: "warning",
      text: expect.stringContaining("memory, disk, inotify instances"),
    });
  });

  test("refuse a lab of the same name that another clone made, and no lab of one's own", () => {
    const facts = { ...EXAMINATION.facts, containers: nodes(2) };
    expect(finding(localFindings({ ...EXAMINATION, facts }), "names")).toMatchObject({
      verdict: "bad",
      text: expect.stringContaining('2 nodes of a lab "spring" exist that this clone did not make'),
    });
    expect(finding(localFindings({ ...EXAMINATION, facts, lab: "of this clone" }), "names")).toBeUndefined();
  });

  test("tell taken ports", () => {
    const facts = { ...EXAMINATION.facts, busyPorts: [2207] };
    expect(finding(localFindings({ ...EXAMINATION, facts }), "ports")).toMatchObject({
      verdict: "bad",
      text: expect.stringContaining("port 2207 on 127.0.0.1 is in use by another program"),
    });
  });
});

describe("withoutEngine", () => {
  const system = { ...thisSystem({}), platform: "linux" as const, hasSystemd: true };
  const missing = Object.assign(new Error("connect ENOENT"), { code: "ENOENT" });
  const own = "unix:///var/run/docker.sock";

  test("is a warning for root, for whom `up` starts this machine's own", () => {
    expect(withoutEngine(missing, own, { ...system, isRoot: true })).toMatchObject({
      verdict: "warning",
      advice: "./lab up installs and starts it",
    });
  });

  test("is bad for all others, with what to type", () => {
    expect(withoutEngine(missing, own, { ...system, isRoot: false })).toMatchObject({
      verdict: "bad",
      advice: expect.stringContaining("sudo systemctl start docker"),
    });
  });

  test("is bad for an Engine that lab does not start", () => {
    expect(withoutEngine(missing, "unix:///somewhere.sock", { ...system, isRoot: true }).verdict).toBe("bad");
  });
});

describe("examineLocal", () => {
  const INFO = {
    ServerVersion: "27.0.1",
    CgroupVersion: "2",
    OSType: "linux",
    Architecture: "x86_64",
    DockerRootDir: "/no/such/folder",
    KernelVersion: "0.0.0-elsewhere",
    MemTotal: 8e9,
    NCPU: 4,
  };

  const examined = (host: string, sshPort: number): Promise<Finding[]> => {
    const context = contextFor(runtimeIn(temporaryFolder(), { DOCKER_HOST: host }), "dev", recordedReporter().reporter);
    return examineLocal(context, { ...DEFAULTS, local: { ...DEFAULTS.local, sshPort } });
  };

  test("asks the Engine and looks at this machine, and changes nothing", async () => {
    const { host, requests } = await engineDouble({ "/info": INFO, "/containers/json": [] });
    const port = await heldPort();
    const findings = await examined(host, port);
    expect(isHealthy(findings)).toBe(false);
    expect(finding(findings, "ports")?.text).toContain(`port ${port} on 127.0.0.1 is in use by another program`);
    expect(finding(findings, "Engine")?.text).toContain("Docker 27.0.1");
    expect(finding(findings, "not seen")?.text).toContain("8.0 GB of memory in all");
    expect(requests.every((request) => request.startsWith("GET "))).toBe(true);
  });

  test("finds the Engine alone where it does not answer", async () => {
    const host = `unix://${join(temporaryFolder(), "no-such.sock")}`;
    const findings = await examined(host, await freePort());
    expect(findings).toMatchObject([
      { subject: "Engine", verdict: "bad", text: expect.stringContaining(`${host} does not answer`) },
    ]);
    expect(renderFindings("A lab", findings)).toContain("would not come up");
  });
});
