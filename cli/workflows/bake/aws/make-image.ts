import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateImageCommand,
  CreateTagsCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { AWS_BAKE_STATES, AWS_BAKE_TAGS } from "../../../../components/machines/aws/bakes";
import type { BakeIdentity } from "../../../../core/bake";
import { LabError } from "../../../../core/errors";
import { BAKERY_TAG } from "./images";

/** EC2 needs minutes for an image, and a quarter of an hour for a full disk. */
const LIMIT_MILLISECONDS = 60 * 60_000;

const POLL_MILLISECONDS = 3_000;

/** Tags of an image. */
export interface ImageOwner {
  readonly bakery: string;
  readonly owner: string;
}

/** Makes EC2 create an image of an instance, which reboots. The image is half-made until it is marked as ready. */
export async function createImage(
  ec2: EC2Client,
  instance: string,
  { hash, machineHash }: BakeIdentity,
  { bakery, owner }: ImageOwner,
): Promise<string> {
  const name = `lab-nodes bake ${hash} ${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}`;
  const tags = {
    Name: name,
    lab: "lab-nodes",
    owner,
    [BAKERY_TAG]: bakery,
    [AWS_BAKE_TAGS.hash]: hash,
    [AWS_BAKE_TAGS.machineHash]: machineHash,
    [AWS_BAKE_TAGS.state]: AWS_BAKE_STATES.halfMade,
  };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const command = new CreateImageCommand({
    InstanceId: instance,
    Name: name,
    Description: `A ready node of Lab Nodes, bake ${hash}`,
    TagSpecifications: [
      { ResourceType: "image", Tags },
      { ResourceType: "snapshot", Tags },
    ],
  });
  return (await ec2.send(command)).ImageId ?? "";
}

/** Waits until an image is available. Rejects when EC2 gives up, on Ctrl-C, and after an hour. */
export async function waitForImage(
  ec2: EC2Client,
  id: string,
  update: (detail: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + LIMIT_MILLISECONDS;
  for (;;) {
    const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }), {
      abortSignal: signal,
    });
    const state = image?.State ?? "gone";
    if (state === "available") {
      return;
    }
    if (state !== "pending" || Date.now() > deadline) {
      const reason = image?.StateReason?.Message;
      throw new LabError(
        state === "pending"
          ? `The machine image ${id} was not available after an hour.`
          : `EC2 could not create the machine image ${id}: it is ${state}${reason === undefined ? "" : ` (${reason})`}.`,
      );
    }
    update([id, await progressOf(ec2, image?.Name ?? "")].filter((part) => part !== "").join(", "));
    await sleep(POLL_MILLISECONDS, undefined, { signal });
  }
}

/** Marks a finished image as ready, so that it is used. */
export async function markReady(ec2: EC2Client, id: string): Promise<void> {
  const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }));
  const snapshots = (image?.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
  const Tags = [{ Key: AWS_BAKE_TAGS.state, Value: AWS_BAKE_STATES.ready }];
  await ec2.send(new CreateTagsCommand({ Resources: [...snapshots, id], Tags }));
}

/** Progress of its snapshot, as EC2 reports it: `42%`. */
async function progressOf(ec2: EC2Client, imageName: string): Promise<string> {
  const Filters = [{ Name: "tag:Name", Values: [imageName] }];
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ["self"], Filters }));
  return Snapshots[0]?.Progress ?? "";
}
