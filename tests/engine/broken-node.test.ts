import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommandResult, cloneLab, type LabClone, makeLabClone } from "../support/lab-clone";
import { DESTROY_LIMIT, editFile, expectSuccess, idsOf, leftoversOf, onlyNode, onNode } from "../support/lab-facts";

const USER_DATA = "cloud-init/user-data.ts";
const DISTRIBUTION_PACKAGES = "packages: DOCKER_PACKAGES, commands: []";
const NO_PACKAGES = "packages: NO_DOCKER_PACKAGES, commands: []";
const IMAGE = "docker:index/image:Image";

/** One lab whose first node cloud-init leaves without Docker; its cause is fixed, and the lab goes on. */
describe("a node on which Docker did not install", () => {
  let lab: LabClone;
  let failed: CommandResult;

  beforeAll(async () => {
    lab = await makeLabClone();
    editFile(lab, USER_DATA, DISTRIBUTION_PACKAGES, NO_PACKAGES);
    failed = await lab.lab("up", "--ssh-port", String(lab.sshPort));
  });
  afterAll(() => lab.remove());

  test("`lab up` fails, and its error ends with the tail of cloud-init's log", async () => {
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain("node1 is not ready: the docker command is not installed");
    await expectEndsWithLogTail(lab, failed.stderr, /^\d+ created/);
    expect(failed.stderr).not.toMatch(/^\s*warning:/m);
    expect(failed.stderr).toContain("./lab logs");
  });

  test("no image was tried on it, and `lab status` does not call it ready", async () => {
    expect(Object.keys(await idsOf(lab, IMAGE))).toEqual(["lab-node-image"]);
    const { seats } = JSON.parse(expectSuccess(await lab.lab("status", "--json")).stdout);
    expect(seats).toMatchObject([{ seat: "seat01", state: "not ready", images: [] }]);
  });

  test("plain `pulumi up` fails alike, as long as the cause is there", async () => {
    const node = await onlyNode(lab);
    const up = await lab.pulumi("up", "--yes", "--skip-preview");
    expect(up.exitCode).not.toBe(0);
    const said = `${up.stdout}\n${up.stderr}`;
    expect(said).toMatch(/error:/);
    await expectEndsWithLogTail(lab, said, /^pulumi:pulumi:Stack|^Resources:/);
    expect(await onlyNode(lab)).toEqual(node);
  });

  test("once the cause is fixed, the next `lab up` replaces the node and goes on to the images", async () => {
    const before = await onlyNode(lab);
    editFile(lab, USER_DATA, NO_PACKAGES, DISTRIBUTION_PACKAGES);
    expectSuccess(await lab.lab("up"));
    expect((await onlyNode(lab)).id).not.toBe(before.id);
    expect(await onNode(lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
  });
});

/** A lab that got no further than its gate. */
describe("a half-made lab", () => {
  test("`lab down` leaves nothing of it, in seconds", async () => {
    const lab = await cloneLab();
    editFile(lab, USER_DATA, DISTRIBUTION_PACKAGES, NO_PACKAGES);
    expect((await lab.lab("up", "--ssh-port", String(lab.sshPort))).exitCode).toBe(1);
    const started = Date.now();
    expectSuccess(await lab.lab("down"));
    expect(Date.now() - started).toBeLessThan(DESTROY_LIMIT);
    expect(await leftoversOf(lab)).toEqual([]);
  });
});

/**
 * Of what was said, the error ends with the last lines that cloud-init wrote: after those comes only what `next` matches.
 * Lines that cloud-init adds after its end, while the gate already reads, may be missing.
 */
async function expectEndsWithLogTail(lab: LabClone, said: string, next: RegExp): Promise<void> {
  const log = linesOf(await onNode(lab, "cat", "/var/log/cloud-init-output.log"));
  // The last time: plain Pulumi also shows the node's words as they come.
  const error = said.split("--- the last lines of /var/log/cloud-init-output.log on the node:").at(-1) ?? "";
  const lines = linesOf(error);
  const end = lines.findIndex((line) => next.test(line));
  expect(end, said).toBeGreaterThan(10);
  const tail = lines.slice(0, end);
  expect(log.join("\n")).toContain(tail.join("\n"));
  expect(log.lastIndexOf(tail.at(-1) ?? "")).toBeGreaterThan(log.length - 10);
}

function linesOf(text: string): string[] {
  return (
    text
      .split("\n")
      // As a terminal shows a counter that writes over itself.
      .map((line) => line.trimEnd().split("\r").at(-1)?.trim() ?? "")
      .filter(Boolean)
  );
}
