import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { linesOf, readAnswer } from "../../../../airgap/plugins/docker/connection/bounded-answer";
import { BuildProgress } from "../../../../airgap/plugins/docker/image/progress";

/** Sends zeros for as long as it is read; tells how much was. */
function withoutEnd() {
  let sent = 0;
  const stream = new Readable({
    read() {
      sent += 65_536;
      this.push(Buffer.alloc(65_536));
    },
  });
  return { stream, sent: () => sent };
}

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) {
    found.push(line);
  }
  return found;
}

describe("an answer of a Docker Engine", () => {
  test("is read whole where it is no longer than it may be", async () => {
    expect((await readAnswer(Readable.from([Buffer.from("ab"), Buffer.from("cd")]), 4)).toString()).toBe("abcd");
  });

  test("that has no end is given up at the limit, and read no further", async () => {
    const { stream, sent } = withoutEnd();
    await expect(readAnswer(stream, 1_000_000)).rejects.toThrow("the Docker Engine sent an answer of more than 976 KB");
    expect(stream.destroyed).toBe(true);
    expect(sent()).toBeLessThan(2_000_000);
  });

  test("is read line by line, wherever its pieces end", async () => {
    const text = "one\r\ntw\u00f6\n\nlast";
    for (const size of [1, 2, 3, 100]) {
      const bytes = Buffer.from(text);
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      expect(await all(linesOf(Readable.from(pieces)))).toEqual(["one", "tw\u00f6", "", "last"]);
    }
  });

  test("with a line that has no end is given up", async () => {
    const { stream, sent } = withoutEnd();
    await expect(all(linesOf(stream, 1_000_000))).rejects.toThrow("a line of an answer of more than 976 KB");
    expect(stream.destroyed).toBe(true);
    expect(sent()).toBeLessThan(2_000_000);
  });
});

test("of a build's step the last lines are kept, also of one that never ends its line", () => {
  const progress = new BuildProgress();
  const step = { digest: "d", name: "[1/1] RUN yes", cached: false, error: "" };
  progress.follow({ steps: [{ ...step, started: 1 }], outputs: [], warnings: [] });
  for (let index = 0; index < 1000; index += 1) {
    progress.follow({ steps: [], outputs: [{ digest: "d", text: `${index}\n`.repeat(3) }], warnings: [] });
  }
  for (let index = 0; index < 1000; index += 1) {
    progress.follow({ steps: [], outputs: [{ digest: "d", text: "y".repeat(1000) }], warnings: [] });
  }
  progress.follow({ steps: [{ ...step, completed: 2, error: "exit code: 1" }], outputs: [], warnings: [] });
  const told = progress.failure("x", "failed");
  expect(told).toContain("\n999\n");
  expect(told).not.toContain("\n980\n");
  expect(told.length).toBeLessThan(11_000);
});
