import { describe, expect, test } from "vitest";
import { imagesIn } from "../../../adapters/docker/node-images";
import { renderDrift } from "../../../cli/workflows/status/seat-now";
import { declaredImages, describeDrift, imageDrift } from "../../../core/class-state/declared-images";
import { knownSeats } from "../../../core/class-state/known-seats";
import { type StateResource, stateResource } from "../../../core/class-state/state-resource";

const idOf = (letter: string) => `sha256:${letter.repeat(64)}`;

function resource(type: string, name: string, values: Partial<StateResource> = {}): StateResource {
  return { ...stateResource({ urn: `urn:x::${type}::${name}`, type }), ...values };
}

function built(node: string, suffix: string, imageName: string, id: string | undefined): StateResource {
  const outputs = id === undefined ? {} : { repoDigest: id };
  return resource("docker:index/image:Image", `${node}-${suffix}`, { inputs: { imageName }, outputs });
}

function printed(name: string, images: Record<string, string>): StateResource {
  return resource("command:remote:Command", name, { outputs: { stdout: JSON.stringify(images) } });
}

function declaredOn(node: string, ...more: StateResource[]) {
  const state = ["seat01-node1", "seat02-node1"].map((name) => resource("lab-nodes:index:LabNode", name));
  const resources = [...state, ...more];
  return knownSeats(resources, {})
    .filter((seat) => seat.node === node)
    .flatMap((seat) => declaredImages(seat, resources).map(({ image, id, urn }) => [image, id, urn.split("::")[2]]));
}

describe("declaredImages", () => {
  test("are those built on the node itself, and of what they start from only the names", () => {
    const others = [
      built("seat02-node1", "figlet", "figlet:latest", idOf("b")),
      built("lab", "images", "x:1", idOf("c")),
    ];
    const own = [
      built("seat01-node1", "figlet", "figlet:latest", idOf("a")),
      printed("seat01-node1-base-images", { "debian:bookworm": idOf("d") }),
    ];
    expect(declaredOn("seat01-node1", ...others, ...own)).toEqual([
      ["figlet:latest", idOf("a"), "seat01-node1-figlet"],
      ["debian:bookworm", undefined, "seat01-node1-base-images"],
    ]);
  });

  test("are known by name alone where a plugin gave no id", () => {
    expect(declaredOn("seat01-node1", built("seat01-node1", "figlet", "figlet:latest", undefined))).toEqual([
      ["figlet:latest", undefined, "seat01-node1-figlet"],
    ]);
  });

  test("are those that were pulled, all by one resource", () => {
    const pull = printed("seat01-node1-pulled-images", { "debian:bookworm": idOf("d"), "hello:v0.1": idOf("e") });
    expect(declaredOn("seat01-node1", pull)).toEqual([
      ["debian:bookworm", undefined, "seat01-node1-pulled-images"],
      ["hello:v0.1", idOf("e"), "seat01-node1-pulled-images"],
    ]);
  });

  test("are not those of the machine before", () => {
    const machine = resource("docker:index/container:Container", "seat01-node1", { id: "new" });
    const old = { ...built("seat01-node1", "figlet", "figlet:latest", idOf("a")), madeOn: "old" };
    expect(declaredOn("seat01-node1", machine, old)).toEqual([]);
    expect(declaredOn("seat01-node1", machine, { ...old, madeOn: "new" })).toHaveLength(1);
  });
});

describe("imageDrift", () => {
  const declared = [
    { image: "figlet:latest", id: idOf("a"), urn: "figlet" },
    { image: "hello:v0.1", id: idOf("b"), urn: "hello" },
    { image: "debian:bookworm", id: undefined, urn: "base" },
  ];
  const all = { "figlet:latest": idOf("a"), "hello:v0.1": idOf("b"), "debian:bookworm": idOf("c") };
  const driftOf = (images: Record<string, string>) => imageDrift(declared, new Map(Object.entries(images)));

  test("is none where all is as it was, whatever else the node has", () => {
    expect(driftOf({ ...all, "ourfiglet:latest": idOf("f") })).toEqual([]);
  });

  test("is what was removed", () => {
    const { "figlet:latest": _, "debian:bookworm": __, ...left } = all;
    expect(driftOf(left)).toEqual([
      { image: "figlet:latest", kind: "removed", found: null, urn: "figlet" },
      { image: "debian:bookworm", kind: "removed", found: null, urn: "base" },
    ]);
  });

  test("is what has another image's id; a base image may have a new one", () => {
    const drift = driftOf({ ...all, "hello:v0.1": idOf("f"), "debian:bookworm": idOf("e") });
    expect(drift).toEqual([{ image: "hello:v0.1", kind: "retagged", found: idOf("f"), urn: "hello" }]);
    expect(drift.map(describeDrift)).toEqual(["hello:v0.1 is another image now (sha256:ffffffffffff)"]);
  });
});

test("Docker's answer gives every name of every image, and none of those without", () => {
  const answer = [
    { Id: idOf("a"), RepoTags: ["figlet:latest", "again:1"], Size: 1 },
    { Id: idOf("b"), RepoTags: null },
    { Id: idOf("c"), RepoTags: [] },
  ];
  expect([...imagesIn(answer)]).toEqual([
    ["figlet:latest", idOf("a")],
    ["again:1", idOf("a")],
  ]);
  expect(() => imagesIn({ message: "no such thing" })).toThrow();
});

describe("what status says of it", () => {
  const removed = { image: "figlet:latest", kind: "removed", found: null, urn: "u" } as const;
  const seat = (name: string, drift: readonly (typeof removed)[] | null, unasked: string | null) => ({
    seat: name,
    state: "",
    drift,
    unasked,
  });

  test("is nothing where nothing is to be said", () => {
    const seats = [seat("seat01", [], null), seat("seat02", null, null)];
    expect(renderDrift(seats, { marking: "mark", stack: "dev" })).toEqual([]);
  });

  test("is a line a seat, and how to go on", () => {
    const seats = [seat("seat01", [removed], null), seat("seat02", null, "Docker does not answer there")];
    expect(renderDrift(seats, { marking: "only look", stack: "x" })).toEqual([
      "seat02: Docker does not answer there",
      "seat01: figlet:latest was removed",
      "./lab up --stack x recreates them; for plain pulumi up, mark them first: ./lab status --stack x --mark",
    ]);
    expect(renderDrift(seats, { marking: "mark", stack: "dev" }).at(-1)).toContain("marked in the stack's state");
  });
});
