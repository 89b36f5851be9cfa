import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAnswerLine } from "../../../../airgap/plugins/docker/image/answer";
import { BuildProgress } from "../../../../airgap/plugins/docker/image/progress";
import { decodeTrace, type StatusFrame, type Step } from "../../../../airgap/plugins/docker/image/trace";

/** Frames of a build that failed, recorded from Docker Engine 20.10: a step begins, writes "one", and fails. */
const STEP_BEGINS =
  "CrwBCkdzaGEyNTY6NWEzODJjYzUxZGRkNjkzZTc3NTAwMzM2OWFiMmUxYzVmMDkwNjM4MDJhZjczNmNhNDY3NjgxYTA4MGU1MjM3MxJHc2hhMjU2OjkyOGRhYWQ3NWRiMDNhNzZiMDgyYzZhZGE4NzRmYmFlNGFiYjAwYTIxZDliN2ZhZGEyMmUxOTg5MmE3ZjM1YTQaGlsyLzJdIFJVTiBlY2hvIG9uZTsgZXhpdCA3KgwIxbKP2AYQ7ufMqwM=";
const STEP_WRITES =
  "Gl8KR3NoYTI1Njo1YTM4MmNjNTFkZGQ2OTNlNzc1MDAzMzY5YWIyZTFjNWYwOTA2MzgwMmFmNzM2Y2E0Njc2ODFhMDgwZTUyMzczEgwIxrKP2AYQyMXPqAEYASIEb25lCg==";
const BASE_IS_CACHED =
  "Co4BCkdzaGEyNTY6OTI4ZGFhZDc1ZGIwM2E3NmIwODJjNmFkYTg3NGZiYWU0YWJiMDBhMjFkOWI3ZmFkYTIyZTE5ODkyYTdmMzVhNBolWzEvMl0gRlJPTSBkb2NrZXIuaW8vYi10ZXN0L2J1c3lib3g6MSABKgwIxbKP2AYQjte6pgMyDAjFso/YBhCY6bumAw==";
const RUN_DIGEST = "sha256:5a382cc51ddd693e775003369ab2e1c5f09063802af736ca467681a080e52373";

describe("decodeTrace", () => {
  it("reads a step that begins", () => {
    const frame = decodeTrace(STEP_BEGINS);
    expect(frame.outputs).toEqual([]);
    expect(frame.steps).toEqual([
      { digest: RUN_DIGEST, name: "[2/2] RUN echo one; exit 7", cached: false, started: expect.any(Number), error: "" },
    ]);
    expect(new Date((frame.steps[0]?.started ?? 0) * 1000).getUTCFullYear()).toBe(2026);
  });

  it("reads output, and a cached step with its times", () => {
    expect(decodeTrace(STEP_WRITES).outputs).toEqual([{ digest: RUN_DIGEST, text: "one\n" }]);
    const base = decodeTrace(BASE_IS_CACHED).steps[0];
    expect(base).toMatchObject({ name: "[1/2] FROM docker.io/b-test/busybox:1", cached: true });
    expect((base?.completed ?? 0) - (base?.started ?? 0)).toBeCloseTo(0.00002, 4);
  });

  it("refuses a frame that is cut off", () => {
    const whole = Buffer.from(STEP_BEGINS, "base64");
    expect(() => decodeTrace(whole.subarray(0, -3).toString("base64"))).toThrow(/cut off/);
  });

  it("ends on any bytes, with frames or with an error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(decodeTrace(Buffer.from(bytes).toString("base64"))).toHaveProperty("steps");
        } catch (error) {
          expect(String(error)).toMatch(/not a protocol buffer message/);
        }
      }),
    );
  });
});

const step = (name: string, rest: Partial<Step> = {}): Step => ({
  digest: name,
  name,
  cached: false,
  error: "",
  ...rest,
});
const frame = (steps: Step[], outputs: StatusFrame["outputs"] = []): StatusFrame => ({ steps, outputs, warnings: [] });

