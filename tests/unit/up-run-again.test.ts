import { expect, test } from "vitest";
import { emptyBoard } from "../../cli/output/board/model";
import type { UpRequest, UpRun } from "../../cli/up/run-up";
import { runUpAgain } from "../../cli/up/run-up-again";
import { recordedReporter } from "./cli-support";

const REQUEST: UpRequest = { refresh: "refresh", replace: ["seat02"], replaceResources: ["urn"] };

function upRun(outcome: UpRun["outcome"], restarted: readonly string[], mended: readonly string[] = []): UpRun {
  const failure = { row: "seat01", phase: undefined, resource: "an image", text: "connection lost" };
  const board = { ...emptyBoard(0), failures: outcome === "succeeded" ? [] : [failure] };
  return { board, outcome, restarted, mended, resources: [] };
}

/** What comes of it when one `pulumi up` after the other ends as given, and what each was asked for. */
async function upWith(...runs: UpRun[]) {
  const asked: UpRequest[] = [];
  const { reporter, said } = recordedReporter();
  const result = await runUpAgain(reporter, REQUEST, async (request) => {
    asked.push(request);
    return runs[asked.length - 1] ?? upRun("succeeded", []);
  });
  return { result, asked, said };
}

test("an `up` that went well, or failed with no Docker Engine restarted, is the only one", async () => {
  for (const run of [upRun("succeeded", []), upRun("succeeded", ["node1"]), upRun("seats failed", [])]) {
    const { result, asked } = await upWith(run);
    expect([result, asked]).toEqual([run, [REQUEST]]);
  }
});

test("what failed by a restart is done once more, without replacing anything anew, and its failure is over", async () => {
  const { result, asked, said } = await upWith(
    upRun("seats failed", ["seat01-node1"], ["seat03"]),
    upRun("succeeded", []),
  );
  expect(asked).toEqual([REQUEST, { refresh: "trust-state", replace: [], replaceResources: [] }]);
  expect(result).toMatchObject({ outcome: "succeeded", mended: ["seat03"], board: { failures: [] } });
  expect(said.join()).toContain("restarted on seat01-node1: what failed is tried once more");
});

test("what fails again has failed, and there is no third time", async () => {
  const again = upRun("seats failed", ["seat01-node1"]);
  const { result, asked } = await upWith(again, again, again);
  expect([asked.length, result.outcome, result.board.failures.length]).toEqual([2, "seats failed", 1]);
});
