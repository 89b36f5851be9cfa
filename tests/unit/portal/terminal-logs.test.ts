import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { TerminalLogs } from "../../../portal/server/terminal/terminal-logs";
import { testPortal } from "./app-support";

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), "portal-logs-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, "logs");
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

test("a seat's file has what its terminals show, once, for its owner alone", () => {
  const directory = folder();
  const logs = new TerminalLogs(directory, expect.fail);
  const [student, instructor] = [logs.open("seat01"), logs.open("seat01")];
  student.write("a");
  instructor.write("a");
  student.close();
  instructor.write("b");
  logs.open("seat02").write("ä");
  expect(readFileSync(join(directory, "seat01.log"), "utf8")).toBe("ab");
  expect(readFileSync(join(directory, "seat02.log"), "utf8")).toBe("ä");
  expect([modeOf(directory), modeOf(join(directory, "seat01.log"))]).toEqual([0o700, 0o600]);
});

test("a portal that is opened again goes on in the same file, which it takes from others", () => {
  const directory = folder();
  new TerminalLogs(directory, expect.fail).open("seat01").write("a");
  chmodSync(join(directory, "seat01.log"), 0o644);
  new TerminalLogs(directory, expect.fail).open("seat01").write("b");
  expect(readFileSync(join(directory, "seat01.log"), "utf8")).toBe("ab");
  expect(modeOf(join(directory, "seat01.log"))).toBe(0o600);
});

test("a seat's files stay below twice the limit, and have the latest", () => {
  const directory = folder();
  const log = new TerminalLogs(directory, expect.fail, 10).open("seat01");
  for (const text of ["0123456789", "abcdefghij", "klm"]) {
    log.write(text);
  }
  expect(readdirSync(directory).sort()).toEqual(["seat01.log", "seat01.log.old"]);
  expect(readFileSync(join(directory, "seat01.log.old"), "utf8")).toBe("abcdefghij");
  expect(readFileSync(join(directory, "seat01.log"), "utf8")).toBe("klm");
});

test("what cannot be kept is told once, and the terminal goes on", () => {
  const directory = folder();
  const onProblem = vi.fn();
  const log = new TerminalLogs(directory, onProblem).open("seat01");
  // Nobody may have us write elsewhere.
  symlinkSync(join(directory, "elsewhere"), join(directory, "seat01.log"));
  log.write("a");
  log.write("b");
  expect(onProblem.mock.calls).toEqual([[expect.stringMatching(/^seat01: the terminal cannot be recorded: ELOOP/)]]);
  expect(readdirSync(directory)).toEqual(["seat01.log"]);
});

test("a folder that is open to others, or no folder, is refused", () => {
  const directory = folder();
  new TerminalLogs(directory, expect.fail);
  chmodSync(directory, 0o750);
  expect(() => new TerminalLogs(directory, expect.fail)).toThrow(
    /is accessible to other users of this machine \(mode 750\)/,
  );
  chmodSync(directory, 0o700);
  writeFileSync(join(directory, "file"), "");
  expect(() => new TerminalLogs(join(directory, "file"), expect.fail)).toThrow(/cannot be created/);
});

test.each(["recorded", "not recorded"] as const)("a browser is told before it has a seat: %s", async (recording) => {
  const logs = recording === "recorded" ? new TerminalLogs(folder(), expect.fail) : undefined;
  const portal = testPortal(onTestFinished, { logs });
  expect(await (await portal.request("/api/session")).json()).toMatchObject({ recording, who: { role: "nobody" } });
});
