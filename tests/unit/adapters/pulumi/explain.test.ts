import { describe, expect, test } from "vitest";
import { explainFailure } from "../../../../adapters/pulumi/explain";
import { failedOperation, operationArguments } from "../../../../adapters/pulumi/operation";
import { stackFlag } from "../../../../adapters/pulumi/stack-flag";
import { type Board, emptyBoard } from "../../../../cli/ui/board/model";

/** What pulumi 3.259.0 wrote to stderr, recorded. */
const RECORDED = {
  locked:
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
    "  file:///class/state/.pulumi/locks/organization/lab-nodes/dev/abc.json?no_tmp_dir=true: created by root@host (pid 1) at 2026-11-23T06:00:00Z",
  wrongPassphrase: "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
  noPassphrase:
    "error: getting stack configuration: get stack secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
  noStack: "error: no stack named 'nope' found",
  wrongType: "error: validating stack config: Stack 'dev' with configuration key 'seats' must be of type 'integer'",
};

describe("explainFailure", () => {
  test("says for a locked stack how to go on, on that stack", () => {
    expect(explainFailure(RECORDED.locked, "spring")).toMatchObject({
      message: 'Another pulumi or lab is at work on the stack "spring", or one was killed while it was.',
      hint: [
        "Wait for it. What a killed one left behind is removed by the next ./lab up or ./lab down, or by ./lab repair --stack spring.",
        'With the state in a backend of your own, run: eval "$(./lab env --stack spring)" && pulumi cancel --yes',
      ].join("\n"),
    });
  });

  test("says which signal killed pulumi, and not by which words it was run", () => {
    const killed = explainFailure("Command was killed with SIGKILL (Forced termination): /engine/pulumi up", "dev");
    expect(killed).toMatchObject({
      message: 'pulumi was killed (SIGKILL) in the middle of its work on the stack "dev".',
      hint: expect.stringContaining("./lab up --stack dev"),
    });
  });

  test("names the repair for a state that cannot be read", () => {
    const damaged = explainFailure("error: failed to load checkpoint: place 1: unexpected end of JSON input", "dev");
    expect(damaged.hint).toContain("./lab repair --stack dev");
  });

  test.each([[RECORDED.wrongPassphrase], [RECORDED.noPassphrase]])("names the passphrase file for: %s", (stderr) => {
    expect(explainFailure(stderr, "dev")).toMatchObject({
      message: 'The passphrase does not fit the stack "dev": its secrets cannot be read.',
      hint: "Restore .lab/passphrase, or set PULUMI_CONFIG_PASSPHRASE to the one that the stack was made with. If you no longer have it, run ./lab repair --stack dev.",
    });
  });

  test("names the missing stack as pulumi does", () => {
    expect(explainFailure(RECORDED.noStack, "nope")).toMatchObject({
      message: 'There is no stack named "nope".',
      hint: "Run ./lab up --stack nope to create it, or add --stack NAME for another one.",
    });
  });

  test("gives pulumi's own words for what it does not know", () => {
    expect(explainFailure(`\n${RECORDED.wrongType}\n`, "dev")).toMatchObject({
      message: RECORDED.wrongType,
      hint: undefined,
      exitCode: 1,
    });
  });

  test("is never an error without words", () => {
    expect(explainFailure("\n", "dev").message).toBe("pulumi failed with no output.");
  });
});

describe("operationArguments", () => {
  test.each([
    ["up", ["up", "--yes", "--skip-preview", "--continue-on-error", "--stack", "dev"]],
    ["preview", ["preview", "--stack", "dev"]],
    ["destroy", ["destroy", "--yes", "--skip-preview", "--continue-on-error", "--stack", "dev"]],
  ] as const)("of %s", (operation, expected) => {
    expect(operationArguments(operation, "dev", "trust-state")).toEqual(expected);
    expect(operationArguments(operation, "dev", "refresh")).toEqual([...expected, "--refresh"]);
  });
});

describe("stackFlag", () => {
  test("is there for all stacks but the default one", () => {
    expect([stackFlag("dev"), stackFlag("spring")]).toEqual(["", " --stack spring"]);
  });
});

describe("failedOperation", () => {
  const silent = { exitCode: 1, stdout: "", stderr: "" };
  const failed: Board = {
    ...emptyBoard(0),
    failures: [{ row: "node1", phase: "Docker", resource: "Command node1-ready", text: "no" }],
  };

  test("points to what the board has shown, and does not show it twice", () => {
    const result = { ...silent, stderr: RECORDED.locked };
    expect(failedOperation("up", failed, result, "dev")).toMatchObject({
      message: "The lab is not ready; what failed is shown above.",
      hint:
        "Finished resources stay. Run ./lab up to continue, or ./lab down to remove the lab.\n" +
        "For a node that stays broken, run ./lab logs, then ./lab up --replace SEAT to recreate it.",
      exitCode: 1,
    });
  });

  test("names the stack in the commands to type, where it has to be said", () => {
    expect(failedOperation("destroy", failed, silent, "spring")).toMatchObject({
      message: "Some resources were not removed; what failed is shown above.",
      hint: "Run ./lab down --stack spring again to remove the rest.",
    });
    expect(failedOperation("up", failed, silent, "spring").hint?.match(/--stack spring/g)).toHaveLength(4);
  });

  test("explains what pulumi said when the board has nothing", () => {
    const result = { ...silent, stderr: RECORDED.locked };
    expect(failedOperation("preview", emptyBoard(0), result, "dev")).toMatchObject({
      message: expect.stringContaining("Another pulumi or lab"),
      hint: expect.stringContaining("pulumi cancel"),
    });
  });

  test("takes pulumi's stdout where stderr is empty, and its own hint where none is known", () => {
    const result = { ...silent, stdout: "error: odd\n" };
    expect(failedOperation("preview", emptyBoard(0), result, "dev")).toMatchObject({
      message: "error: odd",
      hint: "Nothing was changed.",
    });
  });
});
