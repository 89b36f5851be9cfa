import { describe, expect, test } from "vitest";
import { parseConfig } from "../../config/parse";

function problemsOf(raw: Record<string, unknown>): readonly string[] {
  const result = parseConfig({ portal: "node", ...raw });
  return result.ok ? [] : result.problems;
}

describe("a portal on a machine of the class", () => {
  test("is for the local target, on one Docker Engine", () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ portal: "operator", target: "aws", aws: { allowedCidrs: "203.0.113.0/24" } })).toEqual([]);
  });

  test.each([
    ["for the target aws", { target: "aws", aws: { allowedCidrs: "203.0.113.0/24" } }],
    ["where docker.hosts is set", { docker: { hosts: "ssh://lab@server1" } }],
  ])("is refused %s, with what to type", (where, raw) => {
    expect(problemsOf(raw)).toEqual([
      `portal: must be "operator" ${where}; type: pulumi config set --path portal operator, then ./lab portal on a machine that students reach`,
    ]);
  });

  test("has a port that is no machine's, and room for its own", () => {
    expect(problemsOf({ portalPort: 2421 })).toEqual(["portalPort: 2421 is among the class's SSH ports, 2201 to 2421"]);
    expect(problemsOf({ portalPort: 2422 })).toEqual([]);
    expect(problemsOf({ portal: "operator", portalPort: 2421 })).toEqual([]);
    expect(problemsOf({ local: { sshPort: 65316 } })).toEqual([
      "local.sshPort: 65316 leaves no room for the portal's machine: its SSH port would be 65536, the highest there is 65535",
    ]);
  });

  test("is one of two places", () => {
    expect(problemsOf({ portal: "cloud" })).toEqual([expect.stringMatching(/^portal: must be "operator" or "node"/)]);
  });
});
