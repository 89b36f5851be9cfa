import { expect, test } from "vitest";
import type { System } from "../../../../adapters/files/system";
import { ensurePythonEnvironments } from "../../../../adapters/files/system";
import { RecordingReporter } from "../pulumi/find-engine-support";

/** A Debian whose Python can do nothing, unless told otherwise. */
function debian(change: Partial<System> = {}) {
  const calls: string[] = [];
  const system: System = {
    platform: "linux",
    isRoot: true,
    hasSystemd: false,
    findProgram: async (name) => (name === "apt-get" ? "/usr/bin/apt-get" : undefined),
    run: async (command, words) => {
      calls.push([command, ...words].join(" "));
      if (command === "python3") {
        throw new Error("No module named 'ensurepip'");
      }
    },
    startDaemon: () => ({ ended: () => undefined }),
    readText: async () => "",
    pause: async () => {},
    ...change,
  };
  const ensure = () => ensurePythonEnvironments(system, new RecordingReporter());
  return { calls, ensure };
}

const CHECK = "python3 -c import ensurepip, venv";

test("a Python that can make virtual environments is left alone", async () => {
  const asked: string[] = [];
  await debian({ run: async (command, words) => void asked.push([command, ...words].join(" ")) }).ensure();
  expect(asked).toEqual([CHECK]);
});

test("where it cannot, root has the package installed", async () => {
  const { calls, ensure } = debian();
  await ensure();
  expect(calls).toEqual([CHECK, "apt-get update", "apt-get install --yes python3-venv"]);
});

test("others are told what to type", async () => {
  const { calls, ensure } = debian({ isRoot: false });
  await expect(ensure()).rejects.toMatchObject({
    exitCode: 2,
    message: "No Python that creates virtual environments is installed. Changing that needs root.",
    hint: "sudo apt-get update && sudo apt-get install -y python3-venv",
  });
  expect(calls).toEqual([CHECK]);
});

test("and where there is no apt, what to install", async () => {
  await expect(debian({ findProgram: async () => undefined }).ensure()).rejects.toMatchObject({
    exitCode: 2,
    hint: expect.stringContaining("Python 3.11 or newer"),
  });
});
