import { describe, expect, onTestFinished, test } from "vitest";
import { type DockerEngine, isPortFree } from "../../../adapters/docker/engine";
import { freePort } from "../../../adapters/files/own-machine";
import {
  engineProblems,
  findLocalProblems,
  type HostFacts,
  type LocalDemand,
  localProblems,
  nodesAsked,
} from "../../../components/machines/local/preflight";
import { NODE_SHARE } from "../../../core/capacity";
import { engineDouble, SOME_ENGINE } from "../adapters/docker/engine-double";
import { heldPort, temporaryFolder } from "../cli/support";

const DEMAND: LocalDemand = {
  stack: "spring",
  seats: 3,
  spares: 0,
  sshPort: 2201,
  artefactDirectory: undefined,
  artefacts: new Map(),
  capacityCheck: "required",
  share: async () => NODE_SHARE,
  isPortFree,
};
const EMPTY: HostFacts = { containers: [], busyPorts: [], artefactFolder: "unseen" };

describe("a base image", () => {
  const ofBase = (osRelease: string) => localProblems({ ...DEMAND, baseImage: "class:1" }, { ...EMPTY, osRelease });

  test.each([
    ['PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nID=debian\n'],
    ["ID=debian\nVERSION_ID=12\n"],
    ["ID=ubuntu\nVERSION_ID='24.04'\nID_LIKE=debian\n"],
  ])("may be one of those that nodes can be made from: %j", (osRelease) => {
    expect(ofBase(osRelease)).toEqual([]);
  });

  test.each([
    ['PRETTY_NAME="Alpine Linux v3.22"\nID=alpine\nVERSION_ID=3.22.1\n', "is Alpine Linux v3.22"],
    ['PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"\nID=debian\nVERSION_ID="11"\n', "is Debian GNU/Linux 11 (bullseye)"],
    ["none", "is an image without an os-release file"],
  ])("is refused by name otherwise: %j", (osRelease, found) => {
    expect(ofBase(osRelease)).toEqual([
      `local.baseImage: class:1 ${found}; a node needs one of these, with apt: debian 12, debian 13, ubuntu 22.04, ubuntu 24.04, ubuntu 26.04; for the default: pulumi config rm --path local.baseImage`,
    ]);
  });
});

describe("localProblems", () => {
  test("are none on an empty Engine", () => {
    expect(localProblems(DEMAND, EMPTY)).toEqual([]);
  });

  test("count the portal's machine, where the class has one: its port and its name", () => {
    const containers = [
      { name: "database", stack: undefined, seat: undefined, hostPorts: [2421] },
      { name: "lab-spring-portal", stack: undefined, seat: undefined, hostPorts: [] },
    ];
    expect(localProblems(DEMAND, { ...EMPTY, containers })).toEqual([]);
    expect(localProblems({ ...DEMAND, portal: "node" }, { ...EMPTY, containers })).toEqual([
      expect.stringMatching(/^local\.sshPort: port 2421 on 127\.0\.0\.1 is in use by the container database/),
      expect.stringMatching(/^the name lab-spring-portal is taken/),
    ]);
    expect([nodesAsked(DEMAND), nodesAsked({ ...DEMAND, portal: "node" })]).toEqual([3, 4]);
  });

  test("are none for the stack's own containers: a second up is no clash", () => {
    const containers = [{ name: "spring-seat01", stack: "spring", seat: "seat01", hostPorts: [2201] }];
    expect(localProblems(DEMAND, { ...EMPTY, containers })).toEqual([]);
  });

  test.each([
    ["missing", ["artefacts.directory: the folder /srv/class does not exist"]],
    [["trivy.tar.gz"], ["trivy.databaseArchive: there is no db in artefacts.directory (/srv/class)"]],
    [["db", "trivy.tar.gz", "debian.tar"], []],
    ["unseen", []],
  ] as const)("of a folder of artefacts that is %j are %j", (artefactFolder, problems) => {
    const artefacts = new Map([
      ["trivy.archive", "trivy.tar.gz"],
      ["trivy.databaseArchive", "db"],
    ]);
    const demand = { ...DEMAND, artefactDirectory: "/srv/class", artefacts };
    expect(localProblems(demand, { ...EMPTY, artefactFolder })).toEqual(problems);
  });

  test("name each taken port and who holds it, and where to go", () => {
    const facts = {
      ...EMPTY,
      containers: [
        { name: "autumn-node1", stack: "autumn", seat: "seat01", hostPorts: [2201] },
        { name: "database", stack: undefined, seat: undefined, hostPorts: [2203, 5432] },
      ],
      busyPorts: [2202],
    };
    expect(localProblems(DEMAND, facts)).toEqual([
      'local.sshPort: port 2201 on 127.0.0.1 is in use by the container autumn-node1 of the lab "autumn", ' +
        "port 2202 on 127.0.0.1 is in use by another program, " +
        "port 2203 on 127.0.0.1 is in use by the container database; " +
        "ports from 2301 may be free: pulumi config set --path local.sshPort 2301",
    ]);
  });

  test("say nothing of taken ports that nobody asks for", () => {
    const containers = [{ name: "database", stack: undefined, seat: undefined, hostPorts: [2200, 2204] }];
    expect(localProblems(DEMAND, { ...EMPTY, containers })).toEqual([]);
  });

  test("are of spares, too: their ports come after those of the greatest class", () => {
    const demand = { ...DEMAND, spares: 2 };
    expect(localProblems(demand, { ...EMPTY, busyPorts: [2401, 2404] })).toEqual([
      "local.sshPort: port 2401 on 127.0.0.1 is in use by another program; ports from 2501 may be free: pulumi config set --path local.sshPort 2501",
    ]);
  });

  test("propose ports past all that are known to be taken", () => {
    const containers = [{ name: "autumn", stack: "autumn", seat: "seat01", hostPorts: [2201, 2303, 2401] }];
    expect(localProblems(DEMAND, { ...EMPTY, containers })[0]).toContain("ports from 2501 may");
  });

  test("propose ports that there are, also for a class at the upper end", () => {
    const demand = { ...DEMAND, seats: 100, sshPort: 65400 };
    const problems = localProblems(demand, { ...EMPTY, busyPorts: [65400] });
    const proposed = Number(problems[0]?.match(/ports from (\d+) may/)?.[1]);
    expect(proposed).toBeGreaterThanOrEqual(1024);
    expect(proposed + demand.seats - 1).toBeLessThanOrEqual(65535);
  });

  test("propose no ports where every block is taken", () => {
    const everyTenth = Array.from({ length: 6553 }, (_, index) => 10 * index + 1);
    const containers = [{ name: "greedy", stack: undefined, seat: undefined, hostPorts: everyTenth }];
    const problems = localProblems(DEMAND, { ...EMPTY, containers });
    expect(problems).toEqual(["local.sshPort: port 2201 on 127.0.0.1 is in use by the container greedy"]);
  });

  test("name a container that has a node's name, and whose it is", () => {
    const containers = [
      { name: "lab-spring-seat01-node1", stack: "spring-seat01", seat: "seat01", hostPorts: [] },
      { name: "lab-spring-seat03-node1", stack: undefined, seat: undefined, hostPorts: [] },
      { name: "lab-spring-seat02-node1", stack: "spring", seat: "seat02", hostPorts: [] },
      { name: "lab-spring-seat04-node1", stack: undefined, seat: undefined, hostPorts: [] },
    ];
    expect(localProblems(DEMAND, { ...EMPTY, containers })).toEqual([
      'the name lab-spring-seat01-node1 is taken by a container of the lab "spring-seat01"; use another name for this lab: --stack NAME',
      "the name lab-spring-seat03-node1 is taken by a container that does not belong to a lab; use another name for this lab: --stack NAME",
    ]);
  });
});

