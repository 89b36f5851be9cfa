import { describe, expect, test } from "vitest";
import { expiryOf, expiryProblems, expiryText, parseExpiry } from "../../../config/expiry";
import { configErrorText, decodeSections, parseConfig } from "../../../config/parse";
import type { RawConfig } from "../../../config/settings";
import { parseNetwork } from "../../../config/values/networks";

const NETWORKS = "must be a comma-separated list of networks such as 203.0.113.0/24, or 203.0.113.7/32 for one address";

function problemsOf(raw: RawConfig): readonly string[] {
  const result = parseConfig(raw);
  return result.ok ? [] : result.problems;
}

/** Problems of a class at AWS with these settings of the section, and otherwise good ones. */
function awsProblemsOf(aws: RawConfig): readonly string[] {
  return problemsOf({ target: "aws", aws: { allowedCidrs: "203.0.113.0/24", ...aws } });
}

describe("the section aws", () => {
  test("needs nothing but the networks that may come in", () => {
    expect(parseConfig({ target: "aws", aws: { allowedCidrs: "203.0.113.0/24" } })).toMatchObject({
      ok: true,
      config: {
        aws: {
          instanceType: "t3.medium",
          allowedCidrs: ["203.0.113.0/24"],
          allowAnywhere: false,
          rootGigabytes: 20,
          spot: false,
        },
      },
    });
    expect(problemsOf({ target: "aws" })).toEqual([
      "aws.allowedCidrs: must be set for the target aws, to networks from which SSH is allowed, such as 203.0.113.0/24",
    ]);
  });

  test("asks nothing of a local class", () => {
    expect(problemsOf({ target: "local" })).toEqual([]);
  });

  test.each([["203.0.113.0/24, 198.51.100.7/32"], [["203.0.113.0/24", "198.51.100.7/32"]]])(
    "takes networks as %j",
    (allowedCidrs) => {
      expect(parseConfig({ target: "aws", aws: { allowedCidrs } })).toMatchObject({
        config: { aws: { allowedCidrs: ["203.0.113.0/24", "198.51.100.7/32"] } },
      });
    },
  );

  test("takes values as Pulumi hands them over", () => {
    const aws = '{"allowedCidrs":"0.0.0.0/0","allowAnywhere":"true","spot":true,"rootGigabytes":"30"}';
    expect(parseConfig(decodeSections({ target: "aws", aws }))).toMatchObject({
      config: { aws: { allowedCidrs: ["0.0.0.0/0"], allowAnywhere: true, spot: true, rootGigabytes: 30 } },
    });
  });

  test.each([
    [
      { allowedCidrs: "10.1.2.3/16" },
      'aws.allowedCidrs: must be networks without host bits (10.1.0.0/16, or 10.1.2.3/32 for one address, instead of 10.1.2.3/16), not "10.1.2.3/16"',
    ],
    [
      { allowedCidrs: "203.0.113.7" },
      `aws.allowedCidrs: ${NETWORKS} ("203.0.113.7" is not a network), not "203.0.113.7"`,
    ],
    [
      { allowedCidrs: "10.0.0.256/32" },
      `aws.allowedCidrs: ${NETWORKS} ("10.0.0.256/32" is not a network), not "10.0.0.256/32"`,
    ],
    [{ allowedCidrs: "::/0" }, `aws.allowedCidrs: ${NETWORKS} ("::/0" is not a network), not "::/0"`],
    [{ allowedCidrs: [] }, `aws.allowedCidrs: ${NETWORKS}, not []`],
    [{ allowedCidrs: 7 }, `aws.allowedCidrs: ${NETWORKS}, not 7`],
    [
      { allowedCidrs: "0.0.0.0/0" },
      "aws.allowedCidrs: must not open SSH to the whole Internet (0.0.0.0/0) unless aws.allowAnywhere is true",
    ],
    [
      { allowedCidrs: "0.0.0.0/1,128.0.0.0/1" },
      "aws.allowedCidrs: must not open SSH to the whole Internet (0.0.0.0/1, 128.0.0.0/1) unless aws.allowAnywhere is true",
    ],
    [
      { portalCidrs: "0.0.0.0/0" },
      "aws.portalCidrs: must not open the portal to the whole Internet (0.0.0.0/0) unless aws.allowAnywhere is true",
    ],
    [{ portalCidrs: "campus" }, `aws.portalCidrs: ${NETWORKS} ("campus" is not a network), not "campus"`],
    [{ region: "Frankfurt" }, 'aws.region: must be an AWS region such as eu-central-1, not "Frankfurt"'],
    [
      { instanceType: "medium" },
      'aws.instanceType: must be an instance type, such as t3.medium, or t4g.medium for arm64, not "medium"',
    ],
    [{ subnetId: "vpc-1" }, 'aws.subnetId: must be a subnet ID: subnet-..., not "vpc-1"'],
    [{ rootGigabytes: 8 }, "aws.rootGigabytes: must be a whole number from 12 to 500, not 8"],
    [{ spot: "yes" }, 'aws.spot: must be true or false, not "yes"'],
    [{ ami: "ubuntu" }, 'aws.ami: must be an AMI ID: ami-..., not "ubuntu"'],
    [{ subnetID: "subnet-1" }, 'aws.subnetID: there is no such setting; did you mean "aws.subnetId"?'],
  ])("refuses %j", (aws, problem) => {
    expect(awsProblemsOf(aws)).toEqual([problem]);
  });

  test("reports every problem at once", () => {
    const aws = { region: "Frankfurt", allowedCidrs: "10.1.2.3/16,x", spot: 3 };
    expect(
      configErrorText(problemsOf({ target: "aws", seats: 0, expires: "soon", owner: "a;b", aws })),
    ).toMatchInlineSnapshot(`
      "The config of this lab has 7 problems:
        - seats: must be a whole number from 1 to 200, not 0
        - expires: must be a duration from 1m to 30d, such as 8h or 3d, or a time with a time zone, such as 2026-12-01T18:00Z, not "soon"
        - owner: must be letters, digits, spaces and + - = . _ : / @, not "a;b"
        - aws.region: must be an AWS region such as eu-central-1, not "Frankfurt"
        - aws.allowedCidrs: must be networks without host bits (10.1.0.0/16, or 10.1.2.3/32 for one address, instead of 10.1.2.3/16), not "10.1.2.3/16,x"
        - aws.allowedCidrs: must be a comma-separated list of networks such as 203.0.113.0/24, or 203.0.113.7/32 for one address ("x" is not a network), not "10.1.2.3/16,x"
        - aws.spot: must be true or false, not 3"
    `);
  });

  test("wants an image of one's own for a folder that is to be on it", () => {
    const raw = { target: "aws", aws: { allowedCidrs: "10.0.0.0/8" }, artefacts: { directory: "/srv/class" } };
    expect(problemsOf(raw)).toEqual([
      "aws.ami: must be set if artefacts.directory is set: the machine image must contain that folder",
    ]);
    expect(problemsOf({ ...raw, aws: { ...raw.aws, ami: "ami-12345678" } })).toEqual([]);
  });
});

