import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import type { Classroom, SeatOutput } from "../../components/classroom";
import type { Expiry } from "../../config/expiry";
import type { Moves } from "../../config/moves";
import lock from "../../lab.lock.json";
import { createClass, localTarget } from "../support/local-class";
import { inventory, MODES, type Mode, type RecordedResource, recordResources, userDataOf } from "../support/mocks";
import { SOME_ENGINE } from "../unit/adapters/docker/engine-double";

interface Variant {
  readonly seats?: number;
  readonly spares?: number;
  readonly moved?: Moves;
  readonly cgroupVersion?: 1 | 2;
  readonly platform?: "linux/amd64" | "linux/arm64";
  readonly artefactDirectory?: string;
  readonly imageBase?: "lesson" | "debian";
  readonly expiry?: Expiry;
  readonly bake?: string;
  readonly extension?: string;
}

function classroom(mode: Mode, variant: Variant = {}): Promise<RecordedResource[]> {
  return recordResources(mode, () => {
    makeClassroom(variant);
  });
}

function makeClassroom(variant: Variant): Classroom {
  const { cgroupVersion = 1, platform = "linux/amd64", artefactDirectory, bake, ...args } = variant;
  const engine = { ...SOME_ENGINE, cgroupVersion, platform };
  return createClass(localTarget({ engine, artefactDirectory, expiry: args.expiry, bake }), { seats: 1, ...args });
}

async function outputsOf(variant: Variant): Promise<{ seats: SeatOutput[]; spares: SeatOutput[] }> {
  let outputs = { seats: [] as SeatOutput[], spares: [] as SeatOutput[] };
  await recordResources("update", () => {
    const made = makeClassroom(variant);
    pulumi.output({ seats: made.seats, spares: made.spares }).apply((values) => {
      outputs = values;
    });
  });
  return outputs;
}

function find(resources: readonly RecordedResource[], name: string, type?: string): RecordedResource {
  const found = resources.filter(
    (resource) => resource.name === name && (type === undefined || resource.type === type),
  );
  expect(found, `resources called ${name}`).toHaveLength(1);
  return found[0] as RecordedResource;
}

const SHARED = [
  "command:local:Command lab-access-files",
  "docker:index/image:Image lab-node-image",
  "lab-nodes:index:Access lab-access",
  "lab-nodes:index:Classroom lab",
  "pulumi:providers:docker lab-engine",
  "tls:index/privateKey:PrivateKey lab-access-client-key",
];

function nodeResources(node: string): string[] {
  return [
    `command:remote:Command ${node}-base-images`,
    `command:remote:Command ${node}-ready`,
    `command:remote:Command ${node}-student-password`,
    `docker:index/container:Container ${node}`,
    `docker:index/image:Image ${node}-figlet`,
    `docker:index/image:Image ${node}-hello-v0.1`,
    `docker:index/image:Image ${node}-hello-v0.2`,
    `docker:index/volume:Volume ${node}-docker-data`,
    `lab-nodes:index:LabImages ${node}-images`,
    `lab-nodes:index:LabNode ${node}`,
    `pulumi:providers:docker ${node}-engine`,
    `tls:index/privateKey:PrivateKey ${node}-host-key`,
    `tls:index/privateKey:PrivateKey ${node}-student-key`,
  ];
}

