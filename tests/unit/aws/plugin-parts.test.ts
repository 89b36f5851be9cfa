import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { untilFound } from "../../support/aws/plugin/api";
import { configure } from "../../support/aws/plugin/configure";
import { refreshedInputs } from "../../support/aws/plugin/inputs";
import { runInstancesInput } from "../../support/aws/plugin/instance/request";
import { decodeUserData, userDataFault } from "../../support/aws/plugin/instance/user-data";

describe("the plugin's endpoint", () => {
  const credentials = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };

  test.each([
    ["none at all", {}, {}],
    ["AWS's own", { AWS_ENDPOINT_URL: "https://ec2.eu-central-1.amazonaws.com" }, {}],
    [
      "AWS's own for one service",
      { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_ENDPOINT_URL_SSM: "https://ssm.eu-central-1.amazonaws.com" },
      {},
    ],
    ["another machine's", { AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, { endpoints: [{ sts: "http://192.0.2.1" }] }],
    ["a name that only begins well", { AWS_ENDPOINT_URL: "http://127.0.0.1.example.com" }, {}],
  ])("is never anything but this machine: %s", async (_what, environment, configuration) => {
    const asked = configure(
      { region: "eu-central-1", skipRegionValidation: true, ...configuration },
      { ...credentials, ...environment },
    );
    await expect(asked).rejects.toThrow(/works on an emulator of this machine alone/);
  });

  test("needs a region", async () => {
    await expect(configure({}, { AWS_ENDPOINT_URL: "http://127.0.0.1:1" })).rejects.toThrow(/missing region/);
  });
});

test("an instance is launched with everything at once, not first without its protections", () => {
  const launch = runInstancesInput(
    {
      ami: "ami-1",
      instanceType: "t3.medium",
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 2 },
      rootBlockDevice: { encrypted: true, volumeType: "gp3" },
      tags: { a: "1" },
      volumeTags: { b: "2" },
    },
    "/dev/xvda",
  );
  expect(launch).toMatchObject({
    MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 2 },
    BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { Encrypted: true, VolumeType: "gp3" } }],
    TagSpecifications: [
      { ResourceType: "instance", Tags: [{ Key: "a", Value: "1" }] },
      { ResourceType: "volume", Tags: [{ Key: "b", Value: "2" }] },
    ],
  });
});

describe("user data", () => {
  const text = "#cloud-config\n";

  test("is decompressed as cloud-init does it, and left alone when it is plain", () => {
    expect(decodeUserData(gzipSync(text).toString("base64")).toString()).toBe(text);
    expect(decodeUserData(Buffer.from(text).toString("base64")).toString()).toBe(text);
  });

  test("may have 16384 bytes before base64, and not one more", () => {
    expect(userDataFault(Buffer.alloc(16_384).toString("base64"))).toBeUndefined();
    expect(userDataFault(Buffer.alloc(16_385).toString("base64"))).toMatch(/limited to 16384 bytes; it has 16385/);
  });
});

describe("refreshedInputs", () => {
  test("keeps what means the same: order in lists, and what the program left to the API", () => {
    const inputs = { groups: ["b", "a"], disk: { size: 20 }, rules: [{ port: 22, networks: ["x", "y"] }] };
    const found = {
      groups: ["a", "b"],
      disk: { size: 20, iops: 3000 },
      rules: [{ port: 22, networks: ["y", "x"], description: "d" }],
      other: 1,
    };
    expect(refreshedInputs(inputs, found)).toEqual(inputs);
  });

  test("takes what is another: a value, an item more, a tag more", () => {
    const inputs = { size: 1, groups: ["a"], tags: { a: "1" }, disk: { size: 20 } };
    const found = { size: 2, groups: ["a", "b"], tags: { a: "1", b: "2" }, disk: { size: 30 } };
    expect(refreshedInputs(inputs, found)).toEqual(found);
  });
});

describe("untilFound", () => {
  const signal = AbortSignal.timeout(10_000);

  test("asks again until the API knows of what it made", async () => {
    const answers = [undefined, undefined, "there"];
    expect(await untilFound("VPC", async () => answers.shift(), signal)).toBe("there");
    expect(answers).toEqual([]);
  });

  test("gives up in time, and says on what", async () => {
    await expect(untilFound("VPC vpc-1", async () => undefined, signal, 150)).rejects.toThrow(
      "VPC vpc-1 was not to be seen 0.15 s after it was made",
    );
  });

  test("stops when the engine cancels", async () => {
    const aborted = AbortSignal.timeout(50);
    await expect(untilFound("VPC", async () => undefined, aborted)).rejects.toThrow(/abort/i);
  });
});
