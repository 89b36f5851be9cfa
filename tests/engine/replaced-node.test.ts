import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { DESTROY_LIMIT, editFile, expectSuccess, leftoversOf, onlyNode, onNode, stateOf } from "../support/lab-facts";

const IMAGES = ["figlet:latest", "hello:v0.1", "hello:v0.2"];

/** What has to be made again on every new node. */
const ON_THE_NODE = [
  "node1-base-images",
  "node1-figlet",
  "node1-hello-v0.1",
  "node1-hello-v0.2",
  "node1-ready",
  "node1-student-password",
];

/** One lab whose node is lost in several ways; each time a single `up` brings everything back. */
describe("a node that is replaced", () => {
  let lab: LabClone;

  beforeAll(async () => {
    lab = await makeLabClone();
    expectSuccess(await lab.lab("up", "--ssh-port", String(lab.sshPort)));
  });
  afterAll(() => lab.remove());

  test("removed manually: one `lab up` brings node, gate and images back", async () => {
    const before = await onlyNode(lab);
    await leaveMark(lab);
    await lab.docker.getContainer(before.id).remove({ force: true });

    expectSuccess(await lab.lab("up"));

    expect((await onlyNode(lab)).id).not.toBe(before.id);
    await expectLesson(lab);
    expectSuccess(await lab.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes"));
  });

  test("replaced for new user data: the same `up` makes gate and images again, on an empty disk", async () => {
    const before = await onlyNode(lab);
    await leaveMark(lab);
    editFile(lab, "cloud-init/files/daemon.json", '"max-file": "3"', '"max-file": "4"');

    const replaced = await upAndListReplaced(lab);

    expect((await onlyNode(lab)).id).not.toBe(before.id);
    expect(replaced).toEqual(["node1", "node1-docker-data", ...ON_THE_NODE].sort());
    await expectLesson(lab);
    expect(await hasMark(lab)).toBe(false);
    expect(await onNode(lab, "cat", "/etc/docker/daemon.json")).toContain('"max-file": "4"');
    expectSuccess(await lab.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes"));
  });

  test("replaced with the same user data: the same `up` makes gate and images again, and the disk stays", async () => {
    const before = await onlyNode(lab);
    await leaveMark(lab);
    const machine = (await stateOf(lab)).find(({ type }) => type === "docker:index/container:Container")?.urn ?? "";

    const replaced = await upAndListReplaced(lab, "--replace", machine);

    expect((await onlyNode(lab)).id).not.toBe(before.id);
    expect(replaced).toEqual(["node1", ...ON_THE_NODE].sort());
    await expectLesson(lab);
    expect(await hasMark(lab)).toBe(true);
  });

  test("`pulumi destroy` with the node removed manually leaves nothing, in seconds", async () => {
    await lab.docker.getContainer((await onlyNode(lab)).id).remove({ force: true });
    const started = Date.now();
    expectSuccess(await lab.pulumi("destroy", "--yes", "--skip-preview"));
    expect(Date.now() - started).toBeLessThan(DESTROY_LIMIT);
    expect(await leftoversOf(lab)).toEqual([]);
  });
});

/** An image of our own on the node's disk: there as long as the disk is. */
async function leaveMark(lab: LabClone): Promise<void> {
  await onNode(lab, "docker", "image", "tag", "hello:v0.1", "mark:mine");
}

async function hasMark(lab: LabClone): Promise<boolean> {
  return (await onNode(lab, "docker", "image", "ls", "--quiet", "mark:mine")) !== "";
}

async function expectLesson(lab: LabClone): Promise<void> {
  const images = (await onNode(lab, "docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}")).split("\n");
  expect(images).toEqual(expect.arrayContaining(IMAGES));
  expect(await onNode(lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
}

/** Runs a plain `pulumi up` and gives the names of what it replaced, from its event log. */
async function upAndListReplaced(lab: LabClone, ...words: string[]): Promise<string[]> {
  lab.environment["PULUMI_DEBUG_COMMANDS"] = "true";
  const log = join(lab.directory, "events.json");
  rmSync(log, { force: true });
  expectSuccess(await lab.pulumi("up", "--yes", "--skip-preview", "--event-log", log, ...words));
  const events = readFileSync(log, "utf8").trim().split("\n");
  const replaced = events.flatMap((line) => {
    const { resourcePreEvent } = JSON.parse(line);
    return resourcePreEvent?.metadata.op === "create-replacement" ? [String(resourcePreEvent.metadata.urn)] : [];
  });
  return replaced.map((urn) => urn.slice(urn.lastIndexOf("::") + 2)).sort();
}
