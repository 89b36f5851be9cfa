import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { type AwsClients, openClients } from "../../../adapters/aws/clients";
import { readPrices } from "../../../adapters/aws/prices";
import { clientQueries } from "../../../adapters/aws/queries";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { sampleUserDataProblems } from "../../../components/machines/aws/user-data";
import { expiryProblems, standingExpiry } from "../../../config/expiry";
import { labLock } from "../../../config/lock";
import type { LabConfig } from "../../../config/schema";
import { ask } from "../../../core/aws/answers";
import { type AwsDemand, awsDemand, readAwsFacts, regionOf } from "../../../core/aws/facts";
import { NO_REGION } from "../../../core/aws/preflight";
import { quotaFor } from "../../../core/aws/quota";
import type { CommandContext } from "../../../core/command-context";
import { billFindings } from "./aws/bill";
import { type AwsAnswers, awsFindings, type Identity, readRegions } from "./aws/findings";
import { textIn } from "./region";
import { bad, type Finding } from "./render";

/** Checks a class at AWS: credentials, region, instance type, machine image, quota, price. */
export async function examineAws(context: CommandContext, config: LabConfig, now = new Date()): Promise<Finding[]> {
  const problems = [
    ...expiryProblems(standingExpiry(config, now), now).map((text) => bad("expires", text.replace("expires: ", ""))),
    ...sampleUserDataProblems(config).map((text) => bad("user data", text)),
  ];
  const region = regionFor(context, config);
  if (region === undefined) {
    return [...problems, { ...NO_REGION, verdict: "bad" }];
  }
  const demand = awsDemand(config, region, labLock());
  const clients = openClients(region);
  const [answers, prices] = await Promise.all([
    askAll(demand, clients, context.options.stack),
    readPrices(clients.pricing, region, config.aws.instanceType),
  ]);
  const findings = awsFindings(demand, answers);
  const { rootGigabytes, spot } = config.aws;
  const { seats, furtherMachines } = demand;
  // A wrong region or instance type has no price.
  const bill = findings.some(({ subject }) => subject === "vCPU quota")
    ? billFindings({ seats, furtherMachines, rootGigabytes, spot, expiry: standingExpiry(config, now) }, prices, now)
    : [];
  return [...problems, ...findings, ...bill];
}

/** The region of a class with these settings. Undefined: none is set anywhere. */
export function regionFor({ runtime, options }: CommandContext, config: LabConfig): string | undefined {
  const { programDirectory, environment } = runtime;
  const ofStack = textIn(new StackConfig(programDirectory, options.stack).read("aws")["region"]);
  return regionOf(config.aws.region, { ofStack, environment });
}

/** Asks everything at once: `lab up` waits for it each time. */
async function askAll(demand: AwsDemand, clients: AwsClients, stack: string): Promise<AwsAnswers> {
  // Without the owner: a class that somebody else repairs needs no capacity beside itself.
  const classTags = { lab: "lab-nodes", class: stack };
  const queries = clientQueries(clients, { quotaCode: quotaFor(demand.settings)?.code, classTags });
  const [identity, regions, facts] = await Promise.all([
    ask(readIdentity(clients.sts)),
    ask(readRegions(clients.home)),
    readAwsFacts(demand, queries),
  ]);
  return { identity, regions, facts };
}

async function readIdentity(sts: AwsClients["sts"]): Promise<Identity> {
  const { Account: account = "", Arn: arn = "" } = await sts.send(new GetCallerIdentityCommand({}));
  return { account, arn };
}
