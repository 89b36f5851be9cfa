import type { EC2Client } from "@aws-sdk/client-ec2";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { ask, isAnswered, refusalText } from "../../components/machines/aws-questions";

/** CPU architecture, as Canonical names it. */
export type ImageArchitecture = "amd64" | "arm64";

/** The account that publishes Ubuntu's images. */
const CANONICAL = "099720109477";

/** As EC2 names them. */
const EC2_NAMES: Readonly<Record<ImageArchitecture, string>> = { amd64: "x86_64", arm64: "arm64" };

/** Nobody waits for minutes to be told that there is no way to AWS. */
const PATIENCE = { maxAttempts: 2, requestHandler: { connectionTimeout: 4_000, requestTimeout: 15_000 } };

/** Canonical's current image of Ubuntu 24.04. Rejects with a reason for a person. */
export async function currentUbuntu(region: string, architecture: ImageArchitecture): Promise<string> {
  const answer = await ask(askForUbuntu(region, architecture));
  if (isAnswered(answer)) {
    return answer.value;
  }
  const { kind } = answer.refusal;
  throw new Error(
    kind === "credentials"
      ? `AWS does not take your credentials (${refusalText(answer)}): set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`
      : refusalText(answer),
  );
}

async function askForUbuntu(region: string, architecture: ImageArchitecture): Promise<string> {
  const { ec2, ssm } = openClients(region);
  const id = await parameter(ssm, architecture);
  await requireCanonicals(ec2, id, architecture);
  return id;
}

/** Whatever the parameter says: an image of Ubuntu's is Canonical's, and made for the architecture that was asked for. */
export async function requireCanonicals(ec2: EC2Client, id: string, architecture: ImageArchitecture): Promise<void> {
  const { DescribeImagesCommand } = require("@aws-sdk/client-ec2") as typeof import("@aws-sdk/client-ec2");
  const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }));
  if (image?.OwnerId !== CANONICAL) {
    throw new Error(`${id} belongs to ${image?.OwnerId ?? "nobody"}, not to Canonical (${CANONICAL})`);
  }
  if (image.Architecture !== EC2_NAMES[architecture]) {
    throw new Error(`${id} is made for ${image.Architecture}, not for ${EC2_NAMES[architecture]}`);
  }
}

/** Loaded for this alone: they take longer to load than all of `lab`. */
function openClients(region: string): { ec2: EC2Client; ssm: SSMClient } {
  // Node.js 20 is what `lab` is made for: each start would say that newer clients want a newer one.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const { EC2Client: Ec2 } = require("@aws-sdk/client-ec2") as typeof import("@aws-sdk/client-ec2");
  const { SSMClient: Ssm } = require("@aws-sdk/client-ssm") as typeof import("@aws-sdk/client-ssm");
  return { ec2: new Ec2({ ...PATIENCE, region }), ssm: new Ssm({ ...PATIENCE, region }) };
}

async function parameter(ssm: SSMClient, architecture: ImageArchitecture): Promise<string> {
  const { GetParameterCommand } = require("@aws-sdk/client-ssm") as typeof import("@aws-sdk/client-ssm");
  const Name = `/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture}/hvm/ebs-gp3/ami-id`;
  const { Parameter: found } = await ssm.send(new GetParameterCommand({ Name }));
  if (found?.Value === undefined) {
    throw new Error(`the parameter ${Name} is empty`);
  }
  return found.Value;
}
