import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dockerClient } from "../../../adapters/docker/client";
import { auditClass } from "../../../cli/workflows/audit/audit-class";
import { keptImages, textsIn } from "../../../cli/workflows/audit/leftovers";
import { renderAudit, renderKept } from "../../../cli/workflows/audit/render";
import type { StateResource } from "../../../core/class-state/state-resource";
import { type EngineAnswers, engineDouble } from "../adapters/docker/engine-double";
import { contextFor, labErrorOf, recordedReporter, runtimeIn, temporaryFolder } from "./support";

const NOTHING: EngineAnswers = {
  "/containers/json": [],
  "/volumes": { Volumes: [] },
  "/networks": [],
  "/images/json": [],
};

function resource(id: string, outputs: Record<string, unknown> = {}): StateResource {
  const type = "docker:index/container:Container";
  return {
    urn: `urn:pulumi:spring::lab-nodes::${type}::x`,
    type,
    name: "x",
    id,
    inputs: {},
    outputs,
    madeOn: undefined,
  };
}

/** Audits the lab "spring" in a folder of its own with these folders in it, on an Engine that answers so. */
async function auditSpring({
  answers = NOTHING,
  folders = [],
  settings = {},
  resources = [],
}: {
  answers?: EngineAnswers;
  folders?: string[];
  settings?: Record<string, unknown>;
  resources?: StateResource[];
}) {
  const folder = temporaryFolder();
  for (const each of folders) {
    mkdirSync(join(folder, each), { recursive: true });
  }
  const { host } = await engineDouble(answers);
  const context = contextFor(runtimeIn(folder), "spring", recordedReporter().reporter);
  const audit = () => auditClass(context, { settings, engine: host, hosts: [], aws: "no" }, resources);
  return { ...(await audit()), audit, folder };
}

describe("an audit", () => {
  test("finds nothing of a class that is gone, and says what it looked at", async () => {
    const { leftovers, proof, unproven } = await auditSpring({});
    expect([leftovers, unproven]).toEqual([[], undefined]);
    expect(proof).toBe("no container, volume, network or key of it is left");
  });

  test("lists containers, volumes and networks that the state does not have, and none that it has", async () => {
    const answers = {
      ...NOTHING,
      "/containers/json": [
        { Id: "c1", Names: ["/lab-spring-node1"] },
        { Id: "c2", Names: ["/lab-spring-old"] },
      ],
      "/volumes": { Volumes: [{ Name: "lab-spring-node1-docker-data" }, { Name: "old" }] },
      "/networks": [{ Id: "n1", Name: "spring" }],
    };
    const resources = [resource("c1", { mounts: [{ volume: "lab-spring-node1-docker-data" }] }), resource("n1")];
    const { leftovers } = await auditSpring({ answers, resources });
    // The double gives the same for every label.
    expect(leftovers.filter(({ what }) => !what.endsWith("of its bake"))).toEqual([
      { what: "the container lab-spring-old", remove: "docker rm --force --volumes lab-spring-old" },
      { what: "the volume old", remove: "docker volume rm old" },
    ]);
  });

  test("lists the class's image names for its registry, and no image of others", async () => {
    const RepoTags = ["127.0.0.1:5001/hello:spring-v0.1", "127.0.0.1:5001/hello:autumn-v0.1", "hello:v0.1", "shop:1"];
    const answers = { ...NOTHING, "/images/json": [{ Id: "i1", RepoTags, RepoDigests: null, Size: 1 }] };
    const settings = { images: { delivery: "registry" } };
    expect((await auditSpring({ answers, settings })).leftovers).toEqual([
      {
        what: "the image 127.0.0.1:5001/hello:spring-v0.1",
        remove: "docker image rm 127.0.0.1:5001/hello:spring-v0.1",
      },
    ]);
    const resources = [resource("x", { imageName: RepoTags[0] })];
    expect((await auditSpring({ answers, settings, resources })).leftovers).toEqual([]);
  });

  test("lists folders with secrets, unless something in the state is going to remove them", async () => {
    const folders = [".lab/spring/ssh", ".lab/spring/cards", ".lab/autumn/ssh"];
    expect((await auditSpring({ folders })).leftovers).toEqual([
      { what: "the key folder .lab/spring/ssh", remove: "rm -r .lab/spring/ssh" },
      { what: "the folder of cards .lab/spring/cards", remove: "rm -r .lab/spring/cards" },
    ]);
    const resources = [resource("x", { environment: { LAB_SSH_DIRECTORY: ".lab/spring/ssh" } })];
    expect((await auditSpring({ folders, resources })).leftovers).toEqual([]);
  });

  test("lists what a killed bake left, with the command of its lab where there are settings of it", async () => {
    const { leftovers, audit, folder } = await auditSpring({ folders: [".lab/spring-bake/ssh"] });
    const what = "the key folder .lab/spring-bake/ssh, of its bake";
    expect(leftovers).toEqual([{ what, remove: "rm -r .lab/spring-bake/ssh" }]);
    writeFileSync(join(folder, "Pulumi.spring-bake.yaml"), "config: {}\n");
    expect((await audit()).leftovers).toEqual([{ what, remove: "./lab down --stack spring-bake" }]);
  });

  test("does not take an Engine that fails for one where nothing is left", async () => {
    const failure = await auditSpring({ answers: { ...NOTHING, "/volumes": undefined } }).catch((error) => error);
    const { message, hint } = labErrorOf(() => {
      throw failure;
    });
    expect(message).toMatch(/^The Docker Engine at unix:.* cannot list what is left of the lab "spring": .*\/volumes/);
    expect(hint).toContain("./lab audit --stack spring");
  });
});

