import { describe, expect, it } from "vitest";
import { missingVariables } from "../../../../airgap/plugins/command/remote";
import { retry } from "../../../../airgap/plugins/command/retry";
import { Transcript } from "../../../../airgap/plugins/command/transcript";

describe("Transcript", () => {
  it("shows whole lines and characters, however the chunks fall", () => {
    const shown: string[] = [];
    const transcript = new Transcript("stdoutAndStderr", (line) => shown.push(line));
    const bytes = Buffer.from("größe\r\nzwei\n");
    for (const byte of bytes) {
      transcript.add("stdout", Buffer.from([byte]));
    }
    expect(transcript.finish("a command", undefined)).toEqual({ stdout: "größe\r\nzwei", stderr: "" });
    expect(shown).toEqual(["größe", "zwei"]);
  });

  it("keeps the order of both streams for error texts", () => {
    const transcript = new Transcript("none", () => {});
    transcript.add("stdout", Buffer.from("1\n"));
    transcript.add("stderr", Buffer.from("2\n"));
    transcript.add("stdout", Buffer.from("3\n"));
    expect(transcript.combined()).toBe("1\n2\n3\n");
  });
});

describe("missingVariables", () => {
  it("wants the exact line", () => {
    const listing = "A=1\nB=two\nlines\nC=12\n";
    const wanted = [
      ["A", "1"],
      ["B", "two\nlines"],
      ["C", "1"],
      ["D", "x"],
    ] as const;
    expect(missingVariables(listing, wanted)).toEqual(["C", "D"]);
  });
});

describe("retry", () => {
  const rules = { signal: new AbortController().signal, isWorthRetrying: () => true, onRetry: () => {} };

  it("forgives as many failures as the limit says", async () => {
    let attempts = 0;
    const failing = retry({ ...rules, limit: 2 }, async () => {
      attempts += 1;
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("after 2 failed attempts: no");
    expect(attempts).toBe(3);
  });

  it("gives up at once on what is not worth another attempt", async () => {
    const failing = retry({ ...rules, limit: 2, isWorthRetrying: () => false }, () =>
      Promise.reject(new Error("never")),
    );
    await expect(failing).rejects.toThrow(/^never$/);
  });

  it("gives the reason of an abort, whatever the attempt made of it", async () => {
    const controller = new AbortController();
    const failing = retry({ ...rules, signal: controller.signal, limit: 0 }, async () => {
      controller.abort(new Error("cancelled"));
      throw new Error("socket closed");
    });
    await expect(failing).rejects.toThrow(/^cancelled$/);
  });
});
