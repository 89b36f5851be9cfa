import { type Answer, isAnswered, isRefused, refusalText } from "./answers";
import { ARCHITECTURES, type AwsDemand, type AwsFacts, architectureOf, describeMachines } from "./facts";
import { quotaFor } from "./quota";

/** A reason against a class. */
export interface AwsProblem {
  /** The setting, or what else was checked. */
  readonly subject: string;
  readonly text: string;
  /** What to change, or to run; a long command on a line of its own. */
  readonly advice: string | undefined;
}

/** A problem in one line. */
export function problemText({ subject, text, advice }: AwsProblem): string {
  return `${subject}: ${advice === undefined ? text : `${text}: ${advice.replaceAll("\n", " ")}`}`;
}

/** No setting has the region. */
export const NO_REGION: AwsProblem = {
  subject: "aws.region",
  text: "is not set, and neither aws:region nor AWS_REGION is",
  advice: "set it, such as eu-central-1",
};

/** AWS does not accept these credentials. */
export function credentialsProblem(answer: Answer<unknown>): AwsProblem {
  return {
    subject: "credentials",
    text: `AWS does not accept them (${refusalText(answer)})`,
    advice:
      "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; check your identity: aws sts get-caller-identity",
  };
}

/** The problems of a class, as a pure function of the facts. */
export function awsProblems(demand: AwsDemand, facts: AwsFacts): AwsProblem[] {
  const given: readonly (Answer<unknown> | undefined)[] = [facts.type, facts.zones, facts.subnet, facts.image];
  const lockedOut = given.find((answer) => answer !== undefined && isRefused(answer, "credentials"));
  if (lockedOut !== undefined) {
    // Whatever else was asked has failed for the same reason.
    return [credentialsProblem(lockedOut)];
  }
  return [
    ...typeProblems(demand, facts),
    ...subnetProblems(demand, facts),
    ...imageProblems(demand, facts),
    ...quotaProblems(demand, facts),
  ];
}

/** A query that failed, with advice if the credentials do not allow it. */
function failedQuery(subject: string, text: string, answer: Answer<unknown>): AwsProblem {
  return isRefused(answer, "permission")
    ? {
        subject,
        text: `AWS denied the query (${refusalText(answer)})`,
        advice: "docs/aws.md lists the permissions that are needed",
      }
    : { subject, text: `${text} (${refusalText(answer)})`, advice: undefined };
}

/** Something that AWS did not return; `advice` is for what does not exist. */
function notReturned(
  { subject, what, region, advice }: { subject: string; what: string; region: string; advice?: string },
  answer: Answer<unknown>,
): AwsProblem {
  return isRefused(answer, "missing")
    ? { subject, text: `AWS has no ${what.replace(/^an /, "")} in ${region} (${refusalText(answer)})`, advice }
    : failedQuery(subject, `AWS did not return ${what} in ${region}`, answer);
}

function typeProblems({ region, settings }: AwsDemand, { type, zones }: AwsFacts): AwsProblem[] {
  const { instanceType, spot } = settings;
  const subject = "aws.instanceType";
  if (!isAnswered(type)) {
    const advice = "the default is t3.medium, and t4g.medium for arm64";
    return [notReturned({ subject, what: instanceType, region, advice }, type)];
  }
  if (architectureOf(type) === undefined) {
    const found = type.value.supportedArchitectures.join(", ");
    return [{ subject, text: `${instanceType} is for ${found}`, advice: "nodes need x86_64 or arm64" }];
  }
  const text = `${instanceType} is not available as a spot instance`;
  const noSpot = spot && !type.value.supportedUsagesClasses.includes("spot");
  return [
    ...(noSpot ? [{ subject: "aws.spot", text, advice: "set aws.spot to false" }] : []),
    ...zoneProblems(region, instanceType, zones),
  ];
}

function zoneProblems(region: string, instanceType: string, zones: AwsFacts["zones"]): AwsProblem[] {
  if (!isAnswered(zones)) {
    return [failedQuery("aws.region", `AWS does not list the zones of ${region} that offer ${instanceType}`, zones)];
  }
  const text = `no zone of ${region} offers ${instanceType}`;
  const advice = "choose another aws.instanceType, or another aws.region";
  return zones.value.length > 0 ? [] : [{ subject: "aws.instanceType", text, advice }];
}

function subnetProblems({ region, settings }: AwsDemand, { subnet, zones }: AwsFacts): AwsProblem[] {
  const { subnetId } = settings;
  if (subnet === undefined || subnetId === undefined) {
    return [];
  }
  const subject = "aws.subnetId";
  if (!isAnswered(subnet)) {
    const advice = "list them: aws ec2 describe-subnets";
    return [notReturned({ subject, what: subnetId, region, advice }, subnet)];
  }
  const { availabilityZone } = subnet.value;
  if (!isAnswered(zones) || zones.value.length === 0 || zones.value.includes(availabilityZone)) {
    return [];
  }
  const text = `${subnetId} is in ${availabilityZone}, which does not offer ${settings.instanceType}`;
  return [{ subject, text, advice: `these do: ${zones.value.join(", ")}` }];
}

function imageProblems({ region, settings }: AwsDemand, { image, type }: AwsFacts): AwsProblem[] {
  if (image === undefined) {
    return [];
  }
  const subject = "aws.ami";
  if (!isAnswered(image)) {
    const what = settings.ami ?? "an image of Ubuntu 24.04 that is Canonical's";
    return [notReturned({ subject, what, region }, image)];
  }
  const { id, architecture } = image.value;
  const text = `${id} is for ${architecture}, and ${settings.instanceType} is not`;
  const fits = ARCHITECTURES[architecture] === architectureOf(type);
  return fits ? [] : [{ subject, text, advice: "choose another image or instance type" }];
}

/** Only answers count: a limit or a usage that AWS did not return refuses no class. */
function quotaProblems(demand: AwsDemand, { type, quota, usage }: AwsFacts): AwsProblem[] {
  const { seats, furtherMachines, region, settings } = demand;
  const kind = quotaFor(settings);
  if (kind === undefined || quota === undefined || !isAnswered(quota) || !isAnswered(type)) {
    return [];
  }
  const { vcpus } = type.value;
  const wanted = (seats + furtherMachines) * vcpus;
  const { byClass, byOthers } = usage !== undefined && isAnswered(usage) ? usage.value : { byClass: 0, byOthers: 0 };
  // Machines that run already need no capacity: a class can be repaired, or made smaller, whatever the quota has become.
  if (wanted <= byClass || wanted + byOthers <= quota.value) {
    return [];
  }
  const others = byOthers === 0 ? "" : `, of which others use ${byOthers}`;
  const fitting = Math.max(0, Math.floor((quota.value - byOthers) / vcpus) - furtherMachines);
  const need = seats + furtherMachines === 1 ? "needs" : "each need";
  const increase = `aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${kind.code}`;
  return [
    {
      subject: "vCPU quota",
      text: `${describeMachines(demand)} with ${vcpus} vCPUs ${need} ${wanted}; your account may have ${quota.value}${others}`,
      advice:
        `set seats to ${fitting} at most, choose another aws.instanceType, or ask for more:\n` +
        `${increase} --desired-value ${byOthers + wanted} --region ${region}`,
    },
  ];
}
