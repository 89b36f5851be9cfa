import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { fillArtefactVolume } from "../../../../adapters/docker/artefact-volume";
import { dockerClient } from "../../../../adapters/docker/client";
import { bakeImageName } from "../../../../components/machines/local/bakes";
import { serverOf } from "../../../../config/hosts";
import { NO_BAKE } from "../../../../core/bake";
import type { CommandContext } from "../../../../core/command-context";
import type { PreparedLab } from "../prepared-lab";

/** Copies to every host of a class the images that no registry has, and the content of artefacts.directory. */
export async function supplyHosts(context: CommandContext, { docker, hosts, settings }: PreparedLab): Promise<void> {
  if (docker === undefined || hosts === undefined) {
    return;
  }
  const used = new Set(Object.values(hosts.placement));
  const source = dockerClient(docker.host);
  const { artefacts, local } = settings;
  const bake = local.bake === undefined || local.bake === NO_BAKE ? [] : [bakeImageName(local.bake)];
  // An image named by digest comes from its registry; a copy would lose that name.
  const images = [...(local.baseImage.includes("@") ? [] : [local.baseImage]), ...bake];
  await Promise.all(
    hosts.engines
      .filter(({ host }) => used.has(host))
      .map(async ({ host }) => {
        for (const image of images) {
          await copyImage(context, image, source, host);
        }
        if (artefacts.directory !== undefined && serverOf(host) !== undefined) {
          await fillArtefactVolume(context, host, { directory: artefacts.directory, image: local.baseImage });
        }
      }),
  );
}

/** `docker save | docker load` from one Engine to another that does not have the image. */
async function copyImage({ reporter }: CommandContext, image: string, source: Docker, host: string): Promise<void> {
  const target = dockerClient(host);
  const [copy, original] = await Promise.all([idOf(target, image), idOf(source, image)]);
  if (original === undefined || original === copy) {
    return;
  }
  await reporter.task(`copying ${image} to ${host}`, async () => {
    const archive = (await source.getImage(image).get()) as Readable;
    const progress = await target.loadImage(archive, { quiet: true });
    await new Promise<void>((resolve, reject) => {
      target.modem.followProgress(progress, (error) => (error === null ? resolve() : reject(error)));
    });
  });
}

async function idOf(docker: Docker, image: string): Promise<string | undefined> {
  try {
    return (await docker.getImage(image).inspect()).Id;
  } catch (error) {
    if ((error as { readonly statusCode?: number }).statusCode === 404) {
      return undefined;
    }
    throw error;
  }
}
