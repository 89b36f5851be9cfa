import { describe, expect, test } from "vitest";
import { newBaseWarning } from "../../../cli/workflows/prepare/base-change";
import type { StateResource } from "../../../core/class-state/state-resource";
import { SEAT_LABEL, STACK_LABEL } from "../../../core/resource-names";

const OLD = "debian:bookworm-slim@sha256:aa";
const NEW = "debian:trixie-slim@sha256:bb";

function resource(type: string, name: string, inputs: StateResource["inputs"]): StateResource {
  return { urn: `urn::${name}`, type, name, id: name, inputs, outputs: {}, madeOn: undefined };
}

const nodeImageOf = (base: string) => `lab-nodes/node:of-${base.length}`;
const wanted = (baseImage: string) => ({ baseImage, nodeImage: nodeImageOf(baseImage) });

const image = (base: string, imageName = nodeImageOf(base)) =>
  resource("docker:index/image:Image", "lab-node-image", { imageName, build: { args: { BASE: base, TOOLS: "git" } } });
const machine = (slot: string) =>
  resource("docker:index/container:Container", `${slot}-node1`, {
    labels: [
      { label: STACK_LABEL, value: "a" },
      { label: SEAT_LABEL, value: slot },
    ],
  });
const registry = resource("docker:index/image:Image", "lab-images-registry-image", { build: { args: { BASE: OLD } } });

describe("a class whose machines have another base image than its settings", () => {
  test("is told what is replaced, why, and how to keep it", () => {
    const warning = newBaseWarning([image(OLD), machine("seat02"), machine("seat01")], wanted(NEW), "spring");
    expect(warning).toBe(
      `local.baseImage is ${NEW}, and the machines of this class were created from ${OLD}: \`up\` replaces seat01, seat02, including what students did there. To keep the old base image: pulumi config set --stack spring --path local.baseImage ${OLD}`,
    );
  });

  test("is told of another node image on the same base image, which a new version of lab-nodes brings", () => {
    const old = image(OLD, "lab-nodes/node:of-before");
    expect(newBaseWarning([old, machine("seat01")], wanted(OLD), "dev")).toBe(
      "The machines of this class were created by another version of lab-nodes, whose node image differs: `up` replaces seat01, including what students did there.",
    );
  });

  test.each([
    ["the old one is set", [image(OLD), machine("seat01")], OLD],
    ["it has no machine yet", [image(OLD)], NEW],
    ["it comes from a bake, which says so itself", [machine("seat01")], NEW],
    ["the registry's image is another matter", [image(NEW), registry, machine("seat01")], NEW],
    ["there is nothing", [], NEW],
  ])("is told nothing where %s", (_, resources, baseImage) => {
    expect(newBaseWarning(resources, wanted(baseImage), "dev")).toBeUndefined();
  });
});
