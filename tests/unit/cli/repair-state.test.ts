import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { StackFiles } from "../../../adapters/pulumi/environment";
import { parseExport, parseStateFile } from "../../../adapters/pulumi/state";
import { newestCopy } from "../../../cli/workflows/recovery/inspect";
import { withoutPending } from "../../../cli/workflows/recovery/perform";
import { temporaryFolder } from "./support";

const NODE = { urn: "urn:pulumi:dev::lab-nodes::a::node1", type: "a", id: "c0ffee" };
const GATE = { urn: "urn:pulumi:dev::lab-nodes::b::node1-ready", type: "b" };
const SNAPSHOT = { resources: [NODE], pending_operations: [{ type: "creating", resource: GATE }] };

function stateFile(salt: string, snapshot: object = SNAPSHOT): string {
  const latest = { ...snapshot, secrets_providers: { type: "passphrase", state: { salt } } };
  return JSON.stringify({ version: 3, checkpoint: { stack: "dev", latest } });
}

describe("a state's text", () => {
  test("has resources and pending operations, in a backend's file as in an export", () => {
    const expected = {
      resources: [{ name: "node1" }],
      pending: [{ type: "creating", resource: { name: "node1-ready" } }],
    };
    expect(parseStateFile(stateFile("salt"))).toMatchObject({ ...expected, salt: "salt" });
    expect(parseExport(JSON.stringify({ version: 3, deployment: SNAPSHOT }))).toMatchObject(expected);
  });

  test("of a stack that was never brought up has none", () => {
    const text = JSON.stringify({ version: 3, checkpoint: { stack: "dev" } });
    expect(parseStateFile(text)).toEqual({ resources: [], pending: [], salt: undefined });
  });

  test.each(["", "\0\0\0", "{}", stateFile("salt").slice(0, 60)])("is damaged: %j", (text) => {
    expect(parseStateFile(text)).toBeUndefined();
  });
});

describe("newestCopy", () => {
  function filesWith(copies: Readonly<Record<string, { text: string; second: number }>>): StackFiles {
    const folder = temporaryFolder();
    const files = {
      state: "dev.json",
      previous: "dev.json.bak",
      history: "history",
      backups: "backups",
      locks: "locks",
    };
    for (const [name, { text, second }] of Object.entries(copies)) {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      writeFileSync(join(folder, name), text);
      utimesSync(join(folder, name), second, second);
    }
    return Object.fromEntries(
      Object.entries(files).map(([key, name]) => [key, join(folder, name)]),
    ) as unknown as StackFiles;
  }

  test("is the newest that can be read, from wherever Pulumi keeps them", () => {
    const old = { text: stateFile("salt"), second: 1 };
    const whole = { "dev.json.bak": { ...old, second: 3 }, "backups/dev.1.json": old };
    expect(newestCopy(filesWith(whole), "salt")).toMatchObject({ age: "a step old", madeAt: new Date(3000) });
    const broken = { ...whole, "dev.json.bak": { text: stateFile("salt").slice(9), second: 3 } };
    expect(newestCopy(filesWith(broken), "salt")).toMatchObject({ age: "an update old", madeAt: new Date(1000) });
  });

  test("skips a folder that cannot be read", () => {
    const files = filesWith({ "backups/dev.1.json": { text: stateFile("salt"), second: 1 } });
    writeFileSync(files.history, "a file, not a folder");
    expect(newestCopy(files, "salt")).toMatchObject({ age: "an update old", madeAt: new Date(1000) });
  });

  test("skips files that Pulumi removes after the folder is listed", () => {
    const files = filesWith({ "backups/dev.1.json": { text: stateFile("salt"), second: 1 } });
    symlinkSync("removed", join(files.backups, "dev.2.json"));
    expect(newestCopy(files, "salt")).toMatchObject({ age: "an update old", madeAt: new Date(1000) });
  });

  test("takes none of another passphrase, and no file that tells of an update without its state", () => {
    const copies = {
      "dev.json.bak": { text: stateFile("another"), second: 3 },
      "history/dev-1.history.json": { text: stateFile("salt"), second: 2 },
    };
    expect(newestCopy(filesWith(copies), "salt")).toBeUndefined();
  });
});

describe("withoutPending", () => {
  const text = JSON.stringify({ version: 3, deployment: { ...SNAPSHOT, manifest: { version: "x" } }, other: 1 });

  test("drops operations that are settled and leaves all else as it is", () => {
    expect(JSON.parse(withoutPending(text, new Set(["another"]), new Map()))).toEqual(JSON.parse(text));
    expect(JSON.parse(withoutPending(text, new Set([GATE.urn]), new Map()))).toEqual({
      version: 3,
      deployment: { resources: [NODE], manifest: { version: "x" } },
      other: 1,
    });
  });

  test("takes what was made all the same for made", () => {
    const { deployment } = JSON.parse(withoutPending(text, new Set([GATE.urn]), new Map([[GATE.urn, "i-1"]])));
    expect(deployment.resources).toEqual([NODE, { ...GATE, id: "i-1" }]);
  });
});