describe("an Engine with userns-remap", () => {
  const remapped = { ...SOME_ENGINE, remapped: { cgroupDriver: "systemd" } };

  test("is good where a node gets its own cgroup: on v2, by the driver systemd", () => {
    expect(engineProblems(SOME_ENGINE)).toEqual([]);
    expect(engineProblems({ ...remapped, cgroupVersion: 2 })).toEqual([]);
  });

  test.each<[1 | 2, string]>([
    [1, "systemd"],
    [1, "cgroupfs"],
    [2, "cgroupfs"],
  ])("is refused before the first resource with cgroup v%i and the driver %s", async (cgroupVersion, cgroupDriver) => {
    const { host } = await engineDouble({ "/containers/json": [] });
    const engine = { ...SOME_ENGINE, host, cgroupVersion, remapped: { cgroupDriver } };
    const [problem, ...others] = await findLocalProblems(engine, { ...DEMAND, seats: 1, sshPort: await freePort() });
    expect(problem).toContain(
      `the Docker Engine at ${host} has userns-remap with cgroup v${cgroupVersion} and the cgroup driver "${cgroupDriver}"`,
    );
    expect(others).toEqual([]);
  });
});

describe("findLocalProblems", () => {
  const engineWith = async (containers: readonly object[]): Promise<DockerEngine> => {
    const { host } = await engineDouble({ "/containers/json": containers });
    const rootDirectory = temporaryFolder();
    return { ...SOME_ENGINE, host, rootDirectory };
  };

  test("sees a program that listens on an asked port", async () => {
    const sshPort = await heldPort();
    const problems = await findLocalProblems(await engineWith([]), { ...DEMAND, seats: 1, sshPort });
    expect(problems[0]).toContain(`local.sshPort: port ${sshPort} on 127.0.0.1 is in use by another program`);
  });

  test("knows the stack's own nodes by their label, though their ports are taken", async () => {
    const sshPort = await heldPort();
    const container = (stack: string) => ({
      Id: "c0ffee",
      Names: ["/node"],
      Labels: { "lab-nodes.stack": stack },
      Ports: [
        { PrivatePort: 22, PublicPort: sshPort, IP: "127.0.0.1", Type: "tcp" },
        { PrivatePort: 80, Type: "tcp" },
      ],
    });
    const demand = { ...DEMAND, seats: 1, sshPort };
    expect(await findLocalProblems(await engineWith([container("spring")]), demand)).toEqual([]);
    expect((await findLocalProblems(await engineWith([container("autumn")]), demand))[0]).toContain(
      'the container node of the lab "autumn"',
    );
  });

  test("does not take a UDP port for a TCP port of the same number", async () => {
    const sshPort = await freePort();
    const container = {
      Id: "c0ffee",
      Names: ["/telephone"],
      Labels: {},
      Ports: [{ PrivatePort: 5060, PublicPort: sshPort, IP: "0.0.0.0", Type: "udp" }],
    };
    const engine = await engineWith([container]);
    expect(await findLocalProblems(engine, { ...DEMAND, seats: 1, sshPort })).toEqual([]);
  });

  test("looks at no port and no disk of this machine for an Engine elsewhere", async () => {
    const engine = await engineWith([]);
    const sshPort = await heldPort();
    const http = await import("node:http");
    const remote = http.createServer((_, response) => response.end("[]"));
    await new Promise<void>((resolve) => {
      remote.listen(0, "127.0.0.1", resolve);
    });
    onTestFinished(() => {
      remote.close();
    });
    const address = remote.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const elsewhere = { ...engine, host: `tcp://127.0.0.1:${port}` };
    expect(await findLocalProblems(elsewhere, { ...DEMAND, seats: 1, sshPort })).toEqual([]);
  });
});
