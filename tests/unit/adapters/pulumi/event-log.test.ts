import { existsSync } from "node:fs";
import { appendFile, open, readdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { describe, expect, test, vi } from "vitest";
import { EventResources, withEventLog } from "../../../../adapters/pulumi/event-log";

function line(sequence: number, message: string): string {
  return `${JSON.stringify({ sequence, timestamp: 0, diagnosticEvent: { message, color: "", severity: "info" } })}\n`;
}

function recorder(): { readonly messages: (string | undefined)[]; onEvent(event: EngineEvent): void } {
  const messages: (string | undefined)[] = [];
  return { messages, onEvent: (event) => messages.push(event.diagnosticEvent?.message) };
}

describe("withEventLog", () => {
  test("passes events on while the work goes on, from a file that has lost its name by then", async () => {
    const { messages, onEvent } = recorder();
    await withEventLog(onEvent, async (file) => {
      // As pulumi does it: opened once, written to until the end.
      const log = await open(file, "a");
      await log.write(line(1, "first"));
      await vi.waitFor(() => expect(messages).toEqual(["first"]));
      await vi.waitFor(() => expect(existsSync(dirname(file))).toBe(false));
      await log.write(line(2, "second"));
      await vi.waitFor(() => expect(messages).toEqual(["first", "second"]));
      await log.close();
    });
    expect(messages).toEqual(["first", "second"]);
  });

  test("passes on what was written in the last moment, and gives the work's answer", async () => {
    const { messages, onEvent } = recorder();
    const answer = await withEventLog(onEvent, async (file) => {
      await appendFile(file, line(1, "last words"));
      return 42;
    });
    expect([answer, messages]).toEqual([42, ["last words"]]);
  });

  test("puts lines and letters together that were written in pieces", async () => {
    const { messages, onEvent } = recorder();
    const bytes = Buffer.from(line(1, "Größe — ✓"));
    await withEventLog(onEvent, async (file) => {
      for (const byte of bytes) {
        await appendFile(file, Buffer.of(byte));
        await new Promise((resolve) => setTimeout(resolve, byte > 0x7f ? 60 : 0));
      }
    });
    expect(messages).toEqual(["Größe — ✓"]);
  });

  test("reads a line longer than its buffer, and thousands of them in order", async () => {
    const { messages, onEvent } = recorder();
    const long = "x".repeat(200_000);
    const many = Array.from({ length: 5000 }, (_, index) => String(index));
    await withEventLog(onEvent, (file) => appendFile(file, [long, ...many].map((text, i) => line(i, text)).join("")));
    expect(messages).toEqual([long, ...many]);
  });

  test("leaves out a line that pulumi was killed in the middle of", async () => {
    const { messages, onEvent } = recorder();
    await withEventLog(onEvent, (file) => appendFile(file, `${line(1, "whole")}{"sequence":2,"diag`));
    expect(messages).toEqual(["whole"]);
  });

  test("gives a file for nobody else to read, and removes its folder, also when the work fails", async () => {
    let folder = "";
    const work = withEventLog(
      () => undefined,
      async (file) => {
        folder = dirname(file);
        expect((await stat(file)).mode & 0o777).toBe(0o600);
        throw new Error("the work failed");
      },
    );
    await expect(work).rejects.toThrow("the work failed");
    await expect(readdir(folder)).rejects.toThrow("ENOENT");
  });

  test("rejects with what a listener threw, once the work is over, and removes its folder all the same", async () => {
    let folder = "";
    let isOver = false;
    const work = withEventLog(
      () => {
        throw new Error("the listener failed");
      },
      async (file) => {
        folder = dirname(file);
        await appendFile(file, line(1, "event"));
        // Long enough for the first look at the file, whose failure must not end the process.
        await new Promise((resolve) => setTimeout(resolve, 200));
        isOver = true;
      },
    );
    await expect(work).rejects.toThrow("the listener failed");
    expect(isOver).toBe(true);
    await expect(readdir(folder)).rejects.toThrow("ENOENT");
  });
});

describe("EventResources", () => {
  const outputs = (urn: string, state: object | null, op = "same") =>
    ({ sequence: 1, timestamp: 0, resOutputsEvent: { metadata: { op, urn, type: "t", new: state } } }) as never;

  test("keeps the latest state of each resource, unchanged ones too", () => {
    const resources = new EventResources();
    const urn = "urn:pulumi:dev::lab-nodes::t::node1";
    resources.take(outputs(urn, { urn, type: "t", outputs: { ip: "old" } }));
    resources.take(outputs(urn, { urn, type: "t", id: "i", inputs: { a: 1 }, outputs: { ip: "new" } }));
    expect(resources.all()).toEqual([
      { urn, type: "t", name: "node1", id: "i", inputs: { a: 1 }, outputs: { ip: "new" } },
    ]);
  });

  test("has nothing of deleted resources and of other events", () => {
    const resources = new EventResources();
    const urn = "urn:pulumi:dev::lab-nodes::t::gone";
    resources.take(outputs(urn, { urn, type: "t" }, "refresh"));
    resources.take(outputs(urn, null, "delete"));
    resources.take({ sequence: 2, timestamp: 0, cancelEvent: {} });
    expect(resources.all()).toEqual([]);
  });
});
