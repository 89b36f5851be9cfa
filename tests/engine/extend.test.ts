import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { isoTime } from "../../cli/workflows/extend/choose-end";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, leftoversOf, onlyNode, onNode, stateOf } from "../support/lab-facts";
import { timerOf } from "../support/timer";

const HOUR = 3_600_000;

/** One local lab with an end, which is then given a later one. */
describe("a class that is extended", () => {
  let lab: LabClone;
  /** As `lab extend` gave it. */
  let end: string;

  beforeAll(async () => {
    lab = await makeLabClone();
    writeFileSync(join(lab.directory, `Pulumi.${lab.stack}.yaml`), "config:\n  lab-nodes:expires: 3h\n");
    expectSuccess(await lab.lab("up", "--no-verify", "--ssh-port", String(lab.sshPort)));
  });
  afterAll(() => lab.remove());

  test("by a duration keeps its machine, whose timer is moved by just that", async () => {
    const [before, born] = [await onlyNode(lab), await timerOf(lab)];
    const said = JSON.parse(expectSuccess(await lab.lab("extend", "--by", "2h", "--json")).stdout);
    end = said.end;
    expect(said).toEqual({ stack: lab.stack, end, before: [{ seat: "seat01", end: isoTime(born) }] });
    expect(Date.parse(end) - born.getTime()).toBe(2 * HOUR);
    expect(isoTime(await timerOf(lab))).toBe(end);
    expect(await onlyNode(lab)).toEqual(before);
  });

  test.for(["up", "up --refresh"])("has nothing to change afterwards: pulumi %s", async (words) => {
    expectSuccess(await lab.pulumi(...words.split(" "), "--yes", "--skip-preview", "--expect-no-changes"));
  });

  test("keeps the later end over a reboot of its machine", async () => {
    await lab.docker.getContainer((await onlyNode(lab)).id).restart();
    await vi.waitFor(async () => expect(isoTime(await timerOf(lab))).toBe(end), { timeout: 60_000, interval: 1000 });
  });

  test("gets it again in the same `up` when its machine is recreated", async () => {
    const before = await onlyNode(lab);
    expectSuccess(await lab.lab("up", "--no-verify", "--replace", "seat01"));
    expect((await onlyNode(lab)).id).not.toBe(before.id);
    expect(isoTime(await timerOf(lab))).toBe(end);
  });

  test("has a new machine live past a first end that is long gone, and up to the later one", async () => {
    expectSuccess(await lab.pulumi("config", "set", "--path", "expires", "2026-01-01T00:00Z"));
    // The machine would be another one: that is no way to extend a class.
    const refused = await lab.lab("extend", "--by", "1h");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("Not extended: an update of the lab");
    expect(refused.stderr).toContain("recreate or remove these machines: node1.");
    const before = await onlyNode(lab);
    expectSuccess(await lab.lab("up", "--no-verify"));
    expect((await onlyNode(lab)).id).not.toBe(before.id);
    expect(await onNode(lab, "hostname")).toBe("node1");
    expect(isoTime(await timerOf(lab))).toBe(end);
  });

  test("is down after `lab down`, which also forgets the later end", async () => {
    expectSuccess(await lab.lab("down"));
    expect(await leftoversOf(lab)).toEqual([]);
    expect(await stateOf(lab)).toEqual([]);
    expect((await lab.pulumi("config", "get", "extended")).exitCode).not.toBe(0);
    const again = await lab.lab("extend", "--by", "1h");
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toContain(`The lab "${lab.stack}" is down: there is nothing to extend.`);
  });
});
