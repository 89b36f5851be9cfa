import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../config/parse";

function problemsOf(raw: Record<string, unknown>): readonly string[] {
  const result = parseConfig({ portal: "node", ...raw });
  return result.ok ? [] : result.problems;
}

describe("a portal on a machine of the class", () => {
  test("is for one Docker Engine, and for AWS, where machines share no ports", () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ target: "aws", portalPort: 2201, aws: { allowedCidrs: "203.0.113.0/24" } })).toEqual([]);
    expect(problemsOf({ portal: "operator", target: "aws", aws: { allowedCidrs: "203.0.113.0/24" } })).toEqual([]);
  });

  test("is refused where docker.hosts is set, with what to type", () => {
    expect(problemsOf({ docker: { hosts: "ssh://lab@server1" } })).toEqual([
      'portal: must be "operator" if docker.hosts is set: run pulumi config set --path portal operator, then ./lab portal on a machine that students can reach',
    ]);
  });

  test("has a port that is no machine's, and room for its own", () => {
    expect(problemsOf({ portalPort: 2421 })).toEqual([
      "portalPort: 2421 is one of the class's SSH ports, 2201 to 2421",
    ]);
    expect(problemsOf({ portalPort: 2422 })).toEqual([]);
    expect(problemsOf({ portal: "operator", portalPort: 2421 })).toEqual([]);
    expect(problemsOf({ local: { sshPort: 65316 } })).toEqual([
      "local.sshPort: 65316 leaves no port for the portal's machine: its SSH port would be 65536, and the highest port is 65535",
    ]);
  });

  test("is one of two places", () => {
    expect(problemsOf({ portal: "cloud" })).toEqual([expect.stringMatching(/^portal: must be "operator" or "node"/)]);
  });
});
