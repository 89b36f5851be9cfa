import type Docker from "dockerode";

/** Name of the container image that an emulated machine image is, without what is on its volume. */
export function diskImageName(ami: string): string {
  return `lab-nodes-test-aws:${ami}`;
}

/** Name of the volume with what an emulated machine image has under /var/lib/docker. */
export function diskVolumeName(ami: string): string {
  return `lab-nodes-test-aws-${ami}`;
}

/** The container image to boot from: one that was made of an instance, else the node image. */
export async function bootImage(docker: Docker, ami: string, nodeImage: string): Promise<string> {
  const reference = [diskImageName(ami)];
  return (await docker.listImages({ filters: { reference } })).length > 0 ? diskImageName(ami) : nodeImage;
}

/** Fills an instance's new volume from its machine image's, if that has one. */
export async function restoreVolume(docker: Docker, ami: string, image: string, to: string): Promise<void> {
  const name = diskVolumeName(ami);
  const { Volumes: volumes } = await docker.listVolumes({ filters: { name: [name] } });
  if ((volumes ?? []).some(({ Name }) => Name === name)) {
    await copyVolume(docker, image, { from: name, to, labels: {} });
  }
}

interface VolumeCopy {
  readonly from: string;
  readonly to: string;
  /** Of the container that copies, so that a test finds it if it stays. */
  readonly labels: Record<string, string>;
}

/** Copies all of a volume, the layers' marks for deletions included, by a container that is gone afterwards. */
export async function copyVolume(docker: Docker, image: string, { from, to, labels }: VolumeCopy): Promise<void> {
  const container = await docker.createContainer({
    Image: image,
    Entrypoint: ["cp", "--archive", "/from/.", "/to/"],
    Cmd: [],
    Labels: labels,
    HostConfig: { Binds: [`${from}:/from:ro`, `${to}:/to`], CapAdd: ["SYS_ADMIN", "MKNOD"], NetworkMode: "none" },
  });
  try {
    await container.start();
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    if (StatusCode !== 0) {
      const said = await container.logs({ stdout: true, stderr: true });
      throw new Error(`volume ${from} could not be copied to ${to}: ${said.toString()}`);
    }
  } finally {
    await container.remove({ force: true });
  }
}
