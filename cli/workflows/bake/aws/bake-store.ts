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
import type { BakeIdentity } from "../../../../core/bake";
import type { CommandContext } from "../../../../core/command-context";
import { LabError } from "../../../../core/errors";
import { findAwsLeftovers } from "../../audit/aws";
import { listLeftovers, removalHint } from "../../audit/leftovers";
import { wantedConfig } from "../../configure/wanted-config";
import { regionFor } from "../../doctor/examine-aws";
import type { BakeStore, StoredBake } from "../bake-store";
import { type AwsStoredBake, awsBakes, removeAwsBake } from "./images";
import { createImage, markReady, waitForImage } from "./make-image";
import { instanceOf, prepareInstance } from "./prepare-node";

/** Bakes as machine images in the region of a stack. */
export function awsBakeStore(context: CommandContext): BakeStore {
  const config = wantedConfig(new StackConfig(context.runtime.programDirectory, context.options.stack), new Map());
  const region = requireRegion(context, config);
  const clients = openClients(region);
  const { ec2 } = clients;
  const owner = config.owner ?? userName();
  const find = async ({ id }: StoredBake): Promise<AwsStoredBake[]> =>
    (await awsBakes(ec2, owner)).filter((bake) => bake.id === id);
  return {
    name: region,
    identity: ({ settings }) => currentAwsBake(context, settings),
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
    keepNode: async ({ bakery, lab }, identity, update) => {
      const id = await createImage(ec2, await instanceOf(lab), identity, { bakery: lab.stack.name, owner });
      await waitForImage(ec2, id, update, bakery.signal);
      return id;
    },
    nameBake: (id) => markReady(ec2, id),
    remove: async (bake) => {
      for (const found of await find(bake)) {
        await removeAwsBake(ec2, found);
      }
    },
    keepingCost: async ({ bytes, size }) => {
      const price = await readSnapshotPrice(clients.pricing, region);
      return isAnswered(price)
        ? `${size === "known" ? "" : "at most "}${((bytes / 1024 ** 3) * price.value).toFixed(2)} USD a month`
        : `AWS does not tell what (${refusalText(price)})`;
    },
    removeOrphans: async (bakery) => {
      const leftovers = await findAwsLeftovers({ region, tags: { lab: "lab-nodes", class: bakery, owner } });
      if (leftovers.length > 0) {
        throw new LabError(
          `Of the lab "${bakery}", in which bakes are made, there is still:\n${listLeftovers(leftovers)}`,
          {
            hint: removalHint(leftovers),
          },
        );
      }
    },
  };
}

/** The bake that a config makes today: AWS says which architecture the type has, and which image is Ubuntu's. */
export async function currentAwsBake(context: CommandContext, config: LabConfig): Promise<BakeIdentity> {
  const region = requireRegion(context, config);
  const demand = awsDemand(config, region, labLock());
  const queries = clientQueries(openClients(region), { quotaCode: undefined, classTags: {} });
  const facts = await readTypeAndImage(demand, queries);
  const origin = originOf(facts);
  if (origin === undefined) {
    const silent = [facts.type, facts.image].flatMap((answer) => (answer === undefined ? [] : [refusalText(answer)]));
    throw new LabError(`AWS does not say what machines start from: ${silent.filter((text) => text !== "").join("; ")}`);
  }
  return awsBakeIdentity(config, origin);
}

function requireRegion(context: CommandContext, config: LabConfig): string {
  const region = regionFor(context, config);
  if (region === undefined) {
    throw new LabError(problemText(NO_REGION), { exitCode: 2 });
  }
  return region;
}
