import { EC2Client } from "@aws-sdk/client-ec2";
import { PricingClient } from "@aws-sdk/client-pricing";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";

/** AWS's own clients, by what they are asked for. */
export interface AwsClients {
  readonly ec2: EC2Client;
  readonly ssm: SSMClient;
  readonly quotas: ServiceQuotasClient;
  readonly sts: STSClient;
  /** In a region that is surely there: it knows which others are. */
  readonly home: EC2Client;
  readonly pricing: PricingClient;
}

/** Nobody waits for minutes to be told that there is no way to AWS. */
const PATIENCE = { maxAttempts: 2, requestHandler: { connectionTimeout: 4_000, requestTimeout: 15_000 } };

/** Clients for a class in a region, all with the credentials that the first of them finds. */
export function openClients(region: string): AwsClients {
  // Node.js 20 is what `lab` is made for: each start would say that newer clients want a newer one.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const home = homeRegion(region);
  const sts = new STSClient({ ...PATIENCE, region: home });
  const credentials = () => sts.config.credentials();
  const there = { ...PATIENCE, region, credentials };
  return {
    sts,
    home: new EC2Client({ ...PATIENCE, region: home, credentials }),
    ec2: new EC2Client(there),
    ssm: new SSMClient(there),
    quotas: new ServiceQuotasClient(there),
    // The Price List API is in a few regions alone, and knows all.
    pricing: new PricingClient({
      ...PATIENCE,
      region: home === "cn-north-1" ? "cn-northwest-1" : "us-east-1",
      credentials,
    }),
  };
}

/** A region of the same kind of account: credentials for China or for GovCloud are good nowhere else. */
function homeRegion(region: string): string {
  if (region.startsWith("cn-")) {
    return "cn-north-1";
  }
  return region.startsWith("us-gov-") ? "us-gov-west-1" : "us-east-1";
}
