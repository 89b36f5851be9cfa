import { describe, expect, test } from "vitest";
import { startLiveView, writeAbove } from "../../../../cli/ui/live-view";
import { RecordedStream, recordedTerminal, useStillTerminal } from "./stream-double";

useStillTerminal();

describe("writeAbove", () => {
  test("takes the view away before the text, and draws it again after it", () => {
    const terminal = recordedTerminal();
    const end = startLiveView(terminal, () => "the view\nof two lines");
    const before = terminal.writes.length;
    writeAbove(terminal, "a word\n");
    const written = terminal.writes.slice(before);
    end();
    const word = written.indexOf("a word\n");
    // What takes lines away again.
    expect(written.slice(0, word).join("")).toContain("\u001b[1A");
    expect(written.slice(word + 1).join("")).toContain("the view\nof two lines");
  });

  test("only writes where no view is drawn, or one on another stream", () => {
    const stream = new RecordedStream();
    const end = startLiveView(recordedTerminal(), () => "elsewhere");
    writeAbove(stream, "first\n");
    end();
    writeAbove(stream, "second\n");
    expect(stream.writes).toEqual(["first\n", "second\n"]);
  });
});
