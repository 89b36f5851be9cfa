import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { expect, test } from "vitest";
import { Access } from "../../components/access";
import { trivyInstallation } from "../../components/installations";
import { LabImages } from "../../components/lab-images";
import { LabNode } from "../../components/lab-node";
import { localTarget } from "../support/local-class";
import { findResource, inventory, MODES, type RecordedResource, recordResources } from "../support/mocks";

/** One node under a root of the test's own, as another program might make it. */
function createNode(root: pulumi.ComponentResource, opts: pulumi.CustomResourceOptions = {}): LabNode {
  const target = localTarget();
  const access = new Access("some-access", { nodes: ["some-node"], portal: [] }, { parent: root });
  const publicKey = access.clientKey.publicKeyOpenssh;
  const machines = target.prepare("some", { publicKey }, pulumi.mergeOptions(opts, { parent: root }));
  return new LabNode(
    "some-node",
    {
      seat: { name: "seat01", slot: "seat01", node: "some-node", index: 0 },
      machines: {
        ...machines,
        create: (name, args, machineOpts) => machines.create(name, args, pulumi.mergeOptions(opts, machineOpts)),
      },
      access,
      docker: { package: "distribution" },
      trivy: trivyInstallation({ database: "registry" }, target.machines),
      expiry: undefined,
      extension: undefined,
    },
    { parent: root },
  );
}

function createRoot(): pulumi.ComponentResource {
  return new pulumi.ComponentResource("tests:index:Root", "root");
}

function providersOf(resources: readonly RecordedResource[]): string[] {
  return inventory(resources).filter((line) => line.endsWith("some-node-engine"));
}

test.each(MODES)(
  "a node has one provider of its Docker Engine, however often it is asked for, in %s mode",
  async (mode) => {
    const asked = await recordResources(mode, () => {
      const node = createNode(createRoot());
      expect(node.dockerProvider).toBe(node.dockerProvider);
    });
    expect(providersOf(asked)).toEqual(["pulumi:providers:docker some-node-engine"]);
    const unasked = await recordResources(mode, () => {
      createNode(createRoot());
    });
    expect(providersOf(unasked)).toEqual([]);
  },
);

test("the images of a node have the name that they are given, and what is on the node has the node's first", async () => {
  const resources = await recordResources("update", () => {
    const node = createNode(createRoot());
    new LabImages("some-pictures", { node, base: "debian" }, { parent: node });
  });
  expect(inventory(resources).filter((line) => /LabImages|Image some-node-[fh]|base-images/.test(line))).toEqual([
    "command:remote:Command some-node-base-images",
    "docker:index/image:Image some-node-figlet",
    "docker:index/image:Image some-node-hello-v0.1",
    "docker:index/image:Image some-node-hello-v0.2",
    "lab-nodes:index:LabImages some-pictures",
  ]);
});

test("options of the caller are added to those of the component, and replace none of them", async () => {
  const resources = await recordResources("update", () => {
    const root = createRoot();
    const needed = new tls.PrivateKey("needed", { algorithm: "ED25519" }, { parent: root });
    const node = createNode(root, { ignoreChanges: ["labels"], dependsOn: needed });
    node.runOnceReady("some-node-extra", { create: "true", stdin: "" }, { parent: node, ignoreChanges: ["stdin"] });
  });
  const { options: machine } = findResource(resources, "docker:index/container:Container some-node");
  expect(machine.ignoreChanges).toEqual(["labels"]);
  expect(machine.dependencies).toEqual(expect.arrayContaining(["needed", "some-node-image", "some-node-docker-data"]));
  const { options: volume } = findResource(resources, "docker:index/volume:Volume some-node-docker-data");
  expect(volume.ignoreChanges).toEqual(["labels"]);
  const { options: extra } = findResource(resources, "command:remote:Command some-node-extra");
  expect(extra).toMatchObject({ createTimeout: "30m", ignoreChanges: ["stdin"] });
});
