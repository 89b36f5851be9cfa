import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderUserData, type UserDataValues } from "../../cloud-init/user-data";
import { ensureNodeImage } from "../support/aws/node-image";

/** How many renderings cloud-init judges; each takes it most of a second. */
const RENDERINGS = 25;

/** One line, now and then with a character that YAML 1.1 takes for the end of it. */
const character = fc.oneof(
  { weight: 20, arbitrary: fc.string({ unit: "grapheme", maxLength: 1 }) },
  { weight: 1, arbitrary: fc.constantFrom("\u0085", "\u2028", "\u2029", "\ufeff", "\u007f") },
);
const line = fc.string({ unit: character, maxLength: 60 }).map((text) => text.replace(/[\r\n]/g, ""));
const base64 = fc.base64String({ minLength: 60, maxLength: 80 });
const sum = fc.stringMatching(/^[0-9a-f]{64}$/);
const database = fc.oneof(
  fc.record({ kind: fc.constant("registry" as const), repositories: fc.array(line, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant("baked" as const), archive: line, sha256: sum }),
);

/** Any values that the types allow: names, keys, URLs with whatever YAML could trip over. */
const anyValues: fc.Arbitrary<UserDataValues> = fc.record({
  hostname: fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/),
  authorizedKeys: fc.array(
    fc.tuple(base64, line).map(([key, comment]) => `ssh-ed25519 ${key} ${comment}`),
    { minLength: 1, maxLength: 3 },
  ),
  studentKeys: fc.array(
    base64.map((key) => `ssh-ed25519 ${key}`),
    { maxLength: 2 },
  ),
  hostKey: fc.record({
    privateKey: base64.map((key) => `-----BEGIN OPENSSH PRIVATE KEY-----\n${key}\n-----END OPENSSH PRIVATE KEY-----\n`),
    publicKey: base64.map((key) => `ssh-ed25519 ${key}\n`),
  }),
  docker: fc.oneof(
    fc.constant({ package: "distribution" as const }),
    fc.record({
      package: fc.constant("docker" as const),
      versions: fc.dictionary(fc.stringMatching(/^[a-z][a-z.-]+$/), line),
    }),
  ),
  trivy: fc.record({ version: fc.stringMatching(/^\d\.\d{1,2}\.\d$/), archive: line, sha256: sum, database }),
  expiry: fc.oneof(
    fc.constant(undefined),
    fc.record({ seconds: fc.integer({ min: 60, max: 2_592_000 }) }),
    fc.constant({ time: "2026-12-01T18:00:00Z" }),
  ),
});

/** What cloud-init on the node image says of each file; it looks at no more than the first bad one of its own accord. */
const JUDGE =
  'cd /user-data && for file in *; do cloud-init schema --config-file "$file" || echo "REFUSED $file"; done';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-test-user-data-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function judgedByCloudInit(files: ReadonlyMap<string, string>): Promise<string> {
  const inputs = join(folder, "user-data");
  rmSync(inputs, { recursive: true, force: true });
  mkdirSync(inputs);
  for (const [name, content] of files) {
    writeFileSync(join(inputs, name), content);
  }
  const mount = `type=bind,source=${inputs},target=/user-data,readonly`;
  const words = ["run", "--rm", "--network=none", "--mount", mount, "--entrypoint=bash", await ensureNodeImage()];
  return (await execa("docker", [...words, "-c", JUDGE], { all: true })).all ?? "";
}

test("user data of any values is valid by `cloud-init schema`", async () => {
  const samples = fc.sample(anyValues, RENDERINGS);
  const files = new Map(samples.map((values, index) => [`${index}.cfg`, renderUserData(values)[0]?.content ?? ""]));
  const said = await judgedByCloudInit(files);
  expect(said).not.toContain("REFUSED");
  expect(said.match(/Valid (?:cloud-config|schema)/g), said).toHaveLength(RENDERINGS);
});

test("cloud-init refuses what is not valid, so that the test above means something", async () => {
  const said = await judgedByCloudInit(new Map([["bad.cfg", "#cloud-config\nruncmd: 3\nusers: yes please\n"]]));
  expect(said).toContain("REFUSED bad.cfg");
});
