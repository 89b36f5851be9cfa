import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { freePort } from "../../../adapters/files/own-machine";
import { examineAws } from "../../../cli/workflows/doctor/examine-aws";
import { awsLabConfig } from "./doctor-aws-support";
import { contextFor, recordedReporter, runtimeIn, temporaryFolder } from "./support";

/** With AWS out of reach: what it says when it is asked is in the engine tests. */
describe("examineAws", () => {
  beforeEach(async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const names = ["", "_PRICING", "_SERVICE_QUOTAS"].map((service) => `AWS_ENDPOINT_URL${service}`);
    const credentials = { AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing", AWS_PROFILE: undefined };
    const files = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };
    const variables = { ...Object.fromEntries(names.map((name) => [name, nowhere])), ...credentials, ...files };
    for (const [name, value] of Object.entries(variables)) {
      vi.stubEnv(name, value);
    }
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  async function examined(region: string | undefined, environment: NodeJS.ProcessEnv, stack = "") {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "Pulumi.dev.yaml"), stack);
    const context = contextFor(runtimeIn(folder, environment), "dev", recordedReporter().reporter);
    const config = awsLabConfig();
    const past = { ...config, aws: { ...config.aws, region }, expires: "2020-01-01T00:00Z" };
    return examineAws(context, past, new Date("2020-01-01T08:00Z"));
  }

  test("asks nobody where no setting says in which region, and tells what it knows", async () => {
    expect(await examined(undefined, { AWS_REGION: "" })).toMatchObject([
      { subject: "expires", verdict: "bad", text: expect.stringMatching(/^2020-01-01T00:00:00Z is in the past /) },
      { subject: "aws.region", verdict: "bad" },
    ]);
  });

  test.each([
    ["the setting", "eu-west-1", {}, ""],
    ["the stack's aws:region", undefined, {}, "config:\n  aws:region: eu-west-1\n"],
    ["the environment", undefined, { AWS_DEFAULT_REGION: "eu-west-1" }, ""],
  ])(
    "takes the region of %s, and refuses nobody whose way to AWS it does not know",
    async (_, region, environment, stack) => {
      const [, ...findings] = await examined(region, environment, stack);
      expect(findings).toMatchObject([
        {
          subject: "AWS",
          verdict: "warning",
          text: expect.stringMatching(/^cannot be reached from here \(.*ECONNREFUSED/),
        },
      ]);
    },
  );
});
