import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  type EC2Client,
  type Filter,
  type Image,
  type Instance,
  paginateDescribeImages,
  paginateDescribeInstances,
  paginateDescribeSnapshots,
  type Snapshot,
} from "@aws-sdk/client-ec2";
import { AWS_BAKE_STATES, AWS_BAKE_TAGS } from "../../../../components/machines/aws/bakes";
import { LIVING_STATES, tagOf } from "../../audit/aws-resources";
import type { StoredBake } from "../bake-store";

/** The tag with the stack that a bake was made in. */
export const BAKERY_TAG = "bakery";

/** A bake in an account: a machine image and its snapshots. An interrupted one may have either without the other. */
export interface AwsStoredBake extends StoredBake {
  readonly bakery: string;
  readonly image: string | undefined;
  readonly snapshots: readonly string[];
}

/** Tags of every bake. */
const OURS: Filter[] = [
  { Name: "tag:lab", Values: ["lab-nodes"] },
  { Name: "tag-key", Values: [AWS_BAKE_TAGS.hash] },
];

/** All bakes of the account in a region, the newest first; half-made ones too. */
export async function awsBakes(ec2: EC2Client, owner: string): Promise<AwsStoredBake[]> {
  const client = { client: ec2 };
  const [images, snapshots] = await Promise.all([
    itemsOf(paginateDescribeImages(client, { Owners: ["self"], Filters: OURS }), ({ Images }) => Images),
    itemsOf(paginateDescribeSnapshots(client, { OwnerIds: ["self"], Filters: OURS }), ({ Snapshots }) => Snapshots),
  ]);
  const ids = images.flatMap(({ ImageId }) => ImageId ?? []);
  const ofImages = [
    { Name: "image-id", Values: ids },
    { Name: "instance-state-name", Values: LIVING_STATES },
  ];
  const users =
    ids.length === 0
      ? []
      : await itemsOf(paginateDescribeInstances(client, { Filters: ofImages }), ({ Reservations }) =>
          Reservations?.flatMap(({ Instances = [] }) => Instances),
        );
  // An image and its snapshots share a name that nothing else has.
  const names = new Set([...images, ...snapshots].map(({ Tags }) => tagOf(Tags, "Name") ?? ""));
  return [...names]
    .map((name) => {
      const has = ({ Tags }: Image | Snapshot) => tagOf(Tags, "Name") === name;
      return bakeOf(images.find(has), snapshots.filter(has), users, owner);
    })
    .sort((a, b) => b.made.localeCompare(a.made));
}

/** Deregisters the image and deletes its snapshots, which cost money even without it. */
export async function removeAwsBake(ec2: EC2Client, { image, snapshots }: AwsStoredBake): Promise<void> {
  if (image !== undefined) {
    await orGone(ec2.send(new DeregisterImageCommand({ ImageId: image })));
  }
  for (const SnapshotId of snapshots) {
    await orGone(ec2.send(new DeleteSnapshotCommand({ SnapshotId })));
  }
}

/** Every item on every page of an answer. */
async function itemsOf<Page, Item>(
  pages: AsyncIterable<Page>,
  of: (page: Page) => Item[] | undefined,
): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages) {
    items.push(...(of(page) ?? []));
  }
  return items;
}

function bakeOf(
  image: Image | undefined,
  snapshots: readonly Snapshot[],
  instances: readonly Instance[],
  owner: string,
): AwsStoredBake {
  const tags = image?.Tags ?? snapshots[0]?.Tags;
  const id = image?.ImageId ?? snapshots[0]?.SnapshotId ?? "";
  const isReady = image?.State === "available" && tagOf(image.Tags, AWS_BAKE_TAGS.state) === AWS_BAKE_STATES.ready;
  const users = instances.filter(({ ImageId }) => ImageId === image?.ImageId);
  return {
    id,
    hash: tagOf(tags, AWS_BAKE_TAGS.hash) ?? "",
    name: isReady ? id : undefined,
    made: image?.CreationDate ?? snapshots[0]?.StartTime?.toISOString() ?? "",
    ...sizeOf(snapshots),
    usedBy: users.map(({ InstanceId = "", Tags }) => tagOf(Tags, "Name") ?? InstanceId),
    owner: tagOf(tags, "owner") === owner ? "this one" : "another",
    bakery: tagOf(tags, BAKERY_TAG) ?? "",
    image: image?.ImageId,
    snapshots: snapshots.flatMap(({ SnapshotId }) => SnapshotId ?? []),
  };
}

/** AWS charges for the written part of a volume, which is at most the volume's size. */
function sizeOf(snapshots: readonly Snapshot[]): Pick<StoredBake, "bytes" | "size"> {
  const isKnown = snapshots.every(({ FullSnapshotSizeInBytes: bytes }) => bytes !== undefined);
  const bytes = snapshots.map(({ FullSnapshotSizeInBytes: known, VolumeSize = 0 }) => known ?? VolumeSize * 1024 ** 3);
  return { bytes: bytes.reduce((sum, one) => sum + one, 0), size: isKnown ? "known" : "at most" };
}

async function orGone(call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    if (!(error instanceof Error && /NotFound|Unavailable/.test(error.name))) {
      throw error;
    }
  });
}
