import type { AwsAnswers } from "../../../cli/workflows/doctor/aws/findings";
import { labLock } from "../../../config/lock";
import { parseConfig } from "../../../config/parse";
import type { LabConfig } from "../../../config/schema";
import type { RawConfig } from "../../../config/settings";
import type { Answer, Refusal } from "../../../core/aws/answers";
import { type AwsDemand, type AwsFacts, awsDemand } from "../../../core/aws/facts";

/** Settings of a class at AWS: those of the section on top of the least that are needed. */
export function awsLabConfig(aws: RawConfig = {}, seats = 3): LabConfig {
  const section = { region: "eu-central-1", allowedCidrs: "203.0.113.0/24", ...aws };
  const result = parseConfig({ target: "aws", seats, aws: section });
  if (!result.ok) {
    throw new Error(result.problems.join("\n"));
  }
  return result.config;
}

/** What such a class asks of AWS. */
export function demandOf(config: LabConfig, pinnedImages: AwsDemand["pinnedImages"] = {}): AwsDemand {
  return { ...awsDemand(config, config.aws.region ?? "", labLock()), pinnedImages };
}

/** An answer that is none. */
export function refused(text: string, kind: Refusal["kind"] = "other"): Answer<never> {
  return { refusal: { kind, text } };
}

const FACTS: AwsFacts = {
  type: { value: { supportedArchitectures: ["x86_64"], supportedUsagesClasses: ["on-demand", "spot"], vcpus: 2 } },
  zones: { value: ["eu-central-1a", "eu-central-1b"] },
  subnet: undefined,
  image: { value: { id: "ami-00000001", architecture: "x86_64" } },
  quota: { value: 32 },
  usage: { value: { byClass: 2, byOthers: 4 } },
};

const ANSWERS: AwsAnswers = {
  identity: { value: { account: "123456789012", arn: "arn:aws:iam::123456789012:user/ana" } },
  regions: {
    value: [
      { name: "eu-central-1", enabled: true },
      { name: "eu-central-2", enabled: false },
      { name: "eu-west-1", enabled: true },
      { name: "us-east-1", enabled: true },
    ],
  },
  facts: FACTS,
};

/** What AWS says where all is well, but for these facts and answers. */
export function answersWith(facts: Partial<AwsFacts> = {}, answers: Partial<AwsAnswers> = {}): AwsAnswers {
  return { ...ANSWERS, ...answers, facts: { ...FACTS, ...facts } };
}
