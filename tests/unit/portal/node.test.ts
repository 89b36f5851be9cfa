import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openLesson } from "../../../cli/workflows/lesson/index";
import { portalProgram } from "../../../cli/workflows/portal/node-runtime";
import { DEFAULTS } from "../../../config/schema";
import { type PortalSettings, portalSettingsSchema, seatsIn, withSettings } from "../../../portal/node/settings";
import { pageFiles } from "../../../portal/server/page-files";
import { classLesson, ownLesson } from "../../../portal/server/portal-lesson";
import { noteCheck, progressOf } from "../../../portal/server/progress";
import type { Roster } from "../../../portal/server/roster";

const NOW = new Date("2026-12-01T10:00:00Z");
const LESSON = classLesson({ images: { ...DEFAULTS.images, base: "debian" }, lesson: DEFAULTS.lesson });
const AT = { host: "172.17.0.1", port: 2201, user: "student", privateKey: "key", hostKey: "ssh-ed25519 AAAA" };

const SETTINGS: PortalSettings = {
  lab: "spring",
  port: 8443,
  address: { url: "https://portal.test:8443", fingerprint: "AB:CD" },
  certificate: "c",
  privateKey: "k",
  signingKey: "s",
  instructorCode: "inst-2345",
  stuckMinutes: 15,
  homes: ".lab/spring/homes",
  lesson: LESSON,
  facts: { versions: [{ docker: "20.10", trivy: "0.74.0", seats: ["seat01"] }] },
  page: { script: "alert('ü')", styles: "p {}" },
  seats: [
    { seat: "seat01", code: "aaaa-2345", hostname: "node7", address: AT },
    { seat: "seat02", code: "bbbb-2345", hostname: "node1", address: null },
  ],
};

describe("a lesson in the settings", () => {
  test.each([
    ["the class's", LESSON],
    ["one's own", ownLesson(openLesson("docs/lessons/greeting"))],
  ])("%s comes back as it was, checks too", (_, lesson) => {
    const { lesson: again } = portalSettingsSchema.parse(JSON.parse(JSON.stringify({ ...SETTINGS, lesson })));
    expect(again.name).toBe(lesson.name);
    expect(again.steps).toEqual(lesson.steps.map(plain));
    expect(again.steps.length).toBeGreaterThan(1);
    for (const { id } of lesson.steps) {
      expect(again.checks[id]).toEqual(lesson.checks[id]?.map(plain));
      expect(again.checks[id]).toBeDefined();
    }
  });
});

/** Without the properties that are there and undefined: text has none such. */
function plain<Value>(value: Value): Value {
  if (Array.isArray(value)) {
    return value.map(plain) as Value;
  }
  // A pattern would come back as nothing: that it is one at all has to be seen.
  expect(value).not.toBeInstanceOf(RegExp);
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)])) as Value;
}

describe("the roster of a portal on a machine of the class", () => {
  const claim = { token: "t", at: NOW.toISOString() };
  const first = withSettings({ version: 1, seats: {} }, SETTINGS, NOW);
  const used: Roster = noteCheck(
    {
      ...first,
      instructor: { code: "inst-2345", claim },
      seats: { ...first.seats, seat01: { code: "aaaa-2345", claim } },
    },
    { seat: "seat01", machine: "a".repeat(32), lesson: LESSON.name, step: "1", outcome: "passed" },
    NOW,
  );

  test("has the codes of the cards, and the portal's address", () => {
    expect(first.seats["seat02"]).toEqual({ code: "bbbb-2345" });
    expect(first).toMatchObject({
      instructor: { code: "inst-2345" },
      address: SETTINGS.address,
      lesson: { name: "class" },
    });
  });

  test("keeps seats and progress when the portal gets its settings again; the instructor's new code ends the old one's claim", () => {
    const told = withSettings(used, { ...SETTINGS, instructorCode: "next-2345" }, NOW);
    expect(told.seats["seat01"]?.claim).toEqual(claim);
    expect(progressOf(told, "seat01", LESSON.name)).toEqual({ "1": { isDone: true, failures: 0 } });
    expect(told.instructor).toEqual({ code: "next-2345" });
    expect(withSettings(used, SETTINGS, NOW).instructor?.claim).toEqual(claim);
  });

  test("forgets a seat that is gone, and who has a seat by a code that is no more", () => {
    const [seat01] = SETTINGS.seats;
    const seats = seat01 === undefined ? [] : [{ ...seat01, code: "cccc-2345" }];
    const told = withSettings(used, { ...SETTINGS, seats }, NOW);
    expect(Object.keys(told.seats)).toEqual(["seat01"]);
    expect(told.seats["seat01"]).toMatchObject({ code: "cccc-2345" });
    expect(told.seats["seat01"]?.claim).toBeUndefined();
  });
});

