import { readdirSync } from "node:fs";
import { ownRelease } from "../../../adapters/docker/base-image";
import { moveTrivyModule } from "../../../adapters/files/artefacts/packed";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { LOCK_FILE, type OpenLock } from "../../../config/lock";
import type { RawConfig } from "../../../config/settings";
import { settingAt } from "../../../config/settings";
import type { Runtime } from "../../../core/command-context";
import { regionOfStack, textIn } from "../doctor/region";
import type { Move, Unasked } from "./lock-file";

/** Something that reaches a node, or is built for it, and could change tomorrow. */
export interface Unpinned {
  readonly what: string;
  readonly problem: string;
  /** The command that pins it. */
  readonly fix: string;
}

/** The settings of a stack. */
export interface StackSettings {
  readonly stack: string;
  readonly raw: RawConfig;
}

/** Everything in the lock file that is not pinned. */
export function unpinnedInLock(lock: OpenLock, trivyModule: string | undefined): Unpinned[] {
  const images = Object.entries(lock.images)
    .filter(([, image]) => !isPinned(image))
    .map(([name, image]) => ({ what: `images.${name}`, problem: `${image} has no digest`, fix: "./lab lock" }));
  const archives = Object.entries(lock.trivy.archives)
    .filter(([, { sha256 }]) => sha256 === undefined)
    .map(([platform, { url }]) => ({
      what: `trivy ${platform}`,
      problem: `${url} has no checksum`,
      fix: "./lab lock",
    }));
  const { version } = lock.trivy;
  const module = {
    what: "airgap/toolchain/trivy/go.mod",
    problem: `pins Trivy ${trivyModule ?? "of no version"}, and the lock file ${version}`,
    fix: moveTrivyModule(version),
  };
  return [...images, ...archives, ...(trivyModule === version ? [] : [module])];
}

/** Everything in a stack's settings that is not pinned. Our own base image has its id as a pin, in the folder of artefacts. */
export function unpinnedInStack({ stack, raw }: StackSettings): Unpinned[] {
  const set = `pulumi config set${stackFlag(stack)} --path`;
  const baseImage = settingAt(raw, "local.baseImage");
  const image =
    typeof baseImage === "string" && ownRelease(baseImage) === undefined && !isPinned(baseImage)
      ? [
          {
            what: "local.baseImage",
            problem: `${baseImage} has no digest`,
            fix: `${set} local.baseImage ${baseImage}@sha256:DIGEST`,
          },
        ]
      : [];
  const sums = { "trivy.archive": "trivy.sha256", "trivy.databaseArchive": "trivy.databaseSha256" };
  const archives = Object.entries(sums)
    .filter(([archive, sum]) => settingAt(raw, archive) !== undefined && settingAt(raw, sum) === undefined)
    .map(([archive, sum]) => ({
      what: archive,
      problem: `${String(settingAt(raw, archive))} has no checksum`,
      fix: `${set} ${sum} SUM`,
    }));
  return [...image, ...archives];
}

/** A stack of the target aws, and what decides which image its machines start from. */
export interface AwsStack {
  readonly stack: string;
  readonly region: string | undefined;
  /** The setting `aws.ami`. */
  readonly ami: string | undefined;
}

/** All stacks of this clone that are for AWS. */
export function awsStacks({ programDirectory, environment }: Runtime): AwsStack[] {
  const stacks = readdirSync(programDirectory).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  return stacks.sort().flatMap((stack) => {
    const config = new StackConfig(programDirectory, stack);
    const raw = config.read();
    const ami = textIn(settingAt(raw, "aws.ami"));
    return raw["target"] === "aws" ? [{ stack, region: regionOfStack(config, environment), ami }] : [];
  });
}

/** Every class at AWS whose machines start from whichever image is current that day. */
export function unpinnedMachineImages(stacks: readonly AwsStack[], { aws }: Pick<OpenLock, "aws">): Unpinned[] {
  const isHeld = ({ ami, region = "" }: AwsStack) =>
    ami !== undefined || Object.values(aws.images[region] ?? {}).length > 0;
  return stacks
    .filter((stack) => !isHeld(stack))
    .map(({ stack, region }) => ({
      what: `the machine image of the lab "${stack}"`,
      problem: `${LOCK_FILE} has none for ${region ?? "its region, which is not set"}: a machine starts from Canonical's image of that day`,
      fix: `./lab lock --region ${region ?? "REGION"}`,
    }));
}

function isPinned(image: string): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(image);
}

/** The result of `lab lock` as text. */
export function renderResolution(moves: readonly Move[], unasked: readonly Unasked[], outcome: string): string {
  return [
    ...moves.map(({ what, from, to }) => `${what}\n  ${from ?? "(nothing)"}\n  -> ${to}`),
    ...(unasked.length === 0
      ? []
      : ["could not be looked up:", ...unasked.map(({ what, reason }) => `  ${what}: ${reason}`)]),
    outcome,
    "",
  ].join("\n");
}

/** The result of `lab lock --check` as text. */
export function renderUnpinned(problems: readonly Unpinned[]): string {
  if (problems.length === 0) {
    return "Everything is pinned.\n";
  }
  return [
    `${problems.length === 1 ? "1 thing is" : `${problems.length} things are`} not pinned:`,
    ...problems.map(({ what, problem, fix }) => `  ${what}: ${problem}\n    ${fix}`),
    "",
  ].join("\n");
}
