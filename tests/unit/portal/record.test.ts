import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { recordOf, renderRecordCsv } from "../../../portal/server/class-record";
import { noteCheck } from "../../../portal/server/progress";
import type { Roster } from "../../../portal/server/roster";
import {
  checkSignature,
  keyFingerprint,
  ownSigningKey,
  readSigningKey,
  signRecord,
} from "../../../portal/server/signed-record";

const NOW = new Date("2026-11-23T12:00:00Z");
const LESSON = {
  name: "class",
  version: "abc",
  steps: [
    { id: "1", title: "Containers" },
    { id: "2", title: '=HYPERLINK("https://evil.test")' },
  ],
};

function record(title = LESSON.steps[1]?.title ?? "") {
  const steps = [LESSON.steps[0], { id: "2", title }].filter((step) => step !== undefined);
  const seats = { seat10: { code: "c" }, seat02: { code: "d", claim: { token: "secret", at: NOW.toISOString() } } };
  const empty: Roster = { version: 1, lesson: { ...LESSON, steps }, seats };
  const failed = { seat: "seat02", machine: "a".repeat(32), lesson: "class", step: "1", outcome: "failed" as const };
  const other = { ...failed, lesson: "own: Networks", step: "2", outcome: "passed" as const };
  const inOwn = noteCheck(noteCheck(empty, failed, NOW), { ...failed, outcome: "passed" }, NOW);
  const roster = noteCheck(inOwn, other, NOW);
  return recordOf(roster, { lab: "spring", labVersion: "0.1.0", now: NOW });
}

describe("a record as CSV", () => {
  test("has a line for each step of each seat, in order", () => {
    const at = "2026-11-23T12:00:00.000Z";
    expect(renderRecordCsv(record("Images")).split("\r\n")).toEqual([
      "seat,step,title,done,passed at,failed checks,last checked at,claimed at",
      `seat02,1,Containers,yes,${at},1,${at},${at}`,
      `seat02,2,Images,no,,0,,${at}`,
      "seat10,1,Containers,no,,0,,",
      "seat10,2,Images,no,,0,,",
      "",
    ]);
  });

  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])("runs nothing of %j as a formula", (title) => {
    const cell = /seat02,2,"?'/;
    expect(renderRecordCsv(record(title))).toMatch(cell);
    expect(renderRecordCsv(record("Images"))).not.toMatch(cell);
  });
});

test("a record names its lesson, and has no other one's steps", () => {
  const { lesson, seats } = record("Images");
  expect(lesson).toEqual({ name: "class", version: "abc", steps: [LESSON.steps[0], { id: "2", title: "Images" }] });
  expect(seats[0]?.steps.map(({ passedAt }) => passedAt !== null)).toEqual([true, false]);
});

test("a record holds no code and no browser's token", () => {
  expect(JSON.stringify(record())).not.toMatch(/secret|"code"/);
});

describe("a signed record", () => {
  const { privateKey: key } = generateKeyPairSync("ed25519");
  const fingerprint = keyFingerprint(key);
  const text = signRecord(record(), key);
  const changed = (change: object) => JSON.stringify({ ...(JSON.parse(text) as object), ...change });
  const { payload } = JSON.parse(text) as { payload: string };

  test("is genuine by its key's fingerprint, and says whose it is", () => {
    expect(checkSignature(text, fingerprint)).toEqual({
      kind: "genuine",
      record: { lab: "spring", exportedAt: NOW.toISOString() },
      fingerprint,
    });
    expect(JSON.parse(payload)).toEqual(record());
  });

  test.each([
    ["what it says", { payload: payload.replace('"failedChecks":1', '"failedChecks":0') }, /was changed/],
    ["the signature", { signature: Buffer.alloc(64).toString("base64") }, /was changed/],
    ["the fingerprint", { fingerprint: `sha256:${"0".repeat(64)}` }, /fingerprint does not match its key/],
    ["the key", { publicKey: "none" }, /not a signed export/],
    ["its form", { more: 1 }, /not a signed export/],
  ])("with %s changed is not genuine", (_, change, reason) => {
    expect(checkSignature(changed(change), fingerprint)).toEqual({
      kind: "not genuine",
      reason: expect.stringMatching(reason),
    });
  });

  test("by somebody else's key is not this class's", () => {
    const { privateKey: other } = generateKeyPairSync("ed25519");
    expect(checkSignature(signRecord(record(), other), fingerprint)).toEqual({
      kind: "another key",
      fingerprint: keyFingerprint(other),
    });
  });

  test("in a file with other text is none", () => {
    expect(checkSignature("{", fingerprint)).toMatchObject({ kind: "not genuine" });
  });
});

describe("the signing key", () => {
  const folder = () => {
    const directory = mkdtempSync(join(tmpdir(), "portal-key-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    return directory;
  };

  test("is made once, and for its owner alone", () => {
    const directory = folder();
    expect(readSigningKey(directory)).toBeUndefined();
    const fingerprint = keyFingerprint(ownSigningKey(directory));
    expect(keyFingerprint(ownSigningKey(directory))).toBe(fingerprint);
    expect(statSync(join(directory, "export-key.pem")).mode & 0o777).toBe(0o600);
  });

  test("that is damaged is not replaced silently", () => {
    const directory = folder();
    writeFileSync(join(directory, "export-key.pem"), "x");
    expect(() => ownSigningKey(directory)).toThrow("export-key.pem is damaged");
  });
});
