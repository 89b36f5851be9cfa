import { dockerClient } from "../../../adapters/docker/client";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { reasonIn } from "../../../components/machines/docker-hosts/answers";
import type { RawConfig } from "../../../config/settings";
import { settingAt } from "../../../config/settings";
import type { StateResource } from "../../../core/class-state/state-resource";
import type { CommandContext } from "../../../core/command-context";
import { LabError, messageOf } from "../../../core/errors";
import { bakeryOf } from "../bake/bakery";
import { type EngineAddresses, engineAddresses } from "../prepare/hosts/docker-engines";
import type { AwsClass } from "./aws-resources";
import { type Evidence, findLeftovers, imageLeftovers, type Leftover, secretLeftovers, textsIn } from "./leftovers";

/** Leftovers of a class: its resources that are missing from Pulumi's state. */
export interface ClassAudit extends Evidence {
  readonly stack: string;
}

/** Where a class may have resources. Before a class is destroyed it must be read: afterwards the state is empty. */
export interface ClassLocation extends EngineAddresses {
  readonly settings: RawConfig;
  /** Whether its machines are at AWS, and their region and tags if known. */
  readonly aws: "no" | { readonly awsClass: AwsClass | undefined };
}

/** Where a class may have resources. */
export async function locateClass(
  { runtime: { environment }, options }: CommandContext,
  config: Pick<StackConfig, "read">,
  readState: () => Promise<readonly StateResource[]>,
): Promise<ClassLocation> {
  const settings = config.read();
  const { engine, hosts } = await engineAddresses(settings, environment);
  if (settingAt(settings, "target") !== "aws") {
    return { settings, engine, hosts, aws: "no" };
  }
  // Loaded only for this target.
  const { awsClassOf } = require("./aws-resources") as typeof import("./aws-resources");
  const awsClass = awsClassOf(options.stack, { resources: await readState(), config, environment });
  return { settings, engine, hosts: [], aws: { awsClass } };
}

/** Finds everything that a class ever made and its state does not contain, by label, tag, name and folder. */
export async function auditClass(
  context: CommandContext,
  location: ClassLocation,
  resources: readonly StateResource[],
): Promise<ClassAudit> {
  const { stack } = context.options;
  const known = textsIn(resources);
  const evidence = await evidenceAt(context, location, known);
  const secrets = secretLeftovers(context.runtime.programDirectory, stack, known);
  const ofBakery =
    location.aws === "no" && location.hosts.length === 0 ? await bakeryLeftovers(context, location.engine) : [];
  return { stack, ...evidence, leftovers: [...evidence.leftovers, ...secrets, ...ofBakery] };
}

async function evidenceAt(
  context: CommandContext,
  location: ClassLocation,
  known: ReadonlySet<string>,
): Promise<Evidence> {
  const { stack } = context.options;
  if (location.aws !== "no") {
    return evidenceAtAws(context, location, location.aws.awsClass, known);
  }
  return location.hosts.length > 0
    ? evidenceOnHosts(location.hosts, stack, known)
    : {
        leftovers: await leftoversOnEngine(stack, location, known),
        proof: "no container, volume, network or key of it is left",
      };
}

/** A bake has a lab of its own while it runs: what exists of that lab was left by a killed bake. */
async function bakeryLeftovers(context: CommandContext, engine: string): Promise<Leftover[]> {
  const { runtime, options } = bakeryOf(context);
  const left = [
    ...(await findLeftovers(engine, options.stack)),
    ...secretLeftovers(runtime.programDirectory, options.stack, new Set()),
  ];
  const isKnown = new StackConfig(runtime.programDirectory, options.stack).exists();
  return left.map(({ what, remove }) => ({
    what: `${what}, of its bake`,
    remove: isKnown ? `./lab down${stackFlag(options.stack)}` : remove,
  }));
}

/** Throws if the Engine does not answer, since that proves nothing. */
async function leftoversOnEngine(stack: string, { engine, settings }: ClassLocation, known: ReadonlySet<string>) {
  try {
    const [resources, images] = await Promise.all([
      findLeftovers(engine, stack, known),
      imageLeftovers(dockerClient(engine), { stack, settings, known }),
    ]);
    return [...resources, ...images];
  } catch (error) {
    const reason = messageOf(error);
    throw new LabError(`The Docker Engine at ${engine} cannot list what is left of the lab "${stack}": ${reason}`, {
      hint: `Start it, then run ./lab audit${stackFlag(stack)}`,
    });
  }
}

/** What a stack left on several Docker hosts. One that does not answer proves nothing. */
async function evidenceOnHosts(hosts: readonly string[], stack: string, known: ReadonlySet<string>): Promise<Evidence> {
  const answers = await Promise.all(
    hosts.map(async (host) => {
      try {
        return { host, found: await findLeftovers(host, stack, known) };
      } catch (error) {
        return { host, found: [], silence: reasonIn(error) };
      }
    }),
  );
  const silent = answers.flatMap(({ host, silence }) => (silence === undefined ? [] : [`${host} (${silence})`]));
  const leftovers = answers.flatMap(({ host, found }) =>
    found.map(({ what, remove }) => ({
      what: `${what} on ${host}`,
      remove: remove.replace(/^docker /, `docker --host ${host} `),
    })),
  );
  const answering = hosts.length - silent.length;
  const proof = `no container, volume, network or key of it is left on any of its ${answering} Docker hosts`;
  return silent.length === 0
    ? { leftovers, proof }
    : { leftovers, proof, unproven: `Resources may be left on hosts that do not answer: ${silent.join(", ")}.` };
}

/** Includes the Engine, if images were built for a registry; any other class may have no Engine at all. */
async function evidenceAtAws(
  { options: { stack }, reporter }: CommandContext,
  location: ClassLocation,
  awsClass: AwsClass | undefined,
  known: ReadonlySet<string>,
): Promise<Evidence> {
  const { awsEvidence } = require("./aws") as typeof import("./aws");
  const evidence = await reporter.task("asking AWS what is left", () => awsEvidence(awsClass, known));
  if (settingAt(location.settings, "images.delivery") !== "registry") {
    return evidence;
  }
  const onEngine = await leftoversOnEngine(stack, location, known).catch((error: Error) => error);
  return onEngine instanceof Error
    ? { ...evidence, unproven: onEngine.message }
    : { ...evidence, leftovers: [...evidence.leftovers, ...onEngine] };
}
