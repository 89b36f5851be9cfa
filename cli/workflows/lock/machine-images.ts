import { DescribeImagesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { openClients } from "../../../adapters/aws/clients";
import { ask, isAnswered, refusalText } from "../../../core/aws/answers";
import { ARCHITECTURES, type Architecture, CANONICAL, ubuntuParameter } from "../../../core/aws/facts";

/** Canonical's current image of Ubuntu 24.04. Rejects with a reason. */
export async function currentUbuntu(region: string, architecture: Architecture): Promise<string> {
  const answer = await ask(askForUbuntu(region, architecture));
  if (isAnswered(answer)) {
    return answer.value;
  }
  throw new Error(
    answer.refusal.kind === "credentials"
      ? `AWS does not take your credentials (${refusalText(answer)}): set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`
      : refusalText(answer),
  );
}

async function askForUbuntu(region: string, architecture: Architecture): Promise<string> {
  const { ec2, ssm } = openClients(region);
  const Name = ubuntuParameter(architecture);
  const { Parameter: parameter } = await ssm.send(new GetParameterCommand({ Name }));
  if (parameter?.Value === undefined) {
    throw new Error(`the parameter ${Name} is empty`);
  }
  await requireCanonicals(ec2, parameter.Value, architecture);
  return parameter.Value;
}

/** Throws unless the image is Canonical's and for this architecture, whatever the parameter says. */
export async function requireCanonicals(ec2: EC2Client, id: string, architecture: Architecture): Promise<void> {
  const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }));
  if (image?.OwnerId !== CANONICAL) {
    throw new Error(`${id} belongs to ${image?.OwnerId ?? "no known account"}, not to Canonical (${CANONICAL})`);
  }
  if (ARCHITECTURES[image.Architecture ?? ""] !== architecture) {
    throw new Error(`${id} is made for ${image.Architecture}, not for ${architecture}`);
  }
}
