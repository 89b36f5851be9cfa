import { EC2Client } from "@aws-sdk/client-ec2";
import { PricingClient } from "@aws-sdk/client-pricing";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";

/** AWS's clients, by service. */
export interface AwsClients {
  readonly ec2: EC2Client;
  readonly ssm: SSMClient;
  readonly quotas: ServiceQuotasClient;
  readonly sts: STSClient;
  /** In a region that always exists, to ask which other regions do. */
  readonly home: EC2Client;
  readonly pricing: PricingClient;
}

/** By default the clients wait for minutes if AWS cannot be reached. */
const LIMITS = { maxAttempts: 2, requestHandler: { connectionTimeout: 4_000, requestTimeout: 15_000 } };

/** Clients for a class in a region, all with the credentials that the first of them finds. */
export function openClients(region: string): AwsClients {
  // `lab` supports Node.js 20, for which newer clients print a warning at each start.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const home = homeRegion(region);
  const sts = new STSClient({ ...LIMITS, region: home });
  const credentials = () => sts.config.credentials();
  const inRegion = { ...LIMITS, region, credentials };
  return {
    sts,
    home: new EC2Client({ ...LIMITS, region: home, credentials }),
    ec2: new EC2Client(inRegion),
    ssm: new SSMClient(inRegion),
    quotas: new ServiceQuotasClient(inRegion),
    // The Price List API is in a few regions only, and has the prices of all.
    pricing: new PricingClient({
      ...LIMITS,
      region: home === "cn-north-1" ? "cn-northwest-1" : "us-east-1",
      credentials,
    }),
  };
}

/** A region of the same partition: credentials for China or GovCloud are valid nowhere else. */
function homeRegion(region: string): string {
  if (region.startsWith("cn-")) {
    return "cn-north-1";
  }
  return region.startsWith("us-gov-") ? "us-gov-west-1" : "us-east-1";
}
