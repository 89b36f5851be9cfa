import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { readBounded, TooLarge } from "../../../core/limits";

test("a stream is read to its end where it is no longer than it may be", async () => {
  expect((await readBounded(Readable.from(["ab", "cd"]), 4)).toString()).toBe("abcd");
  await expect(readBounded(Readable.from(["ab", "cd"]), 3)).rejects.toThrow(TooLarge);
});

test("a stream without an end is destroyed at the limit", async () => {
  let sent = 0;
  const stream = new Readable({
    read() {
      sent += 65_536;
      this.push(Buffer.alloc(65_536));
    },
  });
  await expect(readBounded(stream, 1_000_000)).rejects.toThrow("it sent more than 976 KB");
  expect(stream.destroyed).toBe(true);
  expect(sent).toBeLessThan(2_000_000);
});