describe.each(MODES)("in %s mode", (mode) => {
  test("machines come from the bake where there is one, and no node image is built", async () => {
    const resources = await classroom(mode, { bake: "lab-nodes-bake:0123456789ab" });
    expect(find(resources, "node1", "docker:index/container:Container").inputs["image"]).toBe(
      "lab-nodes-bake:0123456789ab",
    );
    expect(resources.filter(({ name }) => name === "lab-node-image")).toEqual([]);
    const plain = await classroom(mode);
    expect(inventory(plain).filter((line) => !inventory(resources).includes(line))).toEqual([
      "docker:index/image:Image lab-node-image",
    ]);
  });

  test("one seat is exactly these resources, with plain names", async () => {
    const resources = await classroom(mode);
    expect(inventory(resources)).toEqual([...SHARED, ...nodeResources("node1")].sort());
  });

  test("whatever is made on a node has a limit of time", async () => {
    const resources = await classroom(mode);
    const onNode = resources.filter(({ type }) => /^(command:remote:Command|docker:index\/image:Image)$/.test(type));
    const limits = onNode.map(({ name, options }) => [name, options.createTimeout]);
    expect(Object.fromEntries(limits)).toMatchObject({
      "node1-ready": "30m",
      "node1-base-images": "30m",
      "node1-figlet": "30m",
      "node1-hello-v0.1": "30m",
      "node1-hello-v0.2": "30m",
    });
  });

  test("three seats are the shared resources once and a node's three times", async () => {
    const resources = await classroom(mode, { seats: 3 });
    const nodes = ["seat01-node1", "seat02-node1", "seat03-node1"].flatMap(nodeResources);
    expect(inventory(resources)).toEqual([...SHARED, ...nodes].sort());
  });

  test("two seats, one of which has moved to the first of two spares, are three nodes", async () => {
    const resources = await classroom(mode, { seats: 2, spares: 2, moved: { seat02: "spare01" } });
    const nodes = ["seat01-node1", "spare01-node1", "spare02-node1"].flatMap(nodeResources);
    expect(inventory(resources)).toEqual([...SHARED, ...nodes].sort());
  });
});

test("outputs have the seats in order, moved ones on their new nodes, and the spares apart", async () => {
  const moved = { seat01: "spare01" };
  const { seats, spares } = await outputsOf({ seats: 2, spares: 2, moved });
  expect(seats.map(({ seat, node }) => [seat, node])).toEqual([
    ["seat01", "spare01-node1"],
    ["seat02", "seat02-node1"],
  ]);
  expect(spares.map(({ seat, node }) => [seat, node])).toEqual([["spare02", "spare02-node1"]]);
});

describe("an extended class", () => {
  const END = "2096-12-01T20:00:00Z";
  const expiry = { seconds: 3600 };

  test.each(MODES)("has one resource more for every node, in %s mode", async (mode) => {
    const [plain, extended] = [
      await classroom(mode, { seats: 3, expiry }),
      await classroom(mode, { seats: 3, expiry, extension: END }),
    ].map(inventory);
    expect(extended?.filter((line) => !plain?.includes(line))).toEqual([
      "command:remote:Command seat01-node1-extension",
      "command:remote:Command seat02-node1-extension",
      "command:remote:Command seat03-node1-extension",
    ]);
    expect(extended).toHaveLength((plain?.length ?? 0) + 3);
  });

  test("tells each machine its new end, and has the user data and the machine as they were", async () => {
    const [plain, extended] = [
      await classroom("update", { expiry }),
      await classroom("update", { expiry, extension: END }),
    ];
    expect(find(extended, "node1-extension").inputs).toMatchObject({
      create: "bash -s",
      stdin: readFileSync("cloud-init/files/move-expiry.sh", "utf8"),
      environment: { LAB_END: END },
    });
    expect(find(extended, "node1-docker-data").inputs).toEqual(find(plain, "node1-docker-data").inputs);
    const container = "docker:index/container:Container";
    expect(find(extended, "node1", container).inputs).toEqual(find(plain, "node1", container).inputs);
  });
});