describe("a network", () => {
  test.each([
    ["255.255.255.255/0", "0.0.0.0/0"],
    ["10.1.2.3/8", "10.0.0.0/8"],
    ["10.1.2.3/9", "10.0.0.0/9"],
    ["10.129.2.3/9", "10.128.0.0/9"],
    ["10.1.2.255/25", "10.1.2.128/25"],
    ["10.1.2.3/32", "10.1.2.3/32"],
  ])("%s is %s", (text, network) => {
    expect(parseNetwork(text)?.text).toBe(network);
  });

  test.each([["10.0.0.0/33"], ["10.0.0/8"], ["10.0.0.0"], ["256.0.0.0/8"], ["10.0.0.0/8 "], [""]])(
    "%j is none",
    (text) => {
      expect(parseNetwork(text)).toBeUndefined();
    },
  );
});

describe("an expiry", () => {
  test.each([
    ["90m", { seconds: 5400 }],
    ["8h", { seconds: 28_800 }],
    ["3d", { seconds: 259_200 }],
    ["2026-12-01T18:00Z", { time: "2026-12-01T18:00:00Z" }],
    ["2026-12-01T18:00:30+01:00", { time: "2026-12-01T17:00:30Z" }],
    // As Pulumi hands over what stands in a stack's file without quotes.
    ["2026-12-01 18:00:30 +0000 UTC", { time: "2026-12-01T18:00:30Z" }],
    ["2026-12-01 18:00:30 +0100 +0100", { time: "2026-12-01T17:00:30Z" }],
  ])("%s is %j", (text, expiry) => {
    expect(parseExpiry(text)).toEqual(expiry);
  });

  test.each([
    ["0m"],
    ["31d"],
    ["8"],
    ["8 h"],
    ["-1h"],
    ["2026-12-01T18:00"],
    ["2026-13-01T18:00Z"],
    ["tomorrow"],
    [""],
  ])("%j is none", (text) => {
    expect(parseExpiry(text)).toBeUndefined();
  });

  test("is 12 hours at AWS and never on this machine, unless it is set", () => {
    expect(expiryOf({ target: "aws" })).toEqual({ seconds: 43_200 });
    expect(expiryOf({ target: "local" })).toBeUndefined();
    expect(expiryOf({ target: "local", expires: "1h" })).toEqual({ seconds: 3600 });
  });

  test.each([["90m"], ["12h"], ["3d"], ["2026-12-01T18:00:00Z"]])("%s is told as it was set", (text) => {
    expect(expiryText(parseExpiry(text))).toBe(text);
  });

  test("that is past is a problem, a duration never is", () => {
    const now = new Date("2026-12-01T18:00:00Z");
    expect(expiryProblems({ time: "2026-12-01T17:59:59Z" }, now)).toEqual([
      "expires: 2026-12-01T17:59:59Z is in the past (it is 2026-12-01T18:00:00.000Z now): set a later time, or a duration such as 12h",
    ]);
    expect(expiryProblems({ time: "2026-12-01T18:00:01Z" }, now)).toEqual([]);
    expect(expiryProblems({ seconds: 60 }, now)).toEqual([]);
    expect(expiryProblems(undefined, now)).toEqual([]);
  });
});
