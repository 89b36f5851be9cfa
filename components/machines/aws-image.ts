import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { pinned } from "../pinned";

/** CPU architecture, as Canonical and Debian name it. */
export type Architecture = "amd64" | "arm64";

/** The account that publishes Ubuntu's images. */
const CANONICAL = "099720109477";

/** What is asked for. */
export interface ImageWish {
  readonly region: string;
  readonly architecture: Architecture;
  /** The setting `aws.ami`, which may name anybody's image. */
  readonly ami: string | undefined;
}

/** A machine image that is there. */
export interface MachineImage {
  readonly id: string;
  /** As EC2 names it: `x86_64` or `arm64`. */
  readonly architecture: string;
}

/** The image that machines start from: the user's, else the lock file's, else Canonical's current one. Rejects when it is not there. */
export async function findImage(wish: ImageWish, opts: pulumi.InvokeOptions): Promise<MachineImage> {
  const { ami } = wish;
  const id =
    ami ?? pinned().aws.images[wish.region]?.[wish.architecture] ?? (await currentUbuntu(wish.architecture, opts));
  return aws.ec2.getAmi(
    {
      filters: [{ name: "image-id", values: [id] }],
      // Whatever the parameter or the lock file say: an image of Ubuntu's is Canonical's.
      ...(ami === undefined ? { owners: [CANONICAL] } : {}),
    },
    opts,
  );
}

async function currentUbuntu(architecture: Architecture, opts: pulumi.InvokeOptions): Promise<string> {
  const name = `/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture}/hvm/ebs-gp3/ami-id`;
  return (await aws.ssm.getParameter({ name }, opts)).value;
}
