import { DescribeRegionsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { PropertyMap } from "../../../../airgap/plugins/framework/provider";
import { object, objects, text, textMap } from "../../../../airgap/plugins/framework/values";
import { quietSdk } from "./quiet-sdk";
import type { Tags } from "./tags";

/** Provider arguments that are implemented. */
export const CONFIGURATION = [
  "accessKey",
  "defaultTags",
  "endpoints",
  "region",
  "secretKey",
  "skipCredentialsValidation",
  "skipMetadataApiCheck",
  "skipRegionValidation",
  "skipRequestingAccountId",
  "token",
] as const;

/** The emulated account, as the handlers see it. */
export interface Aws {
  readonly ec2: EC2Client;
  readonly ssm: SSMClient;
  readonly quotas: ServiceQuotasClient;
  readonly region: string;
  readonly account: string;
  readonly defaultTags: Tags;
}

/** Makes the clients and, as the official plugin, proves region and credentials. */
export async function configure(configuration: PropertyMap, environment = process.env): Promise<Aws> {
  const region = text(configuration.region) || environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"];
  if (region === undefined || region === "") {
    throw new Error("unable to load AWS configuration: missing region; set aws:region, or AWS_REGION");
  }
  quietSdk();
  const client = (service: string) => ({
    region: "us-east-1",
    endpoint: endpointOf(service, configuration, environment),
    ...credentialsOf(configuration),
    maxAttempts: 3,
  });
  await requireRegion(region, new EC2Client(client("ec2")), configuration);
  const sts = new STSClient({ ...client("sts"), region });
  return {
    ec2: new EC2Client({ ...client("ec2"), region }),
    ssm: new SSMClient({ ...client("ssm"), region }),
    quotas: new ServiceQuotasClient({ ...client("servicequotas"), region }),
    region,
    account: await accountOf(sts),
    defaultTags: textMap(object(configuration.defaultTags).tags),
  };
}

/** Services as the provider's `endpoints` names them -> as the SDK's variables do. */
const VARIABLES: Readonly<Record<string, string>> = {
  ec2: "AWS_ENDPOINT_URL_EC2",
  servicequotas: "AWS_ENDPOINT_URL_SERVICE_QUOTAS",
  ssm: "AWS_ENDPOINT_URL_SSM",
  sts: "AWS_ENDPOINT_URL_STS",
};

/** Only ever an address of this machine: nothing of a test may reach an account that costs money. */
function endpointOf(service: string, configuration: PropertyMap, environment: NodeJS.ProcessEnv): string {
  const given = objects(configuration.endpoints).flatMap((endpoints) => text(endpoints[service]) ?? []);
  const endpoint = given[0] ?? environment[VARIABLES[service] ?? ""] ?? environment["AWS_ENDPOINT_URL"];
  const host = endpoint !== undefined && URL.canParse(endpoint) ? new URL(endpoint).hostname : undefined;
  if (endpoint === undefined || (host !== "127.0.0.1" && host !== "localhost")) {
    throw new Error(
      `the test-only aws plugin works on an emulator of this machine alone, and the endpoint of ${service} is ` +
        `${endpoint ?? "not set"}; set AWS_ENDPOINT_URL to the emulator's address`,
    );
  }
  return endpoint;
}

function credentialsOf(configuration: PropertyMap) {
  const [accessKeyId, secretAccessKey] = [text(configuration.accessKey), text(configuration.secretKey)];
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    return {};
  }
  const sessionToken = text(configuration.token);
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } };
}

async function requireRegion(region: string, ec2: EC2Client, configuration: PropertyMap): Promise<void> {
  if (isSet(configuration.skipRegionValidation)) {
    return;
  }
  const { Regions: regions = [] } = await ec2
    .send(new DescribeRegionsCommand({ AllRegions: true }))
    .catch(noCredentials);
  if (!regions.some(({ RegionName }) => RegionName === region)) {
    throw new Error(`invalid AWS Region: ${region}`);
  }
}

async function accountOf(sts: STSClient): Promise<string> {
  const { Account: account } = await sts.send(new GetCallerIdentityCommand({})).catch(noCredentials);
  return account ?? "";
}

function noCredentials(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error);
  throw new Error(`No valid credential sources found. Please set AWS credentials: ${reason}`, { cause: error });
}

/** The SDK sends a boolean argument as text. */
function isSet(value: PropertyMap[string] | undefined): boolean {
  return value === true || value === "true";
}
