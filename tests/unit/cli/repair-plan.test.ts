import { describe, expect, test } from "vitest";
import type { PendingOperation } from "../../../adapters/pulumi/state";
import type { Findings } from "../../../cli/workflows/recovery/descriptions";
import type { DockerResource } from "../../../cli/workflows/recovery/made-resources";
import { planRepairs } from "../../../cli/workflows/recovery/plan";

const HERE = "unix:///var/run/docker.sock";

const CONTAINER: DockerResource = { host: HERE, kind: "container", id: "c0ffee", name: "lab-dev-node1" };

function operation(type: string, kind: string, name: string, inputs = {}, id?: string): PendingOperation {
  const urn = `urn:pulumi:dev::lab-nodes::${kind}::${name}`;
  return { type, resource: { urn, type: kind, name, id, inputs, outputs: {}, madeOn: undefined } };
}

const MAKING = operation("creating", "docker:index/container:Container", "node1", { name: CONTAINER.name });

function findings(changes: Partial<Findings>, pending: readonly PendingOperation[] = []): Findings {
  return {
    stack: "dev",
    locks: [],
    state: { kind: "good", checkpoint: { resources: [], pending, salt: undefined } },
    things: [],
    silent: [],
    madeAtAws: new Map(),
    keyFiles: "there",
    ...changes,
  };
}

/** What is done, and whether it has to be asked for. */
function deedsOf(found: Findings, scope: "what hinders" | "all" = "what hinders"): string[] {
  return planRepairs(found, scope).map(({ deed, consent }) => `${deed.kind}, consent ${consent}`);
}

/** The same findings with a state from a copy. */
function restored(age: "a step old" | "an update old", pending: readonly PendingOperation[]): Partial<Findings> {
  const checkpoint = { resources: [], pending, salt: undefined };
  return { state: { kind: "restorable", checkpoint, copy: { file: "/copy", madeAt: new Date(0), age, checkpoint } } };
}

describe("planRepairs", () => {
  test("has nothing to do with a whole stack", () => {
    expect(deedsOf(findings({}), "all")).toEqual([]);
  });

  test("removes a container that was being made, and forgets that it was", () => {
    const plan = planRepairs(findings({ things: [CONTAINER] }, [MAKING]), "what hinders");
    expect(plan.map(({ deed }) => deed)).toEqual([
      { kind: "remove", thing: CONTAINER },
      { kind: "forget", urn: MAKING.resource.urn },
    ]);
    expect(plan[0]).toMatchObject({
      consent: "needless",
      found:
        "pulumi was cut off while creating node1 (docker:index/container:Container); the container lab-dev-node1 is there, half made",
    });
  });

  test("says on which server something is", () => {
    const far = { ...CONTAINER, host: "ssh://lab@server1" };
    const said = (thing: DockerResource, pending: readonly PendingOperation[]) =>
      planRepairs(findings({ things: [thing] }, pending), "all").map(({ found }) => found)[0];
    expect(said(far, [MAKING])).toMatch(/; the container lab-dev-node1 on ssh:\/\/lab@server1 is there, half made$/);
    expect(said(far, [])).toMatch(/^the container lab-dev-node1 on ssh:\/\/lab@server1 is there, and/);
    expect(said(CONTAINER, [])).toMatch(/^the container lab-dev-node1 is there, and/);
  });

  test("leaves what may be half made on a host that does not answer for when it does, and repairs the rest", () => {
    const silent = ["ssh://lab@server1"];
    const volume = operation("creating", "docker:index/volume:Volume", "node1-docker-data", { name: "v" });
    const image = operation("creating", "docker:index/image:Image", "node1-figlet");
    expect(deedsOf(findings({ silent }, [MAKING, volume, image]))).toEqual(["forget, consent needless"]);
    const found = planRepairs(findings({ silent, things: [CONTAINER] }, [MAKING, volume]), "what hinders");
    expect(found.map(({ deed }) => deed)).toEqual([
      { kind: "remove", thing: CONTAINER },
      { kind: "forget", urn: MAKING.resource.urn },
    ]);
  });

  test("only forgets what was never made", () => {
    const image = operation("creating", "docker:index/image:Image", "node1-figlet");
    expect(deedsOf(findings({ things: [CONTAINER] }, [image]))).toEqual(["forget, consent needless"]);
  });

  test("looks again at what was being changed or taken away", () => {
    const pending = ["updating", "deleting"].map((type) => operation(type, "command:remote:Command", "node1-timer"));
    expect(deedsOf(findings({}, pending))).toEqual(["refresh, consent needless", "refresh, consent needless"]);
  });

  test("imports what AWS has made all the same", () => {
    const making = operation("creating", "aws:ec2/instance:Instance", "node1");
    const found = findings({ madeAtAws: new Map([[making.resource.urn, "i-1"]]) }, [making]);
    expect(deedsOf(found)).toEqual(["import, consent needless"]);
  });

  test("asks before it removes what a state of an earlier update calls half made: it may be ready since", () => {
    expect(deedsOf(findings({ ...restored("a step old", [MAKING]), things: [CONTAINER] }))).toEqual([
      "restore state, consent needless",
      "remove, consent needless",
      "forget, consent needless",
    ]);
    expect(deedsOf(findings({ ...restored("an update old", [MAKING]), things: [CONTAINER] }))).toContain(
      "remove, consent needed",
    );
  });

  test("asks before it removes what no state knows; beside a good state it stands in nobody's way", () => {
    expect(deedsOf(findings({ things: [CONTAINER] }))).toEqual([]);
    expect(deedsOf(findings({ things: [CONTAINER] }), "all")).toEqual(["remove, consent needed"]);
    expect(deedsOf(findings({ ...restored("an update old", []), things: [CONTAINER] }))).toEqual([
      "restore state, consent needless",
      "remove, consent needed",
    ]);
  });

  test("gives up a lost state after asking; one that is missing with all it could tell of is none", () => {
    const lost = (loss: "damaged" | "missing") =>
      ({ kind: "lost", loss, checkpoint: { resources: [], pending: [], salt: undefined } }) as const;
    expect(deedsOf(findings({ state: lost("damaged") }))).toEqual(["give up state, consent needed"]);
    expect(deedsOf(findings({ state: lost("missing") }))).toEqual([]);
    expect(deedsOf(findings({ state: lost("missing"), things: [CONTAINER] }))).toEqual([
      "remove, consent needed",
      "give up state, consent needed",
    ]);
  });

  test("clears locks first, and writes missing key files last", () => {
    const locks = [{ processId: 7, host: "here", since: new Date(0) }];
    expect(deedsOf(findings({ locks, keyFiles: "missing" }, [MAKING]))).toEqual([
      "clear locks, consent needless",
      "forget, consent needless",
      "write key files, consent needless",
    ]);
  });
});
