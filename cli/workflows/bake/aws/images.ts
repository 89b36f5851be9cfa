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
  type Tag,
} from "@aws-sdk/client-ec2";
import { AWS_BAKE_STATES, AWS_BAKE_TAGS } from "../../../../components/machines/aws/bakes";
import type { StoredBake } from "../bake-store";

/** The tag with the stack that a bake was made in. */
export const BAKERY_TAG = "bakery";

/** A bake in an account: a machine image and its snapshots. Of an interrupted one there may be either without the other. */
export interface AwsStoredBake extends StoredBake {
  readonly bakery: string;
  readonly image: string | undefined;
  readonly snapshots: readonly string[];
}

/** What everything of ours is tagged with. */
const OURS: Filter[] = [
  { Name: "tag:lab", Values: ["lab-nodes"] },
  { Name: "tag-key", Values: [AWS_BAKE_TAGS.hash] },
];

const LIVING = ["pending", "running", "shutting-down", "stopping", "stopped"];

/** Every bake of the account in a region, the newest first; half-made ones too. `owner` is whose are "this one's". */
export async function awsBakes(ec2: EC2Client, owner: string): Promise<AwsStoredBake[]> {
  const [images, snapshots] = await Promise.all([ownImages(ec2), ownSnapshots(ec2)]);
  const users = await instancesOf(
    ec2,
    images.flatMap(({ ImageId }) => ImageId ?? []),
  );
  // Image and snapshots have one name, and nothing else has it.
  const names = new Set([...images, ...snapshots].map(({ Tags }) => tagOf(Tags, "Name") ?? ""));
  return [...names]
    .map((name) => {
      const has = ({ Tags }: Image | Snapshot) => tagOf(Tags, "Name") === name;
      return bakeOf(images.find(has), snapshots.filter(has), users, owner);
    })
    .sort((a, b) => b.made.localeCompare(a.made));
}

/** Deregisters the image and deletes its snapshots: an image that is gone leaves them to be paid for. */
export async function removeAwsBake(ec2: EC2Client, { image, snapshots }: AwsStoredBake): Promise<void> {
  if (image !== undefined) {
    await orGone(ec2.send(new DeregisterImageCommand({ ImageId: image })));
  }
  for (const SnapshotId of snapshots) {
    await orGone(ec2.send(new DeleteSnapshotCommand({ SnapshotId })));
  }
}

/** The value of a tag; undefined where there is none. */
export function tagOf(tags: readonly Tag[] | undefined, name: string): string | undefined {
  return tags?.find(({ Key }) => Key === name)?.Value;
}

async function ownImages(ec2: EC2Client): Promise<Image[]> {
  const found: Image[] = [];
  for await (const { Images: images = [] } of paginateDescribeImages(
    { client: ec2 },
    { Owners: ["self"], Filters: OURS },
  )) {
    found.push(...images);
  }
  return found;
}

async function ownSnapshots(ec2: EC2Client): Promise<Snapshot[]> {
  const found: Snapshot[] = [];
  for await (const { Snapshots: snapshots = [] } of paginateDescribeSnapshots(
    { client: ec2 },
    { OwnerIds: ["self"], Filters: OURS },
  )) {
    found.push(...snapshots);
  }
  return found;
}

async function instancesOf(ec2: EC2Client, images: readonly string[]): Promise<Instance[]> {
  if (images.length === 0) {
    return [];
  }
  const Filters = [
    { Name: "image-id", Values: [...images] },
    { Name: "instance-state-name", Values: LIVING },
  ];
  const found: Instance[] = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, { Filters })) {
    found.push(...Reservations.flatMap(({ Instances = [] }) => Instances));
  }
  return found;
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

/** What is paid for is what was written of a volume: the volume's size is the most that it can be. */
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
