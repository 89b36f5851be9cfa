import { openClients } from "../../../../adapters/aws/clients";
import { readSnapshotPrice } from "../../../../adapters/aws/prices";
import { clientQueries } from "../../../../adapters/aws/queries";
import { userName } from "../../../../adapters/files/own-machine";
import { StackConfig } from "../../../../adapters/pulumi/stack-config";
import { awsBakeIdentity } from "../../../../components/machines/aws/bakes";
import { labLock } from "../../../../config/lock";
import type { LabConfig } from "../../../../config/schema";
import { isAnswered, refusalText } from "../../../../core/aws/answers";
import { awsDemand, originOf, readTypeAndImage } from "../../../../core/aws/facts";
import { NO_REGION, problemText } from "../../../../core/aws/preflight";
import { type BakeIdentity, NO_BAKE } from "../../../../core/bake";
import type { CommandContext } from "../../../../core/command-context";
import { LabError } from "../../../../core/errors";
import { findAwsLeftovers } from "../../audit/aws";
import { awsResources } from "../../audit/aws-resources";
import { listLeftovers, removalHint } from "../../audit/leftovers";
import { wantedConfig } from "../../configure/wanted-config";
import { regionFor } from "../../doctor/examine-aws";
import { type BakeStore, saveBakeSetting } from "../bake-store";
import { awsBakes, removeAwsBake } from "./images";
import { createImage, markReady, waitForImage } from "./make-image";
import { instanceOf, prepareInstance } from "./prepare-node";

/** Bakes as machine images in the region of a stack. */
export function awsBakeStore(context: CommandContext): BakeStore {
  const config = wantedConfig(new StackConfig(context.runtime.programDirectory, context.options.stack), new Map());
  const region = regionFor(context, config);
  if (region === undefined) {
    throw new LabError(problemText(NO_REGION), { exitCode: 2 });
  }
  const { ec2, pricing } = openClients(region);
  const owner = config.owner ?? userName();
  return {
    identity: ({ settings }) => awsBakeToday(region, settings),
    stored: () => awsBakes(ec2, owner),
    removeHalfMade: async (bakery) => {
      const halfMade = (await awsBakes(ec2, owner)).filter(
        (bake) => bake.name === undefined && bake.bakery === bakery && bake.owner === "this one",
      );
      for (const bake of halfMade) {
        await removeAwsBake(ec2, bake);
      }
    },
    prepareNode: ({ bakery, lab }) => prepareInstance(bakery, lab),
    saveNode: async ({ bakery, lab }, identity, update) => {
      const id = await createImage(ec2, await instanceOf(lab), identity, { bakery: lab.stack.name, owner });
      await waitForImage(ec2, id, update, bakery.signal);
      return id;
    },
    nameBake: (id) => markReady(ec2, id),
    remove: async ({ id }) => {
      for (const found of (await awsBakes(ec2, owner)).filter((bake) => bake.id === id)) {
        await removeAwsBake(ec2, found);
      }
    },
    storageCost: async ({ bytes, size }) => {
      const price = await readSnapshotPrice(pricing, region);
      return isAnswered(price)
        ? `${size === "known" ? "" : "at most "}${((bytes / 1024 ** 3) * price.value).toFixed(2)} USD a month`
        : `unknown: AWS did not return the price (${refusalText(price)})`;
    },
    removeOrphans: async (bakery) => {
      const leftovers = await findAwsLeftovers({ region, tags: { lab: "lab-nodes", class: bakery, owner } });
      if (leftovers.length > 0) {
        throw new LabError(
          `Resources of the lab "${bakery}", in which bakes are made, are left:\n${listLeftovers(leftovers)}`,
          { hint: removalHint(leftovers) },
        );
      }
    },
  };
}

/** The bake of these settings today: AWS returns the architecture of the instance type, and the Ubuntu image. */
async function awsBakeToday(region: string, config: LabConfig): Promise<BakeIdentity> {
  const demand = awsDemand(config, region, labLock());
  const queries = clientQueries(openClients(region), { quotaCode: undefined, classTags: {} });
  const facts = await readTypeAndImage(demand, queries);
  const origin = originOf(facts);
  if (origin === undefined) {
    const refusals = [facts.type, facts.image].flatMap((answer) => (answer === undefined ? [] : [refusalText(answer)]));
    throw new LabError(
      `AWS did not return the instance type or the machine image: ${refusals.filter((text) => text !== "").join("; ")}`,
    );
  }
  return awsBakeIdentity(config, origin);
}

/** Saves in a stack's settings which bake its machines at AWS are made from, if one fits and the class has no machines. */
export async function saveAwsBake(context: CommandContext, config: StackConfig): Promise<void> {
  const settings = wantedConfig(config, new Map());
  const region = regionFor(context, settings);
  const saved = settings.aws.bake;
  if (saved === NO_BAKE || region === undefined) {
    return;
  }
  const owner = settings.owner ?? userName();
  const tags = { lab: "lab-nodes", class: context.options.stack, owner };
  if ((await awsResources({ region, tags })).some(({ kind }) => kind === "instance")) {
    return;
  }
  const ready = (await awsBakes(openClients(region).ec2, owner)).filter(({ name }) => name !== undefined);
  if (ready.length === 0 && saved === undefined) {
    return;
  }
  const { hash } = await awsBakeToday(region, settings);
  const found = ready.find((bake) => bake.hash === hash);
  const fitting = found && { hash, title: `${hash} (${found.id})` };
  saveBakeSetting(context.reporter, config, "aws.bake", { saved, fitting });
}
