import { describe, expect, test } from "vitest";
import { type BakeInputs, bakeIdentity, chooseBake } from "../../../core/bake";

const INPUTS: BakeInputs = {
  machine: { platform: "linux/amd64", nodeImage: "lab-nodes/node:0123", userData: "#cloud-config\n" },
  baseImage: "debian:bookworm-slim@sha256:aaa",
  lock: '{"trivy":{}}',
  baseImages: ["alpine:latest alpine:3.22@sha256:bbb", "ubuntu:latest ubuntu:24.04@sha256:ccc"],
  contexts: { "images/figlet/Dockerfile": "- RlJPTQ==", "images/hello/v0.1/Dockerfile": "- QQ==" },
  archives: { "alpine.tar": "sha256:ddd" },
  recipe: { "files/prepare-node.sh": "x QQ==" },
};

describe("bakeIdentity", () => {
  const changes: [string, BakeInputs][] = [
    ["the base image", { ...INPUTS, baseImage: "debian:bookworm-slim@sha256:bbb" }],
    ["the lock file", { ...INPUTS, lock: "{}" }],
    ["a base image's source", { ...INPUTS, baseImages: ["alpine:latest alpine:3.23@sha256:bbb"] }],
    ["a build context's file", { ...INPUTS, contexts: { ...INPUTS.contexts, "images/figlet/Dockerfile": "- QQ==" } }],
    ["a build context's new file", { ...INPUTS, contexts: { ...INPUTS.contexts, "images/figlet/new": "- " } }],
    ["an archive", { ...INPUTS, archives: { "alpine.tar": "sha256:eee" } }],
    ["what makes a bake of a node", { ...INPUTS, recipe: { "files/prepare-node.sh": "x Qg==" } }],
  ];
  test.each(changes)("is another bake of the same machine with %s", (_, changed) => {
    expect(bakeIdentity(changed).hash).not.toBe(bakeIdentity(INPUTS).hash);
    expect(bakeIdentity(changed).machineHash).toBe(bakeIdentity(INPUTS).machineHash);
  });

  test.each([{ platform: "linux/arm64" }, { nodeImage: "lab-nodes/node:4567" }, { userData: "#cloud-config\na: 1\n" }])(
    "is another machine with %j",
    (change) => {
      const changed = bakeIdentity({ ...INPUTS, machine: { ...INPUTS.machine, ...change } });
      expect(changed.hash).not.toBe(bakeIdentity(INPUTS).hash);
      expect(changed.machineHash).not.toBe(bakeIdentity(INPUTS).machineHash);
    },
  );

  test("is the same for the same inputs, in whatever order they were read", () => {
    const reversed = Object.fromEntries(Object.entries(INPUTS).reverse()) as unknown as BakeInputs;
    const contexts = Object.fromEntries(Object.entries(INPUTS.contexts).reverse());
    expect(bakeIdentity({ ...reversed, contexts })).toEqual(bakeIdentity(INPUTS));
    expect(bakeIdentity(INPUTS).hash).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe("chooseBake", () => {
  const current = { hash: "0000000000aa", machineHash: "0000000000bb" };
  const fitting = {
    wanted: current.hash,
    bakeStore: "the Docker Engine",
    machineHash: current.machineHash,
    current,
    machines: "none",
  } as const;
  const otherContent = { ...fitting, wanted: "000000000011" };
  const otherMachine = { ...otherContent, machineHash: "000000000022" };

  test("a bake that was made of the same takes part, before and after there are machines", () => {
    expect(chooseBake(fitting)).toBe("fits");
    expect(chooseBake({ ...fitting, machines: "exist" })).toBe("fits");
  });

  test("no new machine comes from a bake that is out of date", () => {
    const unfit = { unfit: expect.stringContaining("out of date") };
    expect(chooseBake(otherContent)).toEqual(unfit);
    expect(chooseBake(otherMachine)).toEqual(unfit);
  });

  test("machines that run on a bake stay when nothing but the lesson's images is out of date", () => {
    expect(chooseBake({ ...otherContent, machines: "exist" })).toBe("fits");
    expect(chooseBake({ ...otherMachine, machines: "exist" })).toEqual({ unfit: expect.any(String) });
  });

  test("a bake that is gone is not used", () => {
    expect(chooseBake({ ...fitting, machineHash: undefined })).toEqual({
      unfit: "the Docker Engine has no bake 0000000000aa",
    });
  });
});
