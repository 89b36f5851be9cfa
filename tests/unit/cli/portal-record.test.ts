import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { portalDirectory } from "../../../adapters/ssh/options";
import { exportRecord, verifyRecord } from "../../../cli/workflows/portal/record";
import { SIGNATURE_MEANING } from "../../../portal/protocol";
import { withSeats } from "../../../portal/server/claims";
import { bundlePage } from "../../../portal/server/page-files";
import { RosterFile } from "../../../portal/server/roster";
import { contextFor, recordedReporter, runtimeIn, temporaryFolder, textOf } from "./support";

const LESSON = { name: "class", version: "abc", steps: [{ id: "1", title: "Containers" }] };

/** `lab portal export` and `verify` of a class that has done nothing yet. */
function classOf() {
  const folder = temporaryFolder();
  const roster = new RosterFile(join(folder, portalDirectory("spring")));
  roster.update((before) => ({ ...withSeats(before, ["seat01"]), lesson: LESSON }));
  const said = recordedReporter();
  const runtime = runtimeIn(folder);
  const context = contextFor(runtime, "spring", said.reporter);
  return { folder, context, said: said.said, printed: () => textOf(runtime.stdout) };
}

/** A class whose signed export is in a file. */
async function exportedClass() {
  const known = classOf();
  await exportRecord(known.context, "json");
  const file = join(known.folder, "progress.json");
  const signed = known.printed();
  writeFileSync(file, signed);
  return { ...known, file, signed };
}

test("what a signature does not prove is said in words for a teacher", () => {
  expect(SIGNATURE_MEANING).toMatch(
    /recorded these results .* does not prove who did the work: students control their/,
  );
});

test("an export says what its signature proves, beside the file and not in it", async () => {
  const { context, said, printed } = classOf();
  await exportRecord(context, "json");
  expect(JSON.parse(printed())).toMatchObject({ format: "lab-nodes signed record 1" });
  expect(said).toEqual([SIGNATURE_MEANING]);
});

test("an export that is not signed says nothing of signatures", async () => {
  const { context, said, printed } = classOf();
  await exportRecord(context, "csv");
  expect(printed()).toContain("seat01,1,Containers,no");
  expect(said).toEqual([]);
});

test("an export that is genuine is said to be so, with what that does not prove", async () => {
  const { context, printed, file, signed } = await exportedClass();
  verifyRecord(context, file, undefined);
  expect(printed().slice(signed.length)).toMatch(/progress\.json is genuine: the portal of "spring" wrote it at /);
  expect(printed()).toContain(SIGNATURE_MEANING);
});

test("with the fingerprint of a key, an export is verified although the class's own key is damaged", async () => {
  const { folder, context, printed, file } = await exportedClass();
  verifyRecord(context, file, undefined);
  const fingerprint = /signed by (sha256:[0-9a-f]+)/.exec(printed())?.[1];
  writeFileSync(join(folder, portalDirectory("spring"), "export-key.pem"), "damaged");
  expect(() => verifyRecord(context, file, undefined)).toThrow("damaged");
  expect(() => verifyRecord(context, join(folder, "none.json"), undefined)).toThrow("cannot be read");
  verifyRecord(context, file, fingerprint);
  expect(printed().match(/is genuine/g)).toHaveLength(2);
});

test("the wall says the same beside its exports", async () => {
  const { files, script } = await bundlePage();
  const text = Buffer.from(files.get(script)?.plain ?? []).toString();
  // The whole page in a message of failure would help nobody.
  expect(text.includes(SIGNATURE_MEANING)).toBe(true);
});
