import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const SCRIPT = resolve(__dirname, "../../../../adapters/pulumi/stop-orphan.sh");

/** A process that ends with 7 on Ctrl-C, and the guard that watches over it. */
async function guarded() {
  const watched = spawn("bash", ["-c", 'trap "exit 7" INT; echo ready; for _ in {1..200}; do sleep 0.05; done']);
  onTestFinished(() => void watched.kill("SIGKILL"));
  await once(watched.stdout, "data");
  const guard = spawn("sh", [SCRIPT, String(watched.pid)], { stdio: ["pipe", "ignore", "ignore"] });
  onTestFinished(() => void guard.kill("SIGKILL"));
  return { watched, guard };
}

test("stops pulumi as by Ctrl-C when lab is gone without a word", async () => {
  const { watched, guard } = await guarded();
  guard.stdin.end();
  expect(await once(watched, "exit")).toEqual([7, null]);
  await once(guard, "exit");
});

test("leaves pulumi alone after the word that all is over", async () => {
  const { watched, guard } = await guarded();
  guard.stdin.end("over\n");
  expect(await once(guard, "exit")).toEqual([0, null]);
  expect([watched.exitCode, watched.signalCode]).toEqual([null, null]);
});
