/** Canonical's account, which publishes Ubuntu's machine images. */
export const CANONICAL = "099720109477";

/** Regions in which the emulator has Ubuntu's images. */
export const REGIONS = ["eu-central-1", "us-east-1"] as const;
export type Region = (typeof REGIONS)[number];

/** A machine image that the emulated API knows, in one region and in no other. */
export interface SeededImage {
  readonly id: string;
  readonly region: Region;
  readonly architecture: "x86_64" | "arm64";
}

/** What the SSM public parameters name. The ids are made up, as real ones change with each release. */
export const CURRENT_IMAGES: readonly SeededImage[] = [
  { id: "ami-0e000000000000a64", region: "eu-central-1", architecture: "x86_64" },
  { id: "ami-0e000000000000e64", region: "eu-central-1", architecture: "arm64" },
  { id: "ami-0a000000000000a64", region: "us-east-1", architecture: "x86_64" },
  { id: "ami-0a000000000000e64", region: "us-east-1", architecture: "arm64" },
];

/** An image of the right name that somebody else than Canonical published: there are many such in the real API. */
export const IMPOSTOR: SeededImage = { id: "ami-0e000000000000bad", region: "eu-central-1", architecture: "x86_64" };

/** Names of Ubuntu's architectures, as in image names and parameter names. */
const UBUNTU_NAMES = { x86_64: "amd64", arm64: "arm64" } as const;

function motoImage({ id, architecture }: SeededImage, owner: string): object {
  const name = `ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-${UBUNTU_NAMES[architecture]}-server-20261101`;
  return {
    ami_id: id,
    state: "available",
    public: true,
    owner_id: owner,
    image_location: `${owner}/${name}`,
    sriov: "simple",
    root_device_type: "ebs",
    root_device_name: "/dev/sda1",
    description: `Canonical, Ubuntu, 24.04, ${UBUNTU_NAMES[architecture]} noble image`,
    image_type: "machine",
    architecture,
    name,
    virtualization_type: "hvm",
    hypervisor: "xen",
  };
}

/** Name of Canonical's public parameter. */
export function parameterName(architecture: SeededImage["architecture"]): string {
  return `/aws/service/canonical/ubuntu/server/24.04/stable/current/${UBUNTU_NAMES[architecture]}/hvm/ebs-gp3/ami-id`;
}

/** What one region has, in the form that moto-server.py takes. */
export interface RegionSeed {
  readonly images: readonly object[];
  readonly parameters: Readonly<Record<string, string>>;
}

/** Images and public parameters of every region; `others` are images that no parameter names. */
export function seeds(others: readonly SeededImage[]): Record<string, RegionSeed> {
  return Object.fromEntries(REGIONS.map((region) => [region, seedOf(region, others)]));
}

function seedOf(region: Region, others: readonly SeededImage[]): RegionSeed {
  const isHere = (image: SeededImage) => image.region === region;
  const current = CURRENT_IMAGES.filter(isHere);
  return {
    images: [
      ...[...current, ...others.filter(isHere)].map((image) => motoImage(image, CANONICAL)),
      ...[IMPOSTOR].filter(isHere).map((image) => motoImage(image, "666666666666")),
    ],
    parameters: Object.fromEntries(current.map(({ id, architecture }) => [parameterName(architecture), id])),
  };
}
