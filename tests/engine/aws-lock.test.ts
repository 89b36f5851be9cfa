import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { currentUbuntu, requireCanonicals } from "../../cli/workflows/lock/machine-images";
import { type AwsEmulator, startAwsEmulator } from "../support/aws/emulator";
import { CURRENT_IMAGES, IMPOSTOR } from "../support/aws/ubuntu-images";

describe("Ubuntu's current machine image, asked of AWS (the API is moto's)", () => {
  let emulator: AwsEmulator;

  beforeAll(async () => {
    emulator = await startAwsEmulator();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await emulator?.stop();
  });
  beforeEach(() => {
    for (const [name, value] of Object.entries(emulator.environment)) {
      vi.stubEnv(name, value);
    }
  });

  test.for(CURRENT_IMAGES)(
    "is Canonical's of the region and the architecture: %j",
    async ({ id, region, architecture }) => {
      expect(await currentUbuntu(region, architecture === "x86_64" ? "amd64" : "arm64")).toBe(id);
    },
  );

  test("is not to be had where the region has none", async () => {
    await expect(currentUbuntu("eu-north-1", "amd64")).rejects.toThrow(/ParameterNotFound|not found/);
  });

  test("is not to be had without credentials, and that is said", async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
      vi.stubEnv(name, undefined);
    }
    await expect(currentUbuntu("eu-central-1", "amd64")).rejects.toThrow(
      /^AWS does not take your credentials \(.+\): set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY$/,
    );
  });

  test.for([
    ["of somebody else", IMPOSTOR.id, /belongs to 666666666666, not to Canonical/],
    ["of another architecture", "ami-0e000000000000e64", /is made for arm64, not for amd64/],
  ] as const)("is never an image %s", async ([_, id, message]) => {
    await expect(requireCanonicals(emulator.ec2("eu-central-1"), id, "amd64")).rejects.toThrow(message);
  });
});
