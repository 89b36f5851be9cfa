import { describe, expect, test } from "vitest";
import type { PendingOperation } from "../../../adapters/pulumi/state";
import type { Findings } from "../../../cli/workflows/recovery/inspect";
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
    onEngines: [],
    silent: [],
    madeAtAws: new Map(),
    keyFiles: "exist",
    ...changes,
  };
}

/** What is done, and whether it has to be asked for. */
function actionsOf(found: Findings, scope: "what hinders" | "all" = "what hinders"): string[] {
  return planRepairs(found, scope).map(({ action, consent }) => `${action.kind}, consent ${consent}`);
}

/** The same findings with a state from a copy. */
function restored(age: "a step old" | "an update old", pending: readonly PendingOperation[]): Partial<Findings> {
  const checkpoint = { resources: [], pending, salt: undefined };
  return { state: { kind: "restorable", checkpoint, copy: { file: "/copy", madeAt: new Date(0), age, checkpoint } } };
}

describe("planRepairs", () => {
  test("has nothing to do with a whole stack", () => {
    expect(actionsOf(findings({}), "all")).toEqual([]);
  });

  test("removes a container that was being made, and forgets that it was", () => {
    const plan = planRepairs(findings({ onEngines: [CONTAINER] }, [MAKING]), "what hinders");
    expect(plan.map(({ action }) => action)).toEqual([
      { kind: "remove", resource: CONTAINER },
      { kind: "forget", urn: MAKING.resource.urn },
    ]);
    expect(plan[0]).toMatchObject({
      consent: "needless",
      found:
        "pulumi was cut off while creating node1 (docker:index/container:Container); the container lab-dev-node1 exists, half made",
    });
  });

  test("says on which server something is", () => {
    const far = { ...CONTAINER, host: "ssh://lab@server1" };
    const foundFor = (thing: DockerResource, pending: readonly PendingOperation[]) =>
      planRepairs(findings({ onEngines: [thing] }, pending), "all").map(({ found }) => found)[0];
    expect(foundFor(far, [MAKING])).toMatch(/; the container lab-dev-node1 on ssh:\/\/lab@server1 exists, half made$/);
    expect(foundFor(far, [])).toMatch(/^the container lab-dev-node1 on ssh:\/\/lab@server1 exists, but/);
    expect(foundFor(CONTAINER, [])).toMatch(/^the container lab-dev-node1 exists, but/);
  });

  test("leaves what may be half made on a host that does not answer for when it does, and repairs the rest", () => {
    const silent = ["ssh://lab@server1"];
    const volume = operation("creating", "docker:index/volume:Volume", "node1-docker-data", { name: "v" });
    const image = operation("creating", "docker:index/image:Image", "node1-figlet");
    expect(actionsOf(findings({ silent }, [MAKING, volume, image]))).toEqual(["forget, consent needless"]);
    const found = planRepairs(findings({ silent, onEngines: [CONTAINER] }, [MAKING, volume]), "what hinders");
    expect(found.map(({ action }) => action)).toEqual([
      { kind: "remove", resource: CONTAINER },
      { kind: "forget", urn: MAKING.resource.urn },
    ]);
  });

  test("only forgets what was never made", () => {
    const image = operation("creating", "docker:index/image:Image", "node1-figlet");
    expect(actionsOf(findings({ onEngines: [CONTAINER] }, [image]))).toEqual(["forget, consent needless"]);
  });

  test("looks again at what was being changed or taken away", () => {
    const pending = ["updating", "deleting"].map((type) => operation(type, "command:remote:Command", "node1-timer"));
    expect(actionsOf(findings({}, pending))).toEqual(["refresh, consent needless", "refresh, consent needless"]);
  });

  test("imports what AWS has made all the same", () => {
    const making = operation("creating", "aws:ec2/instance:Instance", "node1");
    const found = findings({ madeAtAws: new Map([[making.resource.urn, "i-1"]]) }, [making]);
    expect(actionsOf(found)).toEqual(["import, consent needless"]);
  });

  test("asks before it removes what a state of an earlier update calls half made: it may be ready since", () => {
    expect(actionsOf(findings({ ...restored("a step old", [MAKING]), onEngines: [CONTAINER] }))).toEqual([
      "restore state, consent needless",
      "remove, consent needless",
      "forget, consent needless",
    ]);
    expect(actionsOf(findings({ ...restored("an update old", [MAKING]), onEngines: [CONTAINER] }))).toContain(
      "remove, consent needed",
    );
  });

  test("asks before it removes what no state knows; beside a good state it stands in nobody's way", () => {
    expect(actionsOf(findings({ onEngines: [CONTAINER] }))).toEqual([]);
    expect(actionsOf(findings({ onEngines: [CONTAINER] }), "all")).toEqual(["remove, consent needed"]);
    expect(actionsOf(findings({ ...restored("an update old", []), onEngines: [CONTAINER] }))).toEqual([
      "restore state, consent needless",
      "remove, consent needed",
    ]);
  });

  test("gives up a lost state after asking; one that is missing with all it could tell of is none", () => {
    const lost = (loss: "damaged" | "missing") =>
      ({ kind: "lost", loss, checkpoint: { resources: [], pending: [], salt: undefined } }) as const;
    expect(actionsOf(findings({ state: lost("damaged") }))).toEqual(["give up state, consent needed"]);
    expect(actionsOf(findings({ state: lost("missing") }))).toEqual([]);
    expect(actionsOf(findings({ state: lost("missing"), onEngines: [CONTAINER] }))).toEqual([
      "remove, consent needed",
      "give up state, consent needed",
    ]);
  });

  test("clears locks first, and writes missing key files last", () => {
    const locks = [{ processId: 7, host: "here", since: new Date(0) }];
    expect(actionsOf(findings({ locks, keyFiles: "missing" }, [MAKING]))).toEqual([
      "clear locks, consent needless",
      "forget, consent needless",
      "write key files, consent needless",
    ]);
  });
});
