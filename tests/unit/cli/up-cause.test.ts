import { describe, expect, test } from "vitest";
import { causeOf } from "../../../cli/workflows/up/class-after-up";

const EXITED = 'Process exited with status 1: running "bash -s":';

describe("the cause of a failure", () => {
  test("is in the node's own words, without its log", () => {
    const text = `${EXITED}\nphase: cloud-init starting\nnode1 is not ready: 'docker version' says: no\n--- the last lines of /var/log/x on the node:\nline\n`;
    expect(causeOf({ text, phase: "Docker" })).toBe("Docker: 'docker version' says: no");
  });

  test("is two lines where the node says more than one", () => {
    const text = `${EXITED}\nnode1 is not ready: install-trivy: trivy.sha256:\n  has the sum a\n  expected b\n--- the last lines of x:`;
    expect(causeOf({ text, phase: "cloud-init" })).toBe("cloud-init: install-trivy: trivy.sha256:\nhas the sum a");
  });

  test("is the engine's where the node said none, with the last that was heard of it", () => {
    const lost = "the connection was lost: remote command exited without exit status or exit signal";
    const text = `${lost}: running "bash -s":\nphase: cloud-init starting\nphase: cloud-init Get:4 packages\n`;
    expect(causeOf({ text, phase: "cloud-init" })).toBe(
      `cloud-init: ${lost}\nlast heard of it: cloud-init Get:4 packages`,
    );
  });

  test("is short, and never nothing", () => {
    expect(causeOf({ text: "x".repeat(500), phase: undefined })).toBe(`${"x".repeat(159)}…`);
    expect(causeOf({ text: " \n", phase: undefined })).toBe("no reason given");
  });
});