test("every text of a state is known, however deep", () => {
  expect([...textsIn([resource("i-1", { disks: [{ volumeId: "vol-1", size: 3 }], none: null })])]).toEqual([
    "i-1",
    "vol-1",
  ]);
});

test("images that stay are those that labs start from, half-made bakes too, and nobody else's", async () => {
  const { host } = await engineDouble({
    "/images/json": [
      { Id: "sha256:1", RepoTags: ["lab-nodes/node:0123", "mine:1"], Labels: null, Size: 3e8 },
      { Id: "sha256:2", RepoTags: ["lab-nodes-bake:4567"], Labels: { "lab-nodes.bake": "4567" }, Size: 1.2e9 },
      { Id: "sha256:3", RepoTags: null, Labels: { "lab-nodes.bake": "89ab" }, Size: 1e9 },
      { Id: "sha256:4", RepoTags: ["lab-nodes-of-mine:1"], Labels: null, Size: 1 },
      { Id: "sha256:5", RepoTags: null, Labels: null, Size: 1 },
    ],
  });
  const kept = await keptImages(dockerClient(host));
  expect(kept.map(({ remove }) => remove)).toEqual([
    "docker image rm lab-nodes/node:0123",
    "docker image rm lab-nodes-bake:4567",
    "docker image rm sha256:3",
  ]);
  expect(renderKept(kept)).toBe(
    "Saved for the next lab, and part of no lab: 3 images that labs start from, 2.50 GB at most.\n" +
      "    docker image rm lab-nodes/node:0123  # 0.30 GB\n" +
      "    docker image rm lab-nodes-bake:4567  # 1.20 GB\n" +
      "    docker image rm sha256:3  # 1.00 GB\n",
  );
  expect(renderKept([])).toBe("");
});

describe("an audit, for people", () => {
  const audited = { stack: "spring", leftovers: [], proof: "no key of it is left", known: 0 };
  const leftovers = [
    { what: "the volume a", remove: "./lab down" },
    { what: "the volume b", remove: "./lab down" },
  ];

  test.each([
    [audited, 'The lab "spring" is down: no key of it is left.\n'],
    [
      { ...audited, known: 21 },
      /^The lab "spring" exists, and all its resources are in Pulumi's state\. Run \.\/lab down --stack spring to remove them\.\n$/,
    ],
    [{ ...audited, known: undefined }, 'There is no lab "spring" in this folder, and no resource has its name.\n'],
    [{ ...audited, leftovers }, /missing from Pulumi's state:\n {2}- the volume a\n {2}- the volume b\n/],
    [{ ...audited, leftovers, known: undefined }, /running lab of another folder/],
    [{ ...audited, unproven: "Ask it: aws ..." }, /left\.\nAsk it: aws \.\.\.\n$/],
  ])("%j", (given, expected) => {
    expect(renderAudit(given)).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
  });

  test("the same command is said once", () => {
    expect(renderAudit({ ...audited, leftovers }).match(/\.\/lab down/g)).toHaveLength(1);
  });
});
