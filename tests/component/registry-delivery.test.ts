import { describe, expect, test } from "vitest";
import type { RegistryChoice } from "../../components/delivery/class-images";
import type { LocalMirror } from "../../components/machines/local/mirror";
import lock from "../../lab.lock.json";
import { createClass, HERE, localTarget } from "../support/local-class";
import {
  findResource,
  inventory,
  MODES,
  type Mode,
  type RecordedResource,
  recordResources,
  userDataOf,
} from "../support/mocks";
import { SOME_ENGINE } from "../unit/adapters/docker/engine-double";

const OWN: RegistryChoice = { kind: "own", ports: { push: 5001, pull: 5003 }, platform: "linux/amd64" };
const EXISTING: RegistryChoice = { kind: "existing", name: "registry.example/class" };

interface Variant {
  readonly seats: number;
  readonly registry?: RegistryChoice;
  readonly base?: "lesson" | "debian";
  readonly platform?: "linux/amd64" | "linux/arm64";
  readonly mirror?: LocalMirror;
}

function classroom(mode: Mode, variant: Variant): Promise<RecordedResource[]> {
  const { seats, registry, base = "lesson", platform = "linux/amd64", mirror } = variant;
  return recordResources(mode, () => {
    createClass(localTarget({ engine: { ...SOME_ENGINE, host: HERE, platform }, mirror }), {
      seats,
      imageBase: base,
      passwords: "none",
      delivery: registry && { engineHost: HERE, registry, debian: "debian:test" },
    });
  });
}

function find(resources: readonly RecordedResource[], name: string): RecordedResource {
  const found = resources.filter((resource) => resource.name === name);
  expect(found, `resources called ${name}`).toHaveLength(1);
  return found[0] as RecordedResource;
}

function count(resources: readonly RecordedResource[], type: string): number {
  return resources.filter((resource) => resource.type === type).length;
}

const MACHINE = "docker:index/container:Container";

const DELIVERY = [
  "docker:index/container:Container lab-images-registry",
  "docker:index/image:Image lab-images-alpine-latest",
  "docker:index/image:Image lab-images-figlet",
  "docker:index/image:Image lab-images-hello-v0.1",
  "docker:index/image:Image lab-images-hello-v0.2",
  "docker:index/image:Image lab-images-registry-image",
  "docker:index/image:Image lab-images-ubuntu-latest",
  "docker:index/network:Network lab-images-registry-network",
  "lab-nodes:index:ClassImages lab-images",
  "pulumi:providers:docker lab-images-engine",
];

describe.each(MODES)("in %s mode", (mode) => {
  test("a class of five has the images once, and neither images nor plugin processes a seat", async () => {
    const [built, one, five] = [
      await classroom(mode, { seats: 1 }),
      await classroom(mode, { seats: 1, registry: OWN }),
      await classroom(mode, { seats: 5, registry: OWN }),
    ];
    const isOfImages = (line: string) => /lab-images/.test(line);
    expect(inventory(five).filter(isOfImages)).toEqual(DELIVERY);
    expect(inventory(one).filter(isOfImages)).toEqual(DELIVERY);
    expect(inventory(built).filter(isOfImages)).toEqual([]);
    for (const type of ["docker:index/image:Image", "pulumi:providers:docker"]) {
      expect(count(five, type), type).toBe(count(one, type));
    }
    expect(count(five, "pulumi:providers:docker")).toBe(2);
    // What pushes needs the operator's logins.
    expect(find(five, "lab-images-engine").options.envVarMappings).toEqual({});
    expect(count(five, "command:local:Command")).toBe(1 + 5);
  });

  test("with an existing registry there is none of the class's own", async () => {
    const resources = await classroom(mode, { seats: 1, registry: EXISTING });
    const withoutRegistry = DELIVERY.filter((line) => !line.includes("lab-images-registry"));
    expect(inventory(resources).filter((line) => /lab-images/.test(line))).toEqual(withoutRegistry);
  });
});

