import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensurePython } from "../support/aws/python-environment";
import { type StubQuotasAndPrices, startStubQuotasAndPrices } from "../support/aws/stub-quotas-and-prices";

const QUOTA_PROGRAM = `
import boto3, sys
client = boto3.client("service-quotas", region_name="eu-central-1")
print(int(client.get_service_quota(ServiceCode="ec2", QuotaCode=sys.argv[1])["Quota"]["Value"]))
`;

const PRICE_PROGRAM = `
import boto3, json, sys
client = boto3.client("pricing", region_name="us-east-1")
wanted = {"instanceType": sys.argv[1], "operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used"}
filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()]
for text in client.get_products(ServiceCode="AmazonEC2", Filters=filters)["PriceList"]:
    for term in json.loads(text)["terms"]["OnDemand"].values():
        print([rate["pricePerUnit"]["USD"] for rate in term["priceDimensions"].values()][0])
`;

describe("our STUB of Service Quotas and the Price List API, asked by AWS's own Python client", () => {
  let stub: StubQuotasAndPrices;
  let python: string;

  beforeAll(async () => {
    python = await ensurePython();
    stub = await startStubQuotasAndPrices({ quotas: { "L-1216C47A": 32 }, prices: { "t3.medium": 0.048 } });
  });
  afterAll(() => stub?.stop());

  const ask = (program: string, word: string) =>
    execa(python, ["-c", program, word], {
      env: { ...stub.environment, AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing" },
    });

  test("gives the quota that it was told", async () => {
    expect((await ask(QUOTA_PROGRAM, "L-1216C47A")).stdout).toBe("32");
    expect(stub.calls).toContain("GetServiceQuota");
  });

  test("has no other quota", async () => {
    await expect(ask(QUOTA_PROGRAM, "L-00000000")).rejects.toThrow(/NoSuchResourceException/);
  });

  test("gives the price that it was told, and none for another type", async () => {
    expect((await ask(PRICE_PROGRAM, "t3.medium")).stdout).toBe("0.0480000000");
    expect((await ask(PRICE_PROGRAM, "t9.huge")).stdout).toBe("");
  });
});
