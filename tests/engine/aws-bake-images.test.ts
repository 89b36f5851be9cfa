import {
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  type EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { awsBakes, removeAwsBake } from "../../cli/workflows/bake/aws/images";
import { createImage, markReady, waitForImage } from "../../cli/workflows/bake/aws/make-image";
import { type AwsEmulator, startAwsEmulator } from "../support/aws/emulator";
import { CURRENT_IMAGES } from "../support/aws/ubuntu-images";

const IDENTITY = { hash: "0123456789ab", machineHash: "ba9876543210" };
const OWN = { bakery: "dev-bake", owner: "teacher" };

let emulator: AwsEmulator;
let ec2: EC2Client;
let instance: string;
/** What becomes of the next image's disk. */
let keepDisk: () => Promise<void>;

beforeAll(async () => {
  emulator = await startAwsEmulator({ keepDisk: () => keepDisk() });
  ec2 = emulator.ec2("eu-central-1");
  const ImageId = CURRENT_IMAGES.find(({ region }) => region === "eu-central-1")?.id;
  const { Instances: [made] = [] } = await ec2.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1 }));
  instance = made?.InstanceId ?? "";
});
afterAll(() => emulator?.stop());
beforeEach(async () => {
  keepDisk = async () => undefined;
  for (const bake of await awsBakes(ec2, "teacher")) {
    await removeAwsBake(ec2, bake);
  }
});

const signal = () => new AbortController().signal;
const images = async () => (await ec2.send(new DescribeImagesCommand({ Owners: ["self"] }))).Images ?? [];
const snapshots = async () => {
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ["self"] }));
  return Snapshots.filter(({ Tags = [] }) => Tags.some(({ Key }) => Key === "bake"));
};

describe("a machine image as a bake (the API is moto's, nothing boots)", () => {
  test("has no name before EC2 has finished it and it is marked, and is nobody's before that", async () => {
    const id = await createImage(ec2, instance, IDENTITY, OWN);
    const halfMade = { id, name: undefined, hash: IDENTITY.hash, owner: "this one", bakery: "dev-bake", usedBy: [] };
    expect(await awsBakes(ec2, "teacher")).toMatchObject([halfMade]);
    await waitForImage(ec2, id, () => undefined, signal());
    expect(await awsBakes(ec2, "teacher")).toMatchObject([halfMade]);
    await markReady(ec2, id);
    expect(await awsBakes(ec2, "teacher")).toMatchObject([{ id, name: id, size: "at most", bytes: 15 * 1024 ** 3 }]);
    expect(await awsBakes(ec2, "somebody")).toMatchObject([{ id, name: id, owner: "another" }]);
  });

  test("is waited for, with word of how far it is; what EC2 gives up is an error with its name", async () => {
    let fail: (reason: Error) => void = () => undefined;
    keepDisk = () => new Promise((_, reject) => (fail = reject));
    const id = await createImage(ec2, instance, IDENTITY, OWN);
    const said: string[] = [];
    const waiting = waitForImage(
      ec2,
      id,
      (detail) => {
        said.push(detail);
        fail(new Error("as the test wants it"));
      },
      signal(),
    );
    await expect(waiting).rejects.toThrow(`EC2 could not create the machine image ${id}: it is failed`);
    expect(said[0]).toMatch(new RegExp(`^${id}(, \\d+%)?$`));
    await expect(awsBakes(ec2, "teacher")).resolves.toMatchObject([{ id, name: undefined }]);
  });

  test("is no longer waited for after Ctrl-C", async () => {
    keepDisk = () => new Promise(() => undefined);
    const id = await createImage(ec2, instance, IDENTITY, OWN);
    const stop = new AbortController();
    const waiting = waitForImage(ec2, id, () => stop.abort(), stop.signal);
    await expect(waiting).rejects.toThrow(/abort/i);
  });

  test("goes with its snapshot, also when the image went before", async () => {
    const [one, other] = [
      await createImage(ec2, instance, IDENTITY, OWN),
      await createImage(ec2, instance, { ...IDENTITY, hash: "aaaaaaaaaaaa" }, OWN),
    ];
    await ec2.send(new DeregisterImageCommand({ ImageId: one }));
    const stored = await awsBakes(ec2, "teacher");
    expect(stored.map(({ image, snapshots: parts }) => [image, parts.length])).toEqual(
      expect.arrayContaining([
        [undefined, 1],
        [other, 1],
      ]),
    );
    for (const bake of stored) {
      await removeAwsBake(ec2, bake);
    }
    expect([await images(), await snapshots()]).toEqual([[], []]);
  });
});
