import { Classroom } from "../../components/classroom";
import { dockerInstallation, trivyInstallation } from "../../components/installations";
import { openAws } from "../../components/machines/aws/open";
import { portalSpec } from "../../components/portal-spec";
import { expiryOf, extensionOf } from "../../config/expiry";
import { parseConfig } from "../../config/parse";
import type { LabConfig } from "../../config/schema";
import type { RawConfig } from "../../config/settings";
import { type Answerer, type Mode, type RecordedCall, type RecordedResource, recordResources } from "./mocks";

/** What AWS answers to each function; a function that throws answers with its error. */
export type AwsAnswers = Readonly<
  Record<string, (inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>>
>;

/** An account in which all is well. */
export const GOOD_ANSWERS: AwsAnswers = {
  "aws:ec2/getInstanceType:getInstanceType": ({ instanceType }) => ({
    supportedArchitectures: [String(instanceType).startsWith("t4g") ? "arm64" : "x86_64"],
    supportedUsagesClasses: ["on-demand", "spot"],
    defaultVcpus: 2,
  }),
  "aws:servicequotas/getServiceQuota:getServiceQuota": () => ({ value: 64 }),
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": () => ({
    locations: ["eu-central-1b", "eu-central-1a"],
  }),
  "aws:ec2/getSubnet:getSubnet": ({ id }) => ({ id, vpcId: "vpc-of-others", availabilityZone: "eu-central-1b" }),
  "aws:ssm/getParameter:getParameter": ({ name }) => ({
    value: String(name).includes("/arm64/") ? "ami-000000000000a64" : "ami-000000000000d64",
  }),
  "aws:ec2/getAmi:getAmi": (inputs) => {
    const [id] = (inputs as { filters: { values: string[] }[] }).filters[0]?.values ?? [];
    return { id, architecture: id === "ami-000000000000a64" ? "arm64" : "x86_64" };
  },
};

/** A class at AWS. */
export interface AwsClass {
  readonly resources: RecordedResource[];
  readonly calls: readonly RecordedCall[];
  /** What openAws said against it. */
  readonly refusal: string | undefined;
}

/** Settings of a class at AWS, further ones on top of the least that are needed. */
export function awsConfig({ aws, ...raw }: RawConfig = {}): LabConfig {
  const section = { region: "eu-central-1", allowedCidrs: "203.0.113.0/24", ...(aws as object | undefined) };
  const result = parseConfig({ target: "aws", owner: "ana", ...raw, aws: section });
  if (!result.ok) {
    throw new Error(result.problems.join("\n"));
  }
  return result.config;
}

/** Runs the program for a class at AWS under mocks. */
export async function awsClass(mode: Mode, config: LabConfig, answers: AwsAnswers = GOOD_ANSWERS): Promise<AwsClass> {
  const calls: RecordedCall[] = [];
  let refusal: string | undefined;
  const answer: Answerer = (call) => {
    calls.push(call);
    const found = answers[call.token];
    if (found === undefined) {
      throw new Error(`the program called ${call.token}, which no test expects`);
    }
    return found(call.inputs as Record<string, unknown>);
  };
  const program = async () => {
    try {
      const target = await openAws(config);
      const { seats, spares, moved, node, images, trivy } = config;
      const now = new Date();
      new Classroom("lab", {
        target,
        seats,
        spares,
        moved,
        docker: dockerInstallation(node.dockerPackage),
        trivy: trivyInstallation(trivy, target.machines),
        imageBase: images.base,
        portal: portalSpec(config, now),
        passwords: config.access.password,
        expiry: expiryOf(config),
        extension: extensionOf(config, now),
      });
    } catch (error) {
      refusal = error instanceof Error ? error.message : String(error);
    }
  };
  const resources = await recordResources(mode, program, answer);
  return { resources, calls, refusal };
}
