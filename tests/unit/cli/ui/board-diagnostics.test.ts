import { describe, expect, it } from "vitest";
import { emptyBoard } from "../../../../cli/ui/board/model";
import { reduce, settle } from "../../../../cli/ui/board/reduce";
import { seat, states } from "./board-double";
import { diagnostic, play, step, urnOf } from "./recordings";

const GATE = urnOf("command:remote:Command", "seat01-node1-ready");

describe("the readiness gate's two phases", () => {
  const began = [{ sequence: 10, timestamp: 0, resourcePreEvent: { metadata: step("create", GATE) } }];
  const ended = { sequence: 90, timestamp: 0, resOutputsEvent: { metadata: step("create", GATE) } };

  it("starts in cloud-init and shows its stage", () => {
    const { phases } = seat(
      play([...began, diagnostic(20, "info#err", "phase: cloud-init packages\n", GATE)]),
      "seat01",
    );
    expect(phases["cloud-init"]).toMatchObject({ state: "running", detail: "packages" });
    expect(phases.Docker.state).toBe("waiting");
  });

  it("moves on to Docker when the gate says so", () => {
    const { phases } = seat(play([...began, diagnostic(50, "info", "phase: docker starting\n", GATE)]), "seat01");
    expect(phases["cloud-init"]).toMatchObject({ state: "done", startedAt: 1000, endedAt: 5000 });
    expect(phases.Docker).toMatchObject({ state: "running", startedAt: 5000, detail: "starting" });
  });

  it("reads several lines of one message in turn, and takes other lines as detail", () => {
    const text = "phase: cloud-init modules\nphase: docker starting\nServer Version: 20.10\n";
    const { phases } = seat(play([...began, diagnostic(50, "info", text, GATE)]), "seat01");
    expect(phases["cloud-init"]).toMatchObject({ state: "done", detail: "modules" });
    expect(phases.Docker.detail).toBe("Server Version: 20.10");
  });

  it("completes both phases even when it never spoke of Docker", () => {
    expect(states(play([...began, ended]), "seat01")).toBe("waiting done done waiting waiting waiting waiting");
  });

  it("fails in the phase it had reached", () => {
    const failed = {
      sequence: 60,
      timestamp: 0,
      resOpFailedEvent: { metadata: step("create", GATE), status: 0, steps: 0 },
    };
    expect(states(play([...began, failed]), "seat01")).toMatch(/^waiting failed waiting/);
    const inDocker = [...began, diagnostic(50, "info", "phase: docker starting", GATE), failed];
    expect(states(play(inDocker), "seat01")).toMatch(/^waiting done failed/);
  });
});

describe("what is said along the way", () => {
  const image = urnOf("docker:index/image:Image", "seat01-node1-figlet");
  const began = { sequence: 1, timestamp: 0, resourcePreEvent: { metadata: step("create", image) } };

  it("keeps the last line of a message, without terminal and Pulumi colour marks", () => {
    const message = "Step 1/3\n<{%fg 2%}>\u001b[1mStep  2/3\u001b[0m : RUN x<{%reset%}>\n\n";
    const { figlet } = seat(play([began, diagnostic(2, "info", message, image)]), "seat01").phases;
    expect(figlet.detail).toBe("Step 2/3 : RUN x");
  });

  it("never shows debug text, which quotes inputs", () => {
    const board = play([began, diagnostic(2, "debug", "password=hunter2", image)]);
    expect(JSON.stringify(board)).not.toContain("hunter2");
  });

  it("keeps each warning once", () => {
    const warning = diagnostic(2, "warning", "deprecated\n", image);
    const board = play([began, warning, warning]);
    expect(board.warnings.map((finding) => [finding.row, finding.text])).toEqual([["seat01", "deprecated"]]);
  });

  it("drops the engine's closing word, keeps errors that belong to no seat", () => {
    const board = play([diagnostic(1, "error", "update failed"), diagnostic(2, "error", "error: no such stack")]);
    expect(board.failures).toEqual([{ row: "class", phase: undefined, resource: "", text: "error: no such stack" }]);
  });

  it("an error of a seat's component is that seat's", () => {
    const board = play([diagnostic(1, "error", "bad seat", urnOf("lab-nodes:index:LabNode", "seat02-node1"))]);
    expect(board.failures).toMatchObject([{ row: "seat02", phase: undefined, text: "bad seat" }]);
  });

  it("an error of a node's provider fails its Docker phase", () => {
    const board = play([
      diagnostic(1, "error", "cannot connect", urnOf("pulumi:providers:docker", "seat01-node1-engine")),
    ]);
    expect(seat(board, "seat01").phases.Docker.state).toBe("failed");
  });

  it("a mandatory policy is a failure, an advisory one a warning", () => {
    const policy = {
      message: "no",
      color: "never",
      policyName: "pinned",
      policyPackName: "p",
      policyPackVersion: "1",
      policyPackVersionTag: "1",
    };
    const violated = (enforcementLevel: "mandatory" | "advisory") =>
      reduce(
        emptyBoard(0),
        { sequence: 1, timestamp: 0, policyEvent: { ...policy, enforcementLevel: enforcementLevel as "mandatory" } },
        1,
      );
    expect(violated("mandatory").failures[0]?.text).toBe("policy pinned: no");
    expect(violated("advisory").failures).toEqual([]);
    expect(violated("advisory").warnings).toHaveLength(1);
  });

  it("what was under way when the engine stopped is not called running or done", () => {
    const board = settle(play([began]), 5000);
    expect(seat(board, "seat01").phases.figlet.state).toBe("waiting");
    expect(board.endedAt).toBe(5000);
  });
});
