import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { printedIds } from "../../../core/class-state/known-seats";
import { parseReadiness } from "../../../core/readiness";
import { READINESS } from "../../support/readiness";

test("what a gate prints is read as it is", () => {
  const { trivy } = READINESS;
  const sampled = { ...READINESS, trivy: { ...trivy, database: { ...trivy.database, sample: "a sample, 1 finding" } } };
  expect(parseReadiness(JSON.stringify(READINESS))).toEqual(READINESS);
  expect(parseReadiness(JSON.stringify(sampled))).toEqual(sampled);
});

test("what our sample database says of itself is kept", () => {
  const program = readFileSync(join(__dirname, "../../../airgap/toolchain/sample-database/main.go"), "utf8");
  const [, sample] = /sample\s*= "(.*)"/.exec(program) ?? [];
  expect(sample).toMatch(/^A sample /);
  const database = { ...READINESS.trivy.database, sample };
  const printed = { ...READINESS, trivy: { ...READINESS.trivy, database } };
  expect(parseReadiness(JSON.stringify(printed))).toEqual(printed);
});

test.for(["", "{", "null", "[]", "ready", `{"hostname":"${"x".repeat(70_000)}"}`])(
  "%j is no answer of a gate",
  (printed) => {
    expect(parseReadiness(printed)).toBeUndefined();
  },
);

test("values that are not of their format are not kept", () => {
  const hostile = {
    ...READINESS,
    hostname: "node1\n<script>",
    os: "\x1b[2J",
    docker: { server: "x".repeat(1000), client: 20 },
    packages: { "docker.io": "20.10.24", "<b>": "1", runc: "\x1b[31m" },
    packagesSha256: "no",
    seconds: { cloudInit: "1e9", docker: -5 },
  };
  expect(parseReadiness(JSON.stringify(hostile))).toEqual({
    ...READINESS,
    hostname: "unknown",
    os: "unknown",
    docker: { server: "unknown", client: "unknown" },
    packages: { "docker.io": "20.10.24", runc: "unknown" },
    packagesSha256: "unknown",
    seconds: { cloudInit: 0, docker: 0 },
  });
});

test("of the images that a node prints those with a name and an id are kept", () => {
  const id = `sha256:${"5e".repeat(32)}`;
  expect(printedIds(JSON.stringify({ "hello:v0.1": id, "hello:v0.2": "<b>", "a\nb": id, x: 1 }))).toEqual({
    "hello:v0.1": id,
  });
  for (const printed of [undefined, "", "{", "[]", "null", JSON.stringify({ "x:1": id, y: "z".repeat(70_000) })]) {
    expect(printedIds(printed)).toEqual({});
  }
});
