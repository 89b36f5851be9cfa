import { openClients } from "../../../../adapters/aws/clients";
import { userName } from "../../../../adapters/files/own-machine";
import type { StackConfig } from "../../../../adapters/pulumi/stack-config";
import { NO_BAKE } from "../../../../core/bake";
import type { CommandContext } from "../../../../core/command-context";
import { awsResources } from "../../audit/aws-resources";
import { wantedConfig } from "../../configure/wanted-config";
import { regionFor } from "../../doctor/examine-aws";
import { currentAwsBake } from "./bake-store";
import { awsBakes } from "./images";

/**
 * Writes into a stack's settings which bake its machines at AWS are made from, if one fits; as for local ones, only as long
 * as the class has none.
 */
export async function keepAwsBake(context: CommandContext, config: StackConfig): Promise<void> {
  const { options, reporter } = context;
  const settings = wantedConfig(config, new Map());
  const region = regionFor(context, settings);
  const kept = settings.aws.bake;
  const owner = settings.owner ?? userName();
  if (kept === NO_BAKE || region === undefined || (await hasMachines(region, options.stack, owner))) {
    return;
  }
  const { ec2 } = openClients(region);
  const ready = (await awsBakes(ec2, owner)).filter(({ name }) => name !== undefined);
  if (ready.length === 0 && kept === undefined) {
    return;
  }
  const { hash } = await currentAwsBake(context, settings);
  const found = ready.find((bake) => bake.hash === hash);
  if (found !== undefined) {
    if (kept !== hash) {
      config.write(new Map([["aws.bake", hash]]));
    }
    reporter.info(`nodes are made from the bake ${hash} (${found.id})`);
  } else if (kept !== undefined) {
    config.forget("aws.bake");
    reporter.warn(
      `the bake ${kept} does not fit any more, so nodes are made without one; ./lab bake makes one that does`,
    );
  }
}

async function hasMachines(region: string, stack: string, owner: string): Promise<boolean> {
  const all = await awsResources({ region, tags: { lab: "lab-nodes", class: stack, owner } });
  return all.some(({ kind }) => kind === "instance");
}
