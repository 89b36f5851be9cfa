import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { mimeDocument } from "../../../airgap/plugins/cloudinit/multipart";
import { renderUserData } from "../../../cloud-init/user-data";
import { dockerInstallation, trivyInstallation } from "../../../components/installations";
import {
  checkedUserData,
  SAMPLE_KEYS,
  USER_DATA_LIMIT,
  userDataBytes,
  userDataProblems,
} from "../../../components/machines/aws/user-data";
import { readRefusal } from "../../../core/aws/answers";

/** The largest that settings make it, short of texts without end: Docker's own packages, a database of one's own. */
const VALUES = {
  hostname: "node1",
  docker: dockerInstallation("docker"),
  trivy: trivyInstallation(
    {
      archive: "https://mirror.example.org/trivy_0.74.0_Linux-64bit.tar.gz",
      sha256: "5e".repeat(32),
      database: "baked",
      databaseArchive: "https://mirror.example.org/db.tar.gz",
      databaseSha256: "db".repeat(32),
    },
    { platform: "linux/arm64", artefactDirectory: undefined },
  ),
  expiry: { seconds: 43_200 },
} as const;

function partOf(bytes: number) {
  return { filename: "a", contentType: "text/plain", content: randomBytes(bytes / 2).toString("hex") };
}

describe("user data", () => {
  test("of a node fits", () => {
    expect(userDataProblems(renderUserData({ ...VALUES, ...SAMPLE_KEYS }))).toEqual([]);
  });

  test("is judged by keys as large as real ones, and never as smaller than it comes to be", () => {
    const keys = (bytes: number) => randomBytes(bytes).toString("base64");
    const parts = renderUserData({
      ...VALUES,
      authorizedKeys: [`ssh-ed25519 ${keys(51)}`],
      studentKeys: [`ssh-ed25519 ${keys(51)}`],
      hostKey: {
        privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${keys(240)}\n-----END OPENSSH PRIVATE KEY-----\n`,
        publicKey: `ssh-ed25519 ${keys(51)}`,
      },
    });
    const document = mimeDocument({
      boundary: "MIMEBOUNDARY",
      parts: parts.map((part) => ({ ...part, mergeType: "" })),
    });
    const real = gzipSync(document, { level: 5 }).length;
    const judged = userDataBytes(renderUserData({ ...VALUES, ...SAMPLE_KEYS }));
    // Room for a compressor that tries less hard than ours.
    expect(judged).toBeGreaterThan(real + 200);
    expect(judged).toBeLessThan(real + 700);
  });

  test("that is too large is refused, with its size and the limit", () => {
    const [problem, ...others] = userDataProblems([partOf(40_000)]);
    expect(problem).toMatch(/^a machine's user data has \d{5} bytes compressed; EC2 accepts at most 16384: shorten /);
    expect(others).toEqual([]);
  });

  test("is checked again in the form that EC2 gets, to the byte", () => {
    const encoded = (bytes: number) => Buffer.alloc(bytes).toString("base64");
    expect(checkedUserData(encoded(USER_DATA_LIMIT))).toBe(encoded(USER_DATA_LIMIT));
    expect(() => checkedUserData(encoded(USER_DATA_LIMIT + 1))).toThrow(
      "has 16385 bytes compressed; EC2 accepts at most 16384",
    );
  });
});

describe("what AWS says", () => {
  test.each([
    [
      "invocation of aws:ec2/getSubnet:getSubnet returned an error: invoking aws:ec2/getSubnet:getSubnet: 1 error occurred:\n\t* no matching EC2 Subnet found\n\n",
      { kind: "missing", text: "no matching EC2 Subnet found" },
    ],
    ["Invoke of 'aws:ec2/getAmi:getAmi' failed: owners is wrong", { kind: "other", text: "owners is wrong" }],
    ["api error AuthFailure: not you", { kind: "credentials", text: "api error AuthFailure: not you" }],
    ["api error ExpiredToken: too late", { kind: "credentials", text: "api error ExpiredToken: too late" }],
    ["its answer is empty", { kind: "missing", text: "its answer is empty" }],
    ["InvalidSubnetID.NotFound: no such subnet", { kind: "missing", text: "InvalidSubnetID.NotFound: no such subnet" }],
    ["getaddrinfo ENOTFOUND ec2", { kind: "unreachable", text: "getaddrinfo ENOTFOUND ec2" }],
    ["api error RequestLimitExceeded: wait", { kind: "other", text: "api error RequestLimitExceeded: wait" }],
    ["", { kind: "other", text: "no reason given" }],
  ])("%j is told in one line", (message, refusal) => {
    expect(readRefusal(message)).toEqual(refusal);
  });
});

describe("AWS's packages are loaded for that target alone", () => {
  /** Which of the packages a Node.js process has loaded after these modules, or after some code. */
  const loaded = (modules: readonly string[], code = "") => {
    const program = `
      process.argv.slice(1).forEach((file) => require(file));
      ${code};
      const files = Object.keys(require.cache);
      console.log(JSON.stringify(["@pulumi/pulumi", "@pulumi/aws", "@aws-sdk"].filter((name) => files.some((file) => file.includes("/" + name + "/")))));`;
    const { stdout } = spawnSync(process.execPath, ["-r", "tsx/cjs", "-e", program, ...modules], { encoding: "utf8" });
    return JSON.parse(stdout);
  };

  test("in the program", () => {
    const local = ["./components/classroom", "./components/machines/open-target", "./components/load-config"];
    expect(loaded(local)).toEqual(["@pulumi/pulumi"]);
    expect(loaded(["./components/machines/aws/open"])).toEqual(["@pulumi/pulumi", "@pulumi/aws"]);
  });

  test("in `lab`, which asks without Pulumi", () => {
    const local = [
      "./cli/workflows/prepare",
      "./cli/workflows/doctor",
      "./cli/workflows/up",
      "./cli/workflows/doctor/examine-local",
    ];
    expect(loaded(local)).toEqual([]);
    // Its text is judged, too: that needs what the program makes of settings.
    const judge =
      'require("./components/machines/aws/user-data").sampleUserDataProblems(require("./config/parse").parseConfig({}).config)';
    expect(loaded(["./cli/workflows/doctor/examine-aws"], judge)).toEqual(["@aws-sdk"]);
  });
});