describe("a local machine", () => {
  test("runs by the recipe for cgroup v1, never privileged", async () => {
    const { inputs } = find(await classroom("update"), "node1", "docker:index/container:Container");
    expect(inputs).toMatchObject({
      name: "lab-test-node1",
      hostname: "node1",
      restart: "unless-stopped",
      capabilities: { adds: ["CAP_MKNOD", "CAP_NET_ADMIN", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE"] },
      cgroupnsMode: "host",
      ports: [{ internal: 22, external: 2201, ip: "127.0.0.1" }],
    });
    expect(inputs["privileged"]).toBeUndefined();
    expect(inputs["volumes"]).toContainEqual({ hostPath: "/sys/fs/cgroup", containerPath: "/sys/fs/cgroup" });
  });

  test("runs by the recipe for cgroup v2 where the Engine says so", async () => {
    const { inputs } = find(
      await classroom("update", { cgroupVersion: 2 }),
      "node1",
      "docker:index/container:Container",
    );
    expect(inputs["cgroupnsMode"]).toBe("private");
    expect(inputs["volumes"]).toEqual([{ volumeName: "lab-test-node1-docker-data", containerPath: "/var/lib/docker" }]);
  });

  test("takes the port of its seat", async () => {
    const resources = await classroom("update", { seats: 2 });
    const { inputs } = find(resources, "seat02-node1", "docker:index/container:Container");
    expect(inputs["ports"]).toEqual([{ internal: 22, external: 2202, ip: "127.0.0.1" }]);
  });

  test("stays the same when a seat moves to it: names and labels say the place", async () => {
    const machine = async (moved: Moves) => {
      const resources = await classroom("update", { seats: 2, spares: 1, moved });
      return [
        "docker:index/container:Container spare01-node1",
        "docker:index/volume:Volume spare01-node1-docker-data",
      ].map((wanted) => resources.find(({ type, name }) => `${type} ${name}` === wanted)?.inputs);
    };
    const before = await machine({});
    expect(before[0]).toMatchObject({
      name: "lab-test-spare01-node1",
      labels: expect.arrayContaining([{ label: "lab-nodes.seat", value: "spare01" }]),
      ports: [{ internal: 22, external: 2401, ip: "127.0.0.1" }],
    });
    expect(await machine({ seat01: "spare01" })).toEqual(before);
  });

  test("stays off once its time is up, where it has one", async () => {
    const { inputs } = find(
      await classroom("update", { expiry: { seconds: 3600 } }),
      "node1",
      "docker:index/container:Container",
    );
    expect(inputs["restart"]).toBe("no");
  });

  test("gets its host key from the target, and user data without any private key", async () => {
    const resources = await classroom("update");
    const machine = find(resources, "node1", "docker:index/container:Container");
    expect(userDataOf(machine)).toContain("public-of-node1-host-key");
    expect(userDataOf(machine)).not.toContain("private-of-");
    const { inputs } = machine;
    expect(JSON.stringify(inputs["uploads"])).toContain("private-of-node1-host-key");
    expect(JSON.stringify(withoutSecrets(inputs))).not.toContain("private-of-node1-host-key");
  });

  test("has user data that is no secret: each secret costs pulumi memory at every step", async () => {
    const machine = find(await classroom("update"), "node1", "docker:index/container:Container");
    expect(JSON.parse(userDataOf(machine))).toEqual({
      gzip: true,
      base64Encode: true,
      parts: [expect.objectContaining({ filename: "node.cfg" })],
    });
    expect(JSON.stringify(machine.inputs["envs"])).not.toContain(SECRET);
  });

  test("is given user data beside the list that holds its host key, which is a secret as a whole", async () => {
    const { inputs } = find(await classroom("update"), "node1", "docker:index/container:Container");
    expect(inputs["envs"]).toEqual([expect.stringMatching(/^LAB_USER_DATA=/)]);
    // A secret with exactly these two in it, in the mocks' notation.
    expect(JSON.stringify(inputs["uploads"]).match(/"file":"[^"]*"/g)).toEqual([
      '"file":"/var/lib/cloud/seed/nocloud/meta-data"',
      '"file":"/etc/ssh/ssh_host_ed25519_key"',
    ]);
  });

  test("sees the folder with base images read-only", async () => {
    const resources = await classroom("update", { artefactDirectory: "/srv/images" });
    const { inputs } = find(resources, "node1", "docker:index/container:Container");
    expect(inputs["volumes"]).toContainEqual({
      hostPath: "/srv/images",
      containerPath: "/opt/lab-nodes/artefacts",
      readOnly: true,
    });
    expect(find(resources, "node1-base-images").inputs["environment"]).toMatchObject({
      LAB_ARTEFACT_DIRECTORY: "/opt/lab-nodes/artefacts",
    });
  });
});

test("every node's user data has the Trivy of the class", async () => {
  const resources = await classroom("update", { seats: 2 });
  for (const name of ["seat01-node1", "seat02-node1"]) {
    const parts = userDataOf(find(resources, name, "docker:index/container:Container"));
    expect(parts).toContain("install-trivy.sh");
    expect(parts).toContain(lock.trivy.archives["linux/amd64"].sha256);
  }
});

describe("the lesson's images", () => {
  test("are built for the node's platform and never pushed", async () => {
    const resources = await classroom("update", { platform: "linux/arm64" });
    for (const name of ["node1-figlet", "node1-hello-v0.1", "node1-hello-v0.2"]) {
      expect(find(resources, name).inputs).toMatchObject({ skipPush: true, build: { platform: "linux/arm64" } });
    }
  });

  test.each([
    ["lesson", "images/hello/v0.2", "alpine:latest "],
    ["debian", "images/debian/hello/v0.2", "debian:trixie "],
  ] as const)("with base %s come from %s", async (imageBase, context, baseImage) => {
    const resources = await classroom("update", { imageBase });
    expect(find(resources, "node1-hello-v0.2").inputs["build"]).toMatchObject({ context });
    expect(find(resources, "node1-base-images").inputs["environment"]).toMatchObject({
      LAB_BASE_IMAGES: expect.stringContaining(baseImage),
    });
  });
});

describe("access", () => {
  test("private keys are in secret inputs alone", async () => {
    const resources = await classroom("update", { seats: 2 });
    const carriers = resources.filter(({ inputs }) => JSON.stringify(inputs).includes("private-of-"));
    expect(carriers.length).toBeGreaterThan(0);
    for (const { inputs, name } of carriers) {
      expect(JSON.stringify(withoutSecrets(inputs)), `plain inputs of ${name}`).not.toContain("private-of-");
    }
  });

  test("known_hosts names every node by its alias, with its own key", async () => {
    const resources = await classroom("update", { seats: 2 });
    expect(find(resources, "lab-access-files").inputs["environment"]).toMatchObject({
      LAB_SSH_DIRECTORY: ".lab/test/ssh",
      LAB_KNOWN_HOSTS:
        "lab-test-seat01-node1 ssh-ed25519 public-of-seat01-node1-host-key\n" +
        "lab-test-seat02-node1 ssh-ed25519 public-of-seat02-node1-host-key",
    });
  });

  test("every connection to a node checks that node's host key", async () => {
    const resources = await classroom("update", { seats: 2 });
    const gate = find(resources, "seat02-node1-ready");
    expect(JSON.stringify(gate.inputs["connection"])).toContain("public-of-seat02-node1-host-key");
    const { sshOpts } = find(resources, "seat02-node1-engine").inputs;
    expect(String(sshOpts)).toContain("StrictHostKeyChecking=yes");
    expect(String(sshOpts)).toContain("HostKeyAlias=lab-test-seat02-node1");
  });

  test("the docker plugin of a node has a Docker config of its own, and no SSH agent; that of the Engine has yours", async () => {
    const resources = await classroom("update", { seats: 2 });
    const [node, operators] = [find(resources, "seat02-node1-engine"), find(resources, "lab-engine")];
    expect(node.options.envVarMappings).toEqual({
      LAB_NODE_DOCKER_CONFIG: "DOCKER_CONFIG",
      LAB_NODE_DOCKER_AUTH_CONFIG: "DOCKER_AUTH_CONFIG",
      LAB_NODE_DOCKER_CERT_PATH: "DOCKER_CERT_PATH",
    });
    expect(operators.options.envVarMappings).toEqual({});
    const sshOpts = JSON.parse(String(node.inputs["sshOpts"])) as string[];
    // As ssh itself reads them, with settings of the operator's that would forward the agent.
    const { stdout } = await execa("ssh", ["-G", ...sshOpts, "root@127.0.0.1"], {
      env: { SSH_AUTH_SOCK: "/some/agent" },
    });
    expect(stdout.split("\n")).toEqual(
      expect.arrayContaining(["forwardagent no", "forwardx11 no", "identitiesonly yes", "identityagent none"]),
    );
  });
});

/** The signature by which Pulumi marks a secret on the wire. */
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutSecrets);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.values(value).includes(SECRET)
    ? "[secret]"
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}