describe("BuildProgress", () => {
  it("words a build like docker's plain progress", () => {
    const progress = new BuildProgress();
    const lines = [
      frame([step("announced only"), step("[internal] load", { started: 1 })]),
      frame([
        step("[internal] load", { started: 1, completed: 2 }),
        step("[1/2] FROM a", { started: 2, completed: 2, cached: true }),
      ]),
      frame([step("[build 2/2] RUN b", { started: 2 })]),
      frame([], [{ digest: "[build 2/2] RUN b", text: "half a " }]),
      frame([], [{ digest: "[build 2/2] RUN b", text: "line\nmore\n" }]),
      frame([step("[build 2/2] RUN b", { started: 2, completed: 5.44 })]),
    ].flatMap((each) => progress.follow(each));
    expect(lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      "status #1 [internal] load",
      "status #2 [1/2] FROM a",
      "status #1 [internal] load 1.0s",
      "info #2 [1/2] FROM a CACHED",
      "status #3 [build 2/2] RUN b",
      "status #3 half a line",
      "status #3 more",
      "info #3 [build 2/2] RUN b 3.4s",
    ]);
  });

  it("says each thing once, though frames repeat steps", () => {
    const progress = new BuildProgress();
    const done = frame([step("[1/1] FROM a", { started: 1, completed: 2 })]);
    expect(progress.follow(done)).toHaveLength(2);
    expect(progress.follow(done)).toEqual([]);
  });

  it("tells the failed step and the end of what it wrote", () => {
    const progress = new BuildProgress();
    const text = Array.from({ length: 30 }, (_, index) => `line ${index}`).join("\n");
    progress.follow(frame([step("[2/2] RUN b", { started: 1 })], [{ digest: "[2/2] RUN b", text }]));
    progress.follow(frame([step("[2/2] RUN b", { started: 1, completed: 2, error: "exit code: 7" })]));
    const told = progress.failure("hello:v0.1", "exit code: 7").split("\n");
    expect(told.slice(0, 4)).toEqual([
      "build of hello:v0.1 failed at [2/2] RUN b: exit code: 7",
      "------",
      " > [2/2] RUN b:",
      "line 10",
    ]);
    expect(told.slice(-2)).toEqual(["line 29", "------"]);
  });

  it("blames the step that failed, not one that was cut off by it", () => {
    const progress = new BuildProgress();
    progress.follow(frame([step("[a 1/1] RUN a", { started: 1, error: "context canceled" })]));
    progress.follow(frame([step("[b 1/1] RUN b", { started: 1, error: "exit code: 1" })]));
    expect(progress.failure("i", "x")).toMatch(/failed at \[b 1\/1\] RUN b/);
  });

  it("passes on the Engine's message when no step failed", () => {
    expect(new BuildProgress().failure("i", "dockerfile parse error")).toBe(
      "build of i failed: dockerfile parse error",
    );
  });

  it("passes warnings on", () => {
    expect(new BuildProgress().follow({ steps: [], outputs: [], warnings: ["old syntax"] })).toEqual([
      { kind: "warning", text: "old syntax" },
    ]);
  });
});

describe("parseAnswerLine", () => {
  it.each([
    ['{"id":"moby.buildkit.trace","aux":"Cg=="}', { kind: "trace", base64: "Cg==" }],
    ['{"id":"moby.image.id","aux":{"ID":"sha256:1"}}', { kind: "image", id: "sha256:1" }],
    ['{"aux":{"ID":"sha256:1"}}', { kind: "image", id: "sha256:1" }],
    ['{"stream":"Step 1/2 : FROM a\\n"}', { kind: "output", text: "Step 1/2 : FROM a\n" }],
    ['{"status":"Pulling"}', { kind: "output", text: "Pulling" }],
    ['{"error":"no","errorDetail":{"message":"no"}}', { kind: "error", message: "no" }],
    ["{}", { kind: "other" }],
  ])("reads %s", (line, answer) => {
    expect(parseAnswerLine(line)).toEqual(answer);
  });
});