test.each(MODES)("a mirror of the class's own is one container, before every node, in %s mode", async (mode) => {
  const mirror: LocalMirror = { address: "172.17.0.1", port: 5002, of: "https://registry-1.docker.io/" };
  const resources = await classroom(mode, { seats: 3, mirror });
  expect(inventory(resources).filter((line) => line.includes("mirror"))).toEqual([
    "docker:index/container:Container lab-mirror",
    "docker:index/image:Image lab-mirror-image",
  ]);
  expect(find(resources, "lab-mirror").inputs).toMatchObject({
    name: expect.stringMatching(/^lab-.*-mirror$/),
    command: ["serve-mirror"],
    envs: ["LAB_MIRROR_MEGABYTES=20480", "REGISTRY_PROXY_REMOTEURL=https://registry-1.docker.io"],
    ports: [{ internal: 5000, external: 5002, ip: "172.17.0.1" }],
  });
  const nodes = resources.filter(({ type, inputs }) => type === MACHINE && inputs["hostname"] === "node1");
  expect(nodes).toHaveLength(3);
  for (const { options } of nodes) {
    expect(options.dependencies).toContain("lab-mirror");
  }
});

describe("the images of a class", () => {
  test("are pushed for the nodes' platform, from pinned sources", async () => {
    const resources = await classroom("update", { seats: 1, registry: EXISTING, platform: "linux/arm64" });
    for (const [name, imageName] of [
      ["alpine-latest", "registry.example/class/alpine:test-latest"],
      ["figlet", "registry.example/class/figlet:test-latest"],
      ["hello-v0.1", "registry.example/class/hello:test-v0.1"],
      ["hello-v0.2", "registry.example/class/hello:test-v0.2"],
    ]) {
      const inputs = { imageName, skipPush: false, build: { platform: "linux/arm64" } };
      expect(find(resources, `lab-images-${name}`).inputs).toMatchObject(inputs);
    }
    expect(find(resources, "lab-images-hello-v0.2").options.dependencies).toContain("lab-images-hello-v0.1");
  });

  test("are pulled by digest and in order: what others start from comes first", async () => {
    const resources = await classroom("update", { seats: 1, registry: EXISTING });
    const { environment, interpreter } = find(resources, "node1-pulled-images").inputs;
    const lines = ["alpine:latest", "ubuntu:latest", "figlet:latest", "hello:v0.1", "hello:v0.2"].map((tag) => {
      const [repository, version] = tag.split(":");
      const resource = version === "latest" && repository === "figlet" ? "figlet" : tag.replace(":", "-");
      return `${tag} registry.example/class/${repository}@sha256:digest-of-lab-images-${resource}`;
    });
    expect(environment).toEqual({ LAB_IMAGES: lines.join("\n") });
    expect(interpreter).not.toContain("-R");
  });

  test("come from an existing registry at this machine's 127.0.0.1 through that connection, too", async () => {
    const registry: RegistryChoice = { kind: "existing", name: "localhost:5000/class" };
    const { interpreter } = find(await classroom("update", { seats: 1, registry }), "node1-pulled-images").inputs;
    expect((interpreter as string[]).join(" ")).toContain(" -R 127.0.0.1:5000:localhost:5000 ");
  });

  test("come from the class's own registry through the node's own SSH connection, and from no open port", async () => {
    const resources = await classroom("update", { seats: 2, registry: OWN, base: "debian" });
    expect(find(resources, "lab-images-registry").inputs).toMatchObject({
      name: "lab-test-registry",
      labels: [{ label: "lab-nodes.stack", value: "test" }],
      networkMode: "lab-test-registry",
      ports: [
        { internal: 5000, external: 5001, ip: "127.0.0.1" },
        { internal: 5001, external: 5003, ip: "127.0.0.1" },
      ],
      wait: true,
    });
    expect(find(resources, "lab-images-registry-network").inputs).toMatchObject({
      name: "lab-test-registry",
      labels: [{ label: "lab-nodes.stack", value: "test" }],
    });
    const { interpreter } = find(resources, "seat02-node1-pulled-images").inputs;
    expect((interpreter as string[]).join(" ")).toMatch(
      /^ssh -o ExitOnForwardFailure=yes -R 127\.0\.0\.1:5001:127\.0\.0\.1:5003 .*HostKeyAlias=lab-test-seat02-node1 .*StrictHostKeyChecking=yes .*-p 2202 root@127\.0\.0\.1$/,
    );
  });
});

test("what a node is told at its first boot is the same for both deliveries: a change of it makes no new machine", async () => {
  const [built, pulled] = [
    await classroom("update", { seats: 1 }),
    await classroom("update", { seats: 1, registry: OWN }),
  ];
  const [one, other] = [built, pulled].map((resources) =>
    userDataOf(findResource(resources, "docker:index/container:Container node1")),
  );
  expect(one).toEqual(other);
  expect(JSON.stringify(find(built, "node1-base-images").inputs)).toContain(lock.images.alpine);
});
