import type { EngineEvent } from "@pulumi/pulumi/automation";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DockerWork } from "../../cli/up/docker-work";
import { startDockerWatch } from "../../cli/up/watch-docker";

const urnOf = (name: string) => `urn:pulumi:dev::lab-nodes::docker:index/image:Image::${name}`;

function event(kind: "resourcePreEvent" | "resOutputsEvent" | "resOpFailedEvent", name: string, op = "create") {
  return { sequence: 0, timestamp: 0, [kind]: { metadata: { op, urn: urnOf(name) } } } as EngineEvent;
}

const begun = (name: string, op?: string) => event("resourcePreEvent", name, op);
const word = (name: string, message = "#5 2.1 Unpacking"): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  diagnosticEvent: { urn: urnOf(name), message, color: "never", severity: "info" },
});

describe("the work of nodes' Docker Engines", () => {
  /** Who is silent at a time after events at the times given. */
  const silentAt = (since: number, ...events: (readonly [number, EngineEvent])[]) => {
    const work = new DockerWork();
    for (const [at, each] of events) {
      work.take(each, at);
    }
    return [...work.silentSince(since)];
  };

  test("is silent from its last word on, and over when it has ended, well or not", () => {
    const build = [0, begun("seat02-node1-figlet")] as const;
    expect(silentAt(9, build)).toEqual([["seat02-node1", urnOf("seat02-node1-figlet")]]);
    expect(silentAt(9, build, [10, word("seat02-node1-figlet")])).toEqual([]);
    expect(silentAt(10, build, [10, word("seat02-node1-figlet")])).toHaveLength(1);
    for (const end of ["resOutputsEvent", "resOpFailedEvent"] as const) {
      expect(silentAt(9, build, [5, event(end, "seat02-node1-figlet")])).toEqual([]);
    }
  });

  test("is not silent while one of a node's builds has something to say; others are their own", () => {
    const events = [
      [0, begun("seat01-node1-figlet")],
      [0, begun("seat01-node1-hello-v0.1", "create-replacement")],
      [0, begun("seat02-node1-base-images", "update")],
      [9, word("seat01-node1-figlet")],
    ] as const;
    expect(silentAt(5, ...events).map(([node]) => node)).toEqual(["seat02-node1"]);
    expect(silentAt(9, ...events).map(([node]) => node)).toEqual(["seat01-node1", "seat02-node1"]);
  });

  test("is a gate's, too, once it has come to Docker", () => {
    const gate = [0, begun("node1-ready")] as const;
    expect(silentAt(9, gate, [1, word("node1-ready", "phase: cloud-init trivy")])).toEqual([]);
    expect(silentAt(9, gate, [1, word("node1-ready", "phase: docker version\n")])).toHaveLength(1);
    const end = event("resOutputsEvent", "node1-ready");
    expect(silentAt(9, gate, [1, word("node1-ready", "phase: docker run")], [2, end])).toEqual([]);
  });

  test("is what an Engine makes: no machine, no gate in cloud-init, no image of the whole class, and nothing that is there already", () => {
    const names = ["node1", "node1-ready", "node1-student-password", "class-figlet"];
    expect(silentAt(9, ...names.map((name) => [0, begun(name)] as const))).toEqual([]);
    expect(silentAt(9, [0, begun("node1-figlet", "same")], [0, begun("node1-hello-v0.1", "delete")])).toEqual([]);
  });
});

describe("the watch over them", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A watch over one build, with an Engine that is asked. */
  const watching = (wake: (node: string) => Promise<string>) => {
    const told: string[] = [];
    const onEvent = ({ diagnosticEvent }: EngineEvent) =>
      told.push(
        `${diagnosticEvent?.severity} ${diagnosticEvent?.urn?.split("::").at(-1)}: ${diagnosticEvent?.message}`,
      );
    const asked: string[] = [];
    const ask = (node: string) => {
      asked.push(node);
      return wake(node);
    };
    const options = { wake: ask, silenceMilliseconds: 60_000, intervalMilliseconds: 1_000 };
    const watch = startDockerWatch({ onEvent }, options);
    watch.take(begun("node1-figlet"));
    return { watch, told, asked };
  };
  const ASKED = "info#err node1-figlet: nothing heard for 60 s: the node's Docker Engine is asked";

  test("asks an Engine that has long said nothing, and tells what was done to it", async () => {
    const { watch, told, asked } = watching(async () => "it is restarted");
    await vi.advanceTimersByTimeAsync(59_000);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(told).toEqual([ASKED, "warning node1-figlet: it is restarted"]);
    expect(await watch.restarted()).toEqual(["node1"]);
    watch.stop();
  });

  test("lets a builder that is well build on, and asks again only after as long a silence", async () => {
    const { watch, told, asked } = watching(async () => "");
    await vi.advanceTimersByTimeAsync(100_000);
    expect([asked, told]).toEqual([["node1"], [ASKED]]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asked).toEqual(["node1", "node1"]);
    expect(await watch.restarted()).toEqual([]);
    watch.stop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked).toHaveLength(2);
  });

  test("asks nobody twice at a time, and waits for the answer in the end", async () => {
    let answer: (said: string) => void = () => {};
    const { watch, asked } = watching(() => new Promise((resolve) => (answer = resolve)));
    await vi.advanceTimersByTimeAsync(300_000);
    expect(asked).toEqual(["node1"]);
    watch.stop();
    const restarted = watch.restarted();
    answer("it is restarted");
    expect(await restarted).toEqual(["node1"]);
  });

  test("tells when an Engine cannot be asked, and does not count it as restarted", async () => {
    const { watch, told } = watching(() => Promise.reject(new Error("no such container")));
    await vi.advanceTimersByTimeAsync(70_000);
    expect(told).toEqual([ASKED, "warning node1-figlet: its Docker Engine cannot be asked (no such container)"]);
    expect(await watch.restarted()).toEqual([]);
    watch.stop();
  });
});