test("seats are where the portal was told that they are, and spares are nobody's to give there", () => {
  const seats = seatsIn(SETTINGS);
  expect(seats.names()).toEqual(["seat01", "seat02"]);
  expect([seats.hostname("seat01"), seats.address("seat01"), seats.address("seat02")]).toEqual([
    "node7",
    AT,
    undefined,
  ]);
  expect(seats.facts()).toEqual({ end: undefined, versions: SETTINGS.facts.versions, spares: 0 });
});

test("what the portal is told survives as JSON", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const again = portalSettingsSchema.parse(JSON.parse(JSON.stringify({ ...SETTINGS, signingKey: pem })));
  expect(createPrivateKey(again.signingKey).asymmetricKeyType).toBe("ed25519");
  const { files, script, styles } = pageFiles(again.page);
  expect(script).toMatch(/^page-[0-9a-f]{12}\.js$/);
  expect(styles).toMatch(/^page-[0-9a-f]{12}\.css$/);
  for (const [name, text, kind] of [
    [script, SETTINGS.page.script, "text/javascript; charset=utf-8"],
    [styles, SETTINGS.page.styles, "text/css; charset=utf-8"],
  ] as const) {
    const { plain, brotli, type } = files.get(name) ?? expect.fail(name);
    expect(type).toBe(kind);
    expect(Buffer.from(plain).toString()).toBe(text);
    expect(brotliDecompressSync(brotli).toString()).toBe(text);
  }
});

test("settings of an earlier version are refused, with the name of the setting", () => {
  const earlier = { ...SETTINGS, lesson: JSON.stringify(SETTINGS.lesson) };
  expect(portalSettingsSchema.safeParse(earlier).error?.issues.map(({ path }) => path)).toEqual([["lesson"]]);
});

test("the program has all that it loads in it, for the Node.js that is brought with it", async () => {
  const files = await portalProgram();
  expect([...files.keys()].sort()).toEqual([
    "/etc/systemd/system/lab-portal.service",
    "/opt/lab-portal/package.json",
    "/opt/lab-portal/portal/server/attach.sh",
    "/opt/lab-portal/portal/server/main.js",
  ]);
  const code = files.get("/opt/lab-portal/portal/server/main.js") ?? "";
  const required = [...code.matchAll(/require\("([^"./][^"]*)"\)/g)].map(([, name = ""]) => name.replace(/^node:/, ""));
  const { builtinModules } = require("node:module") as typeof import("node:module");
  const foreign = [...new Set(required)].filter((name) => !builtinModules.includes(name));
  // ssh2 and ws go on without them.
  expect(foreign.filter((name) => !["cpu-features", "bufferutil", "utf-8-validate"].includes(name))).toEqual([]);
  expect(code.length).toBeGreaterThan(100_000);
});

test("the portal's service is started again however it ended, and however often", () => {
  const unit = readFileSync("portal/node/lab-portal.service", "utf8");
  expect(unit).toMatch(/^\[Unit\][^[]*^StartLimitIntervalSec=0$/m);
  expect(unit).toMatch(/^\[Service\][^[]*^Restart=always$/m);
});
