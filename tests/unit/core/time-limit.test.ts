import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { rejectionOf, withTimeLimit } from "../../../core/limits";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** Something that never ends by itself. */
const forEver = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));

test("what ends in time gives its result, or its own error", async () => {
  const limit = { signal: new AbortController().signal, seconds: 10 };
  expect(await withTimeLimit(limit, async () => "done")).toBe("done");
  await expect(withTimeLimit(limit, () => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
});

test("what does not is ended when its time is over, whatever garbage was collected meanwhile", async () => {
  const { signal } = new AbortController();
  const ended = withTimeLimit({ signal, seconds: 0.2 }, forEver);
  ended.catch(() => undefined);
  for (let round = 0; round < 5; round += 1) {
    await new Promise(setImmediate);
    collectGarbage();
  }
  await expect(ended).rejects.toThrow("no answer within 0.2 s");
});

test("a time limit needs no signal", async () => {
  await expect(withTimeLimit({ seconds: 0.05 }, forEver)).rejects.toThrow("no answer within 0.05 s");
});

test("work to race with is rejected with the signal's reason, also when that was aborted before", async () => {
  const stopped = new AbortController();
  const later = rejectionOf(stopped.signal);
  stopped.abort(new Error("stopped"));
  await expect(later).rejects.toThrow("stopped");
  await expect(rejectionOf(stopped.signal)).rejects.toThrow("stopped");
});

test("a signal ends it before that, and is not listened to afterwards", async () => {
  const stopped = new AbortController();
  const ended = withTimeLimit({ signal: stopped.signal, seconds: 10 }, forEver);
  stopped.abort(new Error("stopped"));
  await expect(ended).rejects.toThrow("stopped");
  await expect(withTimeLimit({ signal: stopped.signal, seconds: 10 }, async () => "begun")).rejects.toThrow("stopped");
});
