import { dockerClient } from "../../../adapters/docker/client";
import { stackFlag } from "../../../adapters/pulumi/operation";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import type { RawConfig } from "../../../config/settings";
import { settingAt } from "../../../config/settings";
import type { StateResource } from "../../../core/class-state/state-resource";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { bakeryOf } from "../bake/bakery";
import { type EngineAddresses, engineAddresses } from "../prepare/hosts/engines";
import { lookAtHosts } from "../prepare/hosts/keep-placement";
import type { AwsEvidence } from "./aws";
import type { AwsClass } from "./aws-resources";
import { type Evidence, findLeftovers, imageLeftovers, type Leftover, secretLeftovers, textsIn } from "./leftovers";

/** What is there of a class although its state does not have it. */
export interface ClassAudit {
  readonly stack: string;
  readonly leftovers: readonly Leftover[];
  /** What was looked at, and found gone. */
  readonly proof: string;
  /** What could not be looked at, and how to do it manually. */
  readonly unproven?: string;
}

/** Where things of a class may be. For a class that is to be destroyed it is asked before: afterwards the state is empty. */
export interface Places extends EngineAddresses {
  readonly settings: RawConfig;
  /** Whether its machines are at AWS, and what is known of that. */
  readonly aws: "no" | { readonly awsClass: AwsClass | undefined };
}

/** Where a class may have something. */
export async function placesOf(
  { runtime: { environment }, options }: CommandContext,
  config: { read(namespace?: string): Record<string, unknown> },
  readState: () => Promise<readonly StateResource[]>,
): Promise<Places> {
  const settings = config.read();
  const { engine, hosts } = await engineAddresses(settings, environment);
  if (settingAt(settings, "target") !== "aws") {
    return { settings, engine, hosts, aws: "no" };
  }
  // Loaded for this target alone.
  const { awsClassOf } = require("./aws-resources") as typeof import("./aws-resources");
  return {
    settings,
    engine,
    hosts: [],
    aws: { awsClass: awsClassOf(options.stack, { resources: await readState(), config, environment }) },
  };
}

/** Looks for everything that a class ever made, by label, tag, name and folder. What its state has is none of it. */
export async function auditClass(
  context: CommandContext,
  places: Places,
  resources: readonly StateResource[],
): Promise<ClassAudit> {
  const { stack } = context.options;
  const { programDirectory } = context.runtime;
  const known = textsIn(resources);
  const { leftovers, proof, unproven } =
    places.aws === "no"
      ? await lookAtEngines(stack, places, known)
      : await lookAtAws(context, places, places.aws.awsClass, known);
  const secrets = secretLeftovers(programDirectory, stack, known);
  const ofBakery =
    places.aws === "no" && places.hosts.length === 0 ? await bakeryLeftovers(context, places.engine) : [];
  return {
    stack,
    leftovers: [...leftovers, ...secrets, ...ofBakery],
    proof,
    ...(unproven === undefined ? {} : { unproven }),
  };
}

async function lookAtEngines(stack: string, places: Places, known: ReadonlySet<string>): Promise<Evidence> {
  return places.hosts.length > 0
    ? lookAtHosts(places.hosts, stack, known)
    : { leftovers: await lookAtEngine(stack, places, known), proof: LOCAL_PROOF };
}

const LOCAL_PROOF = "no container, volume, network or key of it is left";

/** A bake is a lab of its own for as long as it takes: what is there of it was left by one that was killed. */
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

/** Throws where the Engine does not answer: that nothing was found there would say nothing. */
async function lookAtEngine(stack: string, { engine, settings }: Places, known: ReadonlySet<string>) {
  try {
    const [things, images] = await Promise.all([
      findLeftovers(engine, stack, known),
      imageLeftovers(dockerClient(engine), { stack, settings, known }),
    ]);
    return [...things, ...images];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LabError(`The Docker Engine at ${engine} does not say what is left of the lab "${stack}": ${reason}`, {
      hint: `Start it, then ask again: ./lab audit${stackFlag(stack)}`,
    });
  }
}

/** The Engine, too, where images were built for a registry; a class that needs none may have no Engine at all. */
async function lookAtAws(
  { options: { stack }, reporter }: CommandContext,
  places: Places,
  awsClass: AwsClass | undefined,
  known: ReadonlySet<string>,
): Promise<AwsEvidence> {
  const { awsEvidence } = require("./aws") as typeof import("./aws");
  const evidence = await reporter.task("asking AWS what is left", () => awsEvidence(awsClass, known));
  if (settingAt(places.settings, "images.delivery") !== "registry") {
    return evidence;
  }
  const here = await lookAtEngine(stack, places, known).catch((error: Error) => error);
  return here instanceof Error
    ? { ...evidence, unproven: here.message }
    : { ...evidence, leftovers: [...evidence.leftovers, ...here] };
}
